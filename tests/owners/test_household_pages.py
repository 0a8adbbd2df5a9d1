"""Forms about a household: relations begun, changed, ended, handed on; family and contact records."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from core.models import LogEntry
from owners.models import Owner, Tenure
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, TenureFactory, word
from tests.factories.properties import UnitFactory
from tests.owners.support import ID_NUMBER, VIEW, owner_in, unit_in
from tests.support.cases import FormCase, signed_in


class UnitForm(FormCase):
    more_permissions = (VIEW,)

    def make(self, community):
        unit = unit_in(community)
        OwnerFactory(units=[unit])
        return unit


class TestUnitTenureCreate(UnitForm):
    url_name, permission, log_action, invalid_field = (
        "owners:unit_tenure_create",
        "owners.add_tenure",
        "owners.tenure.started",
        "share",
    )

    def valid(self):
        return {"owner": owner_in(self.own).pk, "role": "co_owner", "share": "50", "start": "2026-06-01"}

    def invalid(self):
        return self.valid() | {"role": "tenant"}


class TestFamilyCreate(UnitForm):
    url_name, permission, log_action, invalid_field = (
        "owners:family_create", "owners.add_familymember", "owners.familymember.added", "name",
    )  # fmt: skip

    def valid(self):
        return {
            "owner": self.own_row.tenures.get().owner_id,
            "relation": word("family_relation", "mother").pk,
            "name": "周玉兰",
        }

    def invalid(self):
        return self.valid() | {"age_group": "child"}


@pytest.mark.django_db
def test_the_owner_is_offered_before_his_family():
    unit = UnitFactory()
    for name, role in (("周玉兰", "family"), ("李慧敏", "co_owner"), ("王建国", "owner")):
        TenureFactory(owner=OwnerFactory(name=name), unit=unit, role=role, share=None)
    user = user_with("owners.add_familymember", VIEW)
    page = signed_in(user).get(reverse("owners:family_create", args=[unit.pk]))
    shown = [label for _value, label in page.context["form"].fields["owner"].choices]
    assert shown == ["王建国", "李慧敏", "周玉兰"]


class TestContactCreate(UnitForm):
    url_name, permission, log_action, invalid_field = (
        "owners:contact_create", "owners.add_contactrecord", "owners.contactrecord.created", "content",
    )  # fmt: skip

    def valid(self):
        return {
            "way": "call_in",
            "subject": word("contact_subject", "enquiry").pk,
            "at": "2026-06-01T10:00",
            "content": "问停车费",
        }

    def invalid(self):
        return self.valid() | {"content": ""}


class TenureCase(FormCase):
    more_permissions = (VIEW,)

    def make(self, community):
        return TenureFactory(unit=unit_in(community), share=Decimal(100))


class TestTenureUpdate(TenureCase):
    url_name, permission, log_action, invalid_field = (
        "owners:tenure_update",
        "owners.change_tenure",
        "owners.tenure.changed",
        "end",
    )

    def valid(self):
        return {"share": "50", "start": "2020-01-01", "end": ""}

    def invalid(self):
        return self.valid() | {"end": "2019-01-01"}

    def check(self, row):
        assert row.share == 50


class TestTenureEnd(TenureCase):
    url_name, permission, log_action, invalid_field = (
        "owners:tenure_end",
        "owners.end_tenure",
        "owners.tenure.ended",
        "end",
    )

    def valid(self):
        return {"end": "2026-05-31", "end_reason": word("tenure_end_reason", "moved_out").pk}

    def invalid(self):
        return self.valid() | {"end": "2019-01-01"}

    def check(self, row):
        assert row.end == date(2026, 5, 31)


class TestTenureReplace(TenureCase):
    url_name, permission, log_action, invalid_field = (
        "owners:tenure_replace",
        "owners.end_tenure",
        "owners.tenure.replaced",
        "owner",
    )

    def valid(self):
        buyer = owner_in(self.own, name="黄志远")
        return {"owner": buyer.pk, "start": "2026-11-15", "end_reason": word("tenure_end_reason", "transfer").pk}

    def invalid(self):
        return self.valid() | {"owner": self.own_row.owner_id}

    def check(self, row):
        assert row.end == date(2026, 11, 14)
        assert Tenure.objects.get(unit=row.unit, end=None).start == date(2026, 11, 15)


@pytest.mark.django_db
class TestReplacementAgainstKnownPeople:
    @pytest.fixture
    def old(self):
        return TenureFactory(unit=UnitFactory(), start=date(2020, 1, 1))

    @pytest.fixture
    def client(self, old):
        return signed_in(user_with(VIEW, "owners.end_tenure", "owners.add_owner", communities=[old.unit.community]))

    def post(self, client, old, **values):
        reason = word("tenure_end_reason", "transfer").pk
        data = {"name": "黄志远", "phone": "13700002091", "start": "2026-11-15", "end_reason": reason, **values}
        return client.post(reverse("owners:tenure_replace", args=[old.pk]), data)

    def test_r12_a_person_typed_in_takes_over_the_day_after(self, client, old):
        assert self.post(client, old, id_number=ID_NUMBER).status_code == 302
        new = Tenure.objects.get(unit=old.unit, end=None)
        old.refresh_from_db()
        assert (old.end, new.start, new.role) == (date(2026, 11, 14), date(2026, 11, 15), old.role)
        assert (new.owner.name, new.owner.phones.get().number, new.owner.id_number) == (
            "黄志远",
            "13700002091",
            ID_NUMBER,
        )
        assert [entry.action for entry in LogEntry.objects.order_by("pk")] == [
            "owners.owner.created",
            "owners.tenure.replaced",
        ]

    def test_r29_a_known_person_is_shown_beside_before_anything_is_written(self, client, old):
        known = OwnerFactory(name="黄志远", phones=["13700002091"], units=[UnitFactory(building=old.unit.building)])
        response = self.post(client, old)
        text = response.content.decode()
        assert "可能已有档案" in text and known.number in text and old.unit.label in text
        assert Tenure.objects.get(pk=old.pk).end is None and Owner.objects.filter(name="黄志远").count() == 1
        use = response.context["form"].candidates[0]["use_url"]
        prefilled = client.get(use).content.decode()
        assert f'value="{known.pk}" selected' in prefilled and "2026-11-15" in prefilled
        assert self.post(client, old, confirm="1").status_code == 302
        assert Owner.objects.filter(name="黄志远").count() == 2
        assert Tenure.objects.get(pk=old.pk).end == date(2026, 11, 14)

    def test_both_at_once_is_refused(self, client, old):
        known = owner_in(old.unit.community)
        assert "owner" in self.post(client, old, owner=known.pk).context["form"].errors

    def test_a_refused_replacement_leaves_no_file_behind(self, client, old):
        response = self.post(client, old, start="2019-05-01")
        assert response.status_code == 200 and not Owner.objects.filter(name="黄志远").exists()

    def test_without_the_right_to_create_only_known_people_are_offered(self, old):
        client = signed_in(user_with(VIEW, "owners.end_tenure", communities=[old.unit.community]))
        response = client.get(reverse("owners:tenure_replace", args=[old.pk]))
        assert "name" not in response.context["form"].fields
        assert self.post(client, old).context["form"].errors.keys() == {"owner"}
