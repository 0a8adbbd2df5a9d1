"""Services around a household: relations over time, family, emergency contacts, vehicles."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import BusinessError
from owners.models import FamilyMember, Tenure, TenureRole, TimelineEntry, Vehicle
from owners.services import household, tenures, vehicles
from tests.factories.owners import OwnerFactory, TenureFactory, word
from tests.factories.properties import ParkingFactory
from tests.owners.conftest import entries, only_entry

pytestmark = pytest.mark.django_db


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
