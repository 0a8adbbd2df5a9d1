"""Rules of the household services: one transaction, one log entry, masked values, dates and shares."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from core.models import LogEntry
from owners.models import Consent, FamilyMember, Owner, OwnerPhone, Tenure, TenureRole, TimelineEntry, Vehicle
from owners.services import consents, contacts, files, household, phones, portrait, tenures, vehicles
from owners.services.derived import all_owner_ids, refresh_owner
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, TenureFactory, VehicleFactory, word
from tests.factories.properties import ParkingFactory, UnitFactory

pytestmark = pytest.mark.django_db
ID_NUMBER = "11010519491231002X"


@pytest.fixture
def unit(db):
    return UnitFactory(building__number="3", entrance="2", number="1502")


@pytest.fixture
def clerk(unit):
    return user_with("owners.view_owner", communities=[unit.community])


def entries(*, since=0):
    return list(LogEntry.objects.order_by("pk")[since:])


def only_entry(since=0):
    written = entries(since=since)
    assert len(written) == 1, [row.action for row in written]
    return written[0]


class TestFiles:
    def test_r8_creates_owner_with_phones_contacts_and_unit(self, unit, clerk):
        owner = files.create_owner(
            by=clerk,
            name=" 王 建国",
            phones=[{"number": "138 0013 8000"}, {"number": "0971-8123456", "label": "单位"}],
            emergency_contacts=[{"name": "李慧敏", "phone": "13700002091", "relation": "配偶"}],
            unit=unit,
            tenure={"role": TenureRole.OWNER, "share": Decimal(50), "start": date(2024, 6, 18)},
            id_number="11010519491231002x",
            source=word("owner_source", "move_in"),
        )
        assert owner.number == "KH000001"
        assert owner.name == "王建国"
        assert owner.id_number == ID_NUMBER
        assert owner.keeper == clerk
        assert owner.community_ids == [unit.community_id]
        assert [phone.number for phone in owner.phones.all()] == ["13800138000", "0971-8123456"]
        assert owner.phones.get(is_primary=True).number == "13800138000"
        held = owner.tenures.get()
        assert (held.share, held.is_primary_contact, held.is_payer) == (Decimal(50), True, True)
        assert Owner.objects.filter(search__begins=["wjg"]).get() == owner
        assert owner.completeness == 20 + 30 + 20 + 10 + 10

    def test_creation_leaves_one_masked_log_entry(self, unit, clerk):
        files.create_owner(by=clerk, name="王建国", phones=[{"number": "13800138000"}], unit=unit,
                           tenure={"role": TenureRole.OWNER}, id_number=ID_NUMBER)  # fmt: skip
        entry = only_entry()
        assert entry.action == "owners.owner.created"
        assert entry.changes["phones"] == ["138****8000"]
        assert entry.changes["id_number"] == "110105********002X"
        assert entry.changes["name"] == "王*国"
        assert "13800138000" not in str(entry.changes) and ID_NUMBER not in str(entry.changes)

    def test_numbers_count_up(self, clerk):
        numbers = [files.create_owner(by=clerk, name=f"住户{n}").number for n in range(3)]
        assert numbers == ["KH000001", "KH000002", "KH000003"]

    def test_id_number_of_another_is_refused_with_his_name_in_scope(self, unit, clerk):
        OwnerFactory(name="李慧敏", id_number=ID_NUMBER, units=[unit])
        with pytest.raises(BusinessError) as raised:
            files.create_owner(by=clerk, name="王建国", id_number=ID_NUMBER)
        assert "110105********002X" in raised.value.sentence and "李慧敏" in raised.value.sentence
        assert ID_NUMBER not in raised.value.sentence

    def test_id_number_of_another_out_of_scope_does_not_say_whose(self, clerk):
        OwnerFactory(name="李慧敏", id_number=ID_NUMBER, units=[UnitFactory()])
        with pytest.raises(BusinessError) as raised:
            files.create_owner(by=clerk, name="王建国", id_number=ID_NUMBER)
        assert "李慧敏" not in raised.value.sentence and "KH" not in raised.value.sentence

    @pytest.mark.parametrize(
        "bad", ["110105194912310021", "11010519491331002X", "111111111111111111", "440106199001011"]
    )
    def test_bad_id_numbers_are_refused(self, clerk, bad):
        with pytest.raises(BadValue) as raised:
            files.create_owner(by=clerk, name="王建国", id_number=bad)
        assert raised.value.field == "id_number"

    def test_organisation_gives_its_credit_code(self, clerk):
        owner = files.create_owner(
            by=clerk, name="青海湖映置业有限公司", kind="organisation", id_number="91110000600037341L"
        )
        assert (owner.id_type, owner.id_number) == ("credit_code", "91110000600037341L")

    def test_r9_change_logs_old_and_new_masked(self, unit, clerk):
        owner = OwnerFactory(name="王建国", id_number=ID_NUMBER, units=[unit])
        files.change_owner(owner, by=clerk, name="王建华", email="wang@example.com", occupation="教师")
        entry = only_entry()
        assert entry.changes == {
            "name": ["王*国", "王*华"], "email": ["", "w***@example.com"], "occupation": ["", "教师"],
        }  # fmt: skip
        assert Owner.objects.filter(search__begins=["wjh"]).exists()
        assert TimelineEntry.objects.filter(unit=unit, owner=owner).count() == 1
        assert TimelineEntry.objects.filter(unit=None, owner=owner).count() == 1

    def test_change_without_difference_writes_nothing(self, unit, clerk):
        owner = OwnerFactory(name="王建国", units=[unit])
        files.change_owner(owner, by=clerk, name="王建国")
        assert entries() == []

    def test_encrypted_at_rest(self, clerk):
        files.create_owner(by=clerk, name="王建国", phones=[{"number": "13800138000"}], id_number=ID_NUMBER)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id_number FROM owners_owner")
            stored_id = cursor.fetchone()[0]
            cursor.execute("SELECT number FROM owners_ownerphone")
            stored_phone = cursor.fetchone()[0]
        assert ID_NUMBER not in stored_id and "1949" not in stored_id
        assert "13800138000" not in stored_phone and "8000" not in stored_phone

    def test_disable_refuses_residents_and_restore_brings_back(self, unit, clerk):
        owner = OwnerFactory(units=[unit])
        with pytest.raises(BusinessError, match="1 条在用的人房关系"):
            files.disable_owner(owner, by=clerk, reason="重复")
        Tenure.objects.update(end=date(2021, 1, 1))
        files.disable_owner(owner, by=clerk, reason="重复建档")
        assert owner.disabled_at is not None and only_entry().reason == "重复建档"
        files.restore_owner(owner, by=clerk)
        assert owner.disabled_at is None


class TestPhones:
    def test_r9_phone_change_keeps_history(self, unit, clerk):
        owner = OwnerFactory(phones=["13800138000"], units=[unit])
        phones.change_phone(owner.phones.get(), by=clerk, number="13900139000")
        assert only_entry().changes == {"phone": ["138****8000", "139****9000"]}
        assert owner.phones.get().number == "13900139000"

    def test_same_number_twice_is_refused_but_families_share(self, clerk):
        first, second = OwnerFactory(phones=["13800138000"]), OwnerFactory()
        with pytest.raises(BusinessError, match="此人已有电话"):
            phones.add_phone(first, by=clerk, number="138 0013 8000")
        assert phones.add_phone(second, by=clerk, number="13800138000").is_primary

    def test_primary_moves_when_removed(self, clerk):
        owner = OwnerFactory(phones=["13800138000", "13900139000"])
        phones.remove_phone(owner.phones.get(is_primary=True), by=clerk)
        assert owner.phones.get().is_primary
        assert only_entry().changes == {"phone": ["138****8000", None]}

    def test_prefer_phone_leaves_one_primary(self, clerk):
        owner = OwnerFactory(phones=["13800138000", "13900139000"])
        phones.prefer_phone(owner.phones.get(is_primary=False), by=clerk)
        assert [row.number for row in owner.phones.filter(is_primary=True)] == ["13900139000"]

    @pytest.mark.parametrize("bad", ["18999999999", "138*****000", "1380013800", "8123456"])
    def test_bad_phone_is_refused(self, clerk, bad):
        with pytest.raises(BadValue) as raised:
            phones.add_phone(OwnerFactory(), by=clerk, number=bad)
        assert raised.value.field == "number"
        assert OwnerPhone.objects.count() == 0


class TestTenures:
    def test_shares_never_pass_one_hundred(self, unit, clerk):
        TenureFactory(unit=unit, share=Decimal("60"))
        with pytest.raises(BusinessError, match="最多还可填 40"):
            tenures.start_tenure(OwnerFactory(), by=clerk, unit=unit, role=TenureRole.CO_OWNER, share=Decimal("40.01"))
        tenures.start_tenure(OwnerFactory(), by=clerk, unit=unit, role=TenureRole.CO_OWNER, share=Decimal("40"))
        assert Tenure.objects.count() == 2

    def test_shares_are_counted_on_every_day(self, unit, clerk):
        """A later co-owner whose 60% begin next year stands in the way of an open-ended 60% from today."""
        TenureFactory(unit=unit, share=Decimal(60), start=date(2027, 5, 1))
        with pytest.raises(BusinessError, match="2027-05-01"):
            tenures.start_tenure(
                OwnerFactory(), by=clerk, unit=unit, role=TenureRole.OWNER, share=Decimal(60), start=date(2026, 1, 1)
            )
        tenures.start_tenure(
            OwnerFactory(),
            by=clerk,
            unit=unit,
            role=TenureRole.OWNER,
            share=Decimal(60),
            start=date(2026, 1, 1),
            end=date(2027, 4, 30),
        )

    def test_one_primary_contact_and_payer_move_with_log(self, unit, clerk):
        first = TenureFactory(unit=unit, owner__name="王建国", is_primary_contact=True, is_payer=True)
        tenures.start_tenure(
            OwnerFactory(name="李慧敏"),
            by=clerk,
            unit=unit,
            role=TenureRole.CO_OWNER,
            is_primary_contact=True,
            is_payer=False,
        )
        first.refresh_from_db()
        assert (first.is_primary_contact, first.is_payer) == (False, True)
        assert only_entry().changes["primary_contact"] == ["王*国", "李*敏"]

    def test_r15_end_keeps_the_row(self, unit, clerk):
        row = TenureFactory(unit=unit)
        tenures.end_tenure(row, by=clerk, end=date(2026, 5, 31), end_reason=word("tenure_end_reason", "moved_out"))
        assert (row.end, str(row.end_reason)) == (date(2026, 5, 31), "迁出")
        assert only_entry().action == "owners.tenure.ended"
        with pytest.raises(BusinessError, match="已在 2026-05-31 终止"):
            tenures.end_tenure(row, by=clerk, end=date(2026, 6, 30), end_reason=word("tenure_end_reason", "moved_out"))

    def test_end_before_start_is_refused(self, unit, clerk):
        with pytest.raises(BusinessError, match="不能早于"):
            tenures.end_tenure(
                TenureFactory(unit=unit), by=clerk, end=date(2019, 1, 1), end_reason=word("tenure_end_reason", "other")
            )

    def test_r12_transfer_of_domain_example(self, unit, clerk):
        """过户 2026-11-15: the relation of the old ends 2026-11-14, contact and payer go to the new."""
        old = TenureFactory(unit=unit, share=Decimal(100), is_primary_contact=True, is_payer=True)
        family = TenureFactory(unit=unit, role=TenureRole.FAMILY)
        buyer = OwnerFactory(name="黄志远")
        new = tenures.replace_tenure(
            old,
            by=clerk,
            owner=buyer,
            start=date(2026, 11, 15),
            end_reason=word("tenure_end_reason", "transfer"),
            also_end=[family],
        )
        old.refresh_from_db(), family.refresh_from_db(), buyer.refresh_from_db()
        assert old.end == family.end == date(2026, 11, 14)
        assert (new.start, new.end, new.share, new.role) == (date(2026, 11, 15), None, Decimal(100), TenureRole.OWNER)
        assert new.is_primary_contact and new.is_payer
        assert buyer.community_ids == [unit.community_id]
        assert only_entry().action == "owners.tenure.replaced"

    def test_failed_transfer_changes_nothing(self, unit, clerk):
        old = TenureFactory(unit=unit, share=Decimal(50))
        TenureFactory(unit=unit, share=Decimal(50), role=TenureRole.CO_OWNER)
        with pytest.raises(BusinessError, match="份额"):
            tenures.replace_tenure(
                old,
                by=clerk,
                owner=OwnerFactory(),
                start=date(2026, 11, 15),
                end_reason=word("tenure_end_reason", "transfer"),
                share=Decimal(80),
            )
        old.refresh_from_db()
        assert old.end is None and entries() == []

    def test_change_corrects_share_with_guard(self, unit, clerk):
        row = TenureFactory(unit=unit, share=Decimal(40))
        TenureFactory(unit=unit, share=Decimal(50), role=TenureRole.CO_OWNER)
        tenures.change_tenure(row, by=clerk, share=Decimal(50))
        assert only_entry().changes == {"share": ["40", "50"]}
        with pytest.raises(BusinessError, match="最多还可填 50"):
            tenures.change_tenure(row, by=clerk, share=Decimal(51))


class TestHousehold:
    def test_r9_family_change_is_noted(self, unit, clerk):
        owner = OwnerFactory(units=[unit])
        member = household.add_family_member(
            owner, by=clerk, unit=unit, name="周玉兰", relation=word("family_relation", "mother")
        )
        owner.refresh_from_db()
        assert owner.completeness == 20 + 20 + 5
        household.end_family_member(member, by=clerk, left_on=date(2026, 10, 1))
        owner.refresh_from_db()
        assert owner.completeness == 40
        assert [row.action for row in entries()] == ["owners.familymember.added", "owners.familymember.left"]
        assert all("周玉兰" not in line.sentence for line in TimelineEntry.objects.all())

    def test_children_are_kept_by_age_group_only(self, unit, clerk):
        relation = word("family_relation", "son")
        with pytest.raises(BusinessError, match="14 岁以下"):
            household.add_family_member(
                OwnerFactory(), by=clerk, unit=unit, name="王小明", relation=relation, age_group="child"
            )
        household.add_family_member(OwnerFactory(), by=clerk, unit=unit, relation=relation, age_group="child")
        assert FamilyMember.objects.get().name == ""

    def test_emergency_contact_is_logged_masked(self, clerk):
        row = household.add_emergency_contact(
            OwnerFactory(), by=clerk, name="李慧敏", phone="13700002091", relation="配偶"
        )
        assert only_entry().changes["phone"] == [None, "137****2091"]
        household.remove_emergency_contact(row, by=clerk)
        assert entries()[1].changes["name"] == ["李*敏", None]


class TestVehicles:
    def test_plate_is_normalised_and_unique_per_community(self, unit, clerk):
        owner = OwnerFactory(units=[unit])
        vehicle = vehicles.add_vehicle(owner, by=clerk, community=unit.community, plate="青a\u00b712345")
        assert vehicle.plate == "青A12345"
        with pytest.raises(BusinessError, match="已登记车牌"):
            vehicles.add_vehicle(owner, by=clerk, community=unit.community, plate="青A12345")
        vehicles.disable_vehicle(vehicle, by=clerk, reason="已售")
        vehicles.add_vehicle(owner, by=clerk, community=unit.community, plate="青A12345")
        with pytest.raises(BusinessError, match="已登记车牌"):
            vehicles.restore_vehicle(vehicle, by=clerk)

    def test_space_must_be_a_parking_space_of_the_community(self, unit, clerk):
        owner = OwnerFactory(units=[unit])
        with pytest.raises(BusinessError, match="不是车位"):
            vehicles.add_vehicle(owner, by=clerk, community=unit.community, plate="青A12345", space=unit)
        with pytest.raises(BusinessError, match="不在所选项目"):
            vehicles.add_vehicle(owner, by=clerk, community=unit.community, plate="青A12345", space=ParkingFactory())
        space = ParkingFactory(building=unit.building)
        assert (
            vehicles.add_vehicle(owner, by=clerk, community=unit.community, plate="青A12345", space=space).space
            == space
        )
        assert Vehicle.objects.count() == 1


class TestPortrait:
    def test_sensitive_tag_needs_a_reason_and_is_not_named(self, unit, clerk):
        owner = OwnerFactory(units=[unit])
        tag = word("owner_tag", "living_alone")
        with pytest.raises(BusinessError, match="事由"):
            portrait.add_tag(owner, by=clerk, tag=tag)
        portrait.add_tag(owner, by=clerk, tag=tag, reason="子女委托关照", expires_on=date(2099, 1, 1))
        assert "独居" not in str(only_entry().changes) and only_entry().reason == ""
        assert not TimelineEntry.objects.filter(sentence__contains="独居").exists()

    def test_removed_tag_may_come_back(self, clerk):
        owner = OwnerFactory()
        row = portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "vip"))
        with pytest.raises(BusinessError, match="已有标签"):
            portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "vip"))
        portrait.remove_tag(row, by=clerk)
        portrait.add_tag(owner, by=clerk, tag=word("owner_tag", "vip"))
        assert owner.tags.count() == 2

    def test_quiet_hours_need_both_ends(self, clerk):
        from datetime import time

        with pytest.raises(BusinessError, match="起止"):
            portrait.change_preferences(OwnerFactory(), by=clerk, quiet_from=time(12))

    def test_verification_is_stamped(self, clerk):
        owner = portrait.verify_owner(OwnerFactory(), by=clerk, verified_on=date(2026, 9, 12), remark="电话核对一致")
        owner.refresh_from_db()
        assert (owner.verified_on, owner.verified_by) == (date(2026, 9, 12), clerk)
        assert only_entry().changes == {"verified_on": [None, "2026-09-12"]}


class TestConsents:
    def test_marketing_follows_and_withdrawal_blocks_asking(self, clerk):
        owner, purpose = OwnerFactory(), word("consent_purpose", "marketing")
        row = consents.give_consent(owner, by=clerk, purpose=purpose, version="2026-01", way=Consent.Way.PAPER)
        owner.refresh_from_db()
        assert owner.marketing_consent
        consents.withdraw_consent(row, by=clerk)
        owner.refresh_from_db()
        assert not owner.marketing_consent
        with pytest.raises(BusinessError, match="90 天"):
            consents.give_consent(owner, by=clerk, purpose=purpose, version="2026-02", way=Consent.Way.PHONE)
        consents.give_consent(owner, by=clerk, purpose=purpose, version="2026-02", way=Consent.Way.ONLINE)
        assert [row.action for row in entries()] == [
            "owners.consent.given",
            "owners.consent.withdrawn",
            "owners.consent.given",
        ]


class TestContacts:
    def test_r22_contact_stands_on_the_timeline_and_not_in_the_log(self, unit, clerk):
        row = contacts.record_contact(
            unit, by=clerk, way="call_in", subject=word("contact_subject", "enquiry"), content="问停车费"
        )
        assert TimelineEntry.objects.get().detail == "问停车费"
        assert "停车费" not in str(only_entry().changes) and row.handler == clerk


class TestDerived:
    def test_completeness_weights_sum_to_one_hundred(self, unit, clerk):
        owner = OwnerFactory(phones=["13800138000"], id_number=ID_NUMBER, units=[unit])
        household.add_emergency_contact(owner, by=clerk, name="李慧敏", phone="13700002091")
        household.add_family_member(
            owner, by=clerk, unit=unit, name="周玉兰", relation=word("family_relation", "mother")
        )
        vehicles.add_vehicle(owner, by=clerk, community=unit.community, plate="青A12345")
        owner.refresh_from_db()
        assert owner.completeness == 100

    def test_rebuild_changes_nothing_after_services(self, unit, clerk):
        """Equality of what the services keep and what the rebuild computes."""
        first = files.create_owner(
            by=clerk, name="单雄信", phones=[{"number": "13800138000"}], unit=unit, tenure={"role": "owner"}
        )
        other = UnitFactory()
        tenures.start_tenure(first, by=clerk, unit=other, role="tenant")
        files.change_owner(first, by=clerk, name="曾国藩")
        VehicleFactory(owner=OwnerFactory(units=[unit]))
        refresh_owner(all_owner_ids())
        assert refresh_owner(all_owner_ids()) == 0
        first.refresh_from_db()
        assert first.community_ids == sorted([unit.community_id, other.community_id])
        assert refresh_owner([first.pk]) == 0

    def test_system_may_act(self, unit):
        assert files.create_owner(by=SYSTEM, name="王建国", unit=unit, tenure={"role": "owner"}).keeper is None
