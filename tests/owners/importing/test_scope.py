"""Whose rows an import may touch, and what it never tells or keeps in clear."""

import pytest
from django.db import connection

from core import blind_index
from owners.models import ImportRow, Owner, OwnerPhone
from properties.models import Building
from tests.factories.audit import user_with
from tests.owners.importing.conftest import HEAD, WANG, Desk, counts, problems
from tests.support.cases import make_community

pytestmark = pytest.mark.django_db


class TestScope:
    def test_a_person_outside_the_scope_is_linked_by_whole_identity_number_only(self, desk: Desk) -> None:
        """Blanks are filled, values never changed, and the preview shows none of the old ones."""
        elsewhere = make_community("ELSE")
        stranger = Desk(elsewhere, user_with("owners.import_owner", communities=[elsewhere]))
        desk.bring([(*WANG, "男")], (*HEAD, "性别"))
        owner = Owner.objects.get()
        head = (*HEAD, "性别", "紧急联系人", "紧急电话")
        batch = stranger.check(
            [("1", "1", "101", "高层", 60, "王建国", "业主", "13700137000", WANG[8], "女", "李芳", "13900139000")], head
        )
        row = ImportRow.objects.get(batch=batch)
        assert counts(batch) == (1, 0, 0, 0)
        assert "13800138000" not in row.payload
        assert '"male"' not in row.payload
        stranger.write(batch)
        owner.refresh_from_db()
        assert Owner.objects.count() == 1
        assert owner.gender == "male"
        assert owner.phones.get().number == "13800138000"
        assert owner.emergency_contacts.get().name == "李芳"
        assert sorted(owner.community_ids) == sorted([desk.community.pk, elsewhere.pk])

    def test_by_telephone_and_name_a_person_outside_is_not_found(self, desk: Desk) -> None:
        elsewhere = make_community("ELSE")
        stranger = Desk(elsewhere, user_with("owners.import_owner", communities=[elsewhere]))
        desk.bring([(*WANG[:8], "")])
        batch = stranger.bring([(*WANG[:8], "")])
        assert problems(batch, notices=True) == []
        assert Owner.objects.count() == 2

    def test_a_name_that_differs_outside_the_scope_is_not_told(self, desk: Desk) -> None:
        elsewhere = make_community("ELSE")
        stranger = Desk(elsewhere, user_with("owners.import_owner", communities=[elsewhere]))
        desk.bring([WANG])
        batch = stranger.check([(*WANG[:5], "李四", *WANG[6:])])
        assert problems(batch) == [(2, "姓名", "该证件号已登记在另一个姓名下")]

    def test_somebody_with_one_building_imports_into_it_only(self, desk: Desk) -> None:
        desk.bring([WANG, ("5", "1", "101", "高层", 60, "甲", "业主", "", "")])
        building = Building.objects.get(number="3")
        keeper = Desk(
            desk.community,
            user_with("owners.import_owner", communities=[desk.community], buildings=[building], scope="building"),
        )
        batch = keeper.check(
            [
                (*WANG[:4], 99, *WANG[5:]),
                ("5", "1", "101", "高层", 61, "甲", "业主", "", ""),
                ("9", "1", "1", "高层", 61, "乙", "业主", "", ""),
            ]
        )
        assert counts(batch) == (0, 1, 0, 2)

    def test_another_community_is_refused(self, desk: Desk) -> None:
        elsewhere = make_community("ELSE")
        with pytest.raises(Exception, match="没有"):
            Desk(elsewhere, desk.user).check([WANG])


def test_stored_rows_hold_no_number_in_clear(desk: Desk) -> None:
    batch = desk.check([WANG, ("3", "2", "1503", "高层", 90, "李四", "业主", "139****0178", "4401061990010112")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload, problems::text FROM owners_importrow WHERE batch_id = %s", [batch.pk])
        stored = str(cursor.fetchall())
    assert "13800138000" not in stored
    assert WANG[8] not in stored
    assert "4401061990010112" not in stored


def test_blind_indexes_are_those_of_the_services(desk: Desk) -> None:
    desk.bring([WANG])
    assert OwnerPhone.objects.filter(number_index=blind_index.whole("phone", "13800138000")).exists()
    assert Owner.objects.filter(id_last4=blind_index.last4("id_number", WANG[8])).exists()
