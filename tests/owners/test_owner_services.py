"""Services around one person: files, telephones, portrait, consents, contacts, derived columns."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from owners.models import Consent, Owner, OwnerPhone, Tenure, TenureRole, TimelineEntry
from owners.services import consents, contacts, files, household, phones, portrait, tenures, vehicles
from owners.services.derived import all_owner_ids, refresh_owner
from tests.factories.owners import OwnerFactory, VehicleFactory, word
from tests.factories.properties import UnitFactory
from tests.owners.conftest import ID_NUMBER, entries, only_entry

pytestmark = pytest.mark.django_db


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
