"""Known outages: told to callers, linked to orders, ended with them (R36)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import BadValue, BusinessError
from core.models import LogEntry
from notices.models import Delivery
from owners.models import TimelineEntry
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import BuildingFactory, PlaceFactory, UnitFactory
from tests.factories.workorders import OutageFactory, WorkOrderFactory, chief, desk
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase
from workorders.models import Outage, OutagePlace
from workorders.queries.outages import reaching
from workorders.services import outages, restoring
from workorders.states import Status

VIEW = "workorders.view_outage"


def outage_in(community, **values):
    return OutageFactory(community=community, **values)


class TestOutageList(ListCase):
    url_name, permission = "workorders:outage_list", VIEW
    search = ("?q=停水&running=yes", "?running=no")

    def make(self, community):
        row = outage_in(community)
        OutagePlace.objects.create(outage=row, building=BuildingFactory(community=community))
        return row


class TestOutagePage(DetailCase):
    url_name, permission = "workorders:outage_detail", VIEW
    more_permissions = ("workorders.view_workorder",)

    def make(self, community):
        return outage_in(community)

    def shows(self, row):
        return [row.title, row.caller_text, "整个项目", "影响中"]


def written(community, **values):
    return {
        "community": community.pk, "kind": "emergency", "category": word("repair_category", "plumbing").pk, "title": "3栋停水",
        "started_at": "2026-11-22 10:00", "caller_text": "水泵故障，正在抢修",
    } | values  # fmt: skip


class TestOutageCreate(CreateCase):
    url_name, permission, model = "workorders:outage_create", "workorders.add_outage", Outage
    more_permissions = (VIEW,)
    log_action, invalid_field = "workorders.outage.created", "expected_until"

    def make(self, community):
        return outage_in(community)

    def valid(self):
        self.building = BuildingFactory(community=self.own)
        return written(self.own, buildings=[self.building.pk], expected_until="2026-11-22 16:00")

    def invalid(self):
        return written(self.own, expected_until="2026-11-22 09:00")

    def foreign_data(self):
        return written(self.own, buildings=[BuildingFactory(community=self.foreign).pk])

    def check(self, row):
        assert [place.building for place in row.places.all()] == [self.building]


class TestOutageUpdate(FormCase):
    url_name, permission = "workorders:outage_update", "workorders.change_outage"
    more_permissions = ("workorders.add_outage",)
    log_action, invalid_field = "workorders.outage.changed", "title"

    def make(self, community):
        return outage_in(community)

    def valid(self):
        return written(self.own, title="3栋、4栋停水")

    def invalid(self):
        return written(self.own, title="")

    def check(self, row):
        assert (row.title, row.community) == ("3栋、4栋停水", self.own)


class TestOutageCall(ActionCase):
    url_name, permission, log_action = "workorders:outage_call", "workorders.change_outage", "workorders.outage.called"

    def make(self, community):
        return outage_in(community)

    def check(self, row):
        assert row.calls == 1


class TestOutageEnd(FormCase):
    url_name, permission = "workorders:outage_end", "workorders.end_outage"
    log_action, invalid_field = "workorders.outage.ended", "reason"

    def make(self, community):
        return outage_in(community)

    def valid(self):
        return {"reason": word("cancel_reason", "outage_over").pk}

    def check(self, row):
        assert row.ended_at is not None


@pytest.mark.django_db
class TestEnding:
    def setup_method(self):
        self.unit = UnitFactory()
        self.lead = chief(self.unit.community)
        self.outage = outage_in(self.unit.community, started_at=timezone.now() - timedelta(hours=2))

    def end(self, **values):
        return restoring.end_outage(self.outage, by=self.lead, reason=word("cancel_reason", "outage_over"), **values)

    def test_orders_at_the_desk_end_with_it_and_work_goes_on(self):
        waiting = WorkOrderFactory(unit=self.unit, outage=self.outage)
        working = WorkOrderFactory(
            unit=UnitFactory(building=self.unit.building), outage=self.outage, status=Status.WORKING
        )
        self.end(message="水泵已修好")
        waiting.refresh_from_db(), working.refresh_from_db()
        assert (waiting.status, working.status) == (Status.CANCELLED, Status.WORKING)
        assert waiting.end_reason == "故障已恢复：水泵已修好"
        told = TimelineEntry.objects.filter(unit__in=[waiting.unit_id, working.unit_id])
        assert set(told.values_list("unit", flat=True)) == {waiting.unit_id, working.unit_id}
        assert LogEntry.objects.get(action="workorders.outage.ended").changes == {
            "closed": 1, "completed": 0, "kept": 1,
        }  # fmt: skip

    def test_every_household_with_an_order_is_told_once(self):
        other = UnitFactory(building=self.unit.building)
        people = [OwnerFactory(units=[unit]) for unit in (self.unit, other)]
        WorkOrderFactory(unit=self.unit, outage=self.outage)
        WorkOrderFactory(unit=other, outage=self.outage, status=Status.WORKING)
        self.end(message="水泵已修好")
        told = Delivery.objects.filter(source_type="workorders.ordermessage")
        assert sorted(set(told.values_list("owner", flat=True))) == sorted(owner.pk for owner in people)

    def test_it_ends_once_and_not_in_the_future(self):
        with pytest.raises(BadValue):
            self.end(ended_at=timezone.now() + timedelta(hours=1))
        with pytest.raises(BadValue):
            self.end(ended_at=timezone.now() - timedelta(days=1))
        self.end()
        with pytest.raises(BusinessError):
            self.end()

    def test_linking_counts_a_call_once(self):
        order = WorkOrderFactory(unit=self.unit)
        for _n in range(2):
            order = outages.link_order(order, by=self.lead, outage=self.outage)
        self.outage.refresh_from_db()
        assert (order.outage, self.outage.calls) == (self.outage, 1)

    def test_an_order_of_another_community_is_not_linked(self):
        with pytest.raises(BadValue):
            outages.link_order(WorkOrderFactory(), by=self.lead, outage=self.outage)


@pytest.mark.django_db
class TestReaching:
    def titles(self, community, **where):
        return {row.title for row in reaching(Outage.objects.all(), community, **where)}

    def test_building_place_and_whole_community(self):
        building = BuildingFactory()
        place = PlaceFactory(community=building.community, building=building)
        other = BuildingFactory(community=building.community)
        for title, where in (
            ("全区", {}),
            ("本楼", {"building": building}),
            ("别楼", {"building": other}),
            ("电梯", {"place": place}),
        ):
            row = outage_in(building.community, title=title)
            if where:
                OutagePlace.objects.create(outage=row, **where)
        assert self.titles(building.community, building=building) == {"全区", "本楼"}
        assert self.titles(building.community, place=place) == {"全区", "本楼", "电梯"}
        assert self.titles(building.community) == {"全区"}

    def test_ended_and_far_ones_are_not_told(self):
        community = BuildingFactory().community
        outage_in(community, title="过去", ended_at=timezone.now())
        outage_in(community, title="下周", started_at=timezone.now() + timedelta(days=7))
        outage_in(community, title="今晚", started_at=timezone.now() + timedelta(hours=6))
        tomorrow = timezone.localtime().replace(hour=23, minute=50) + timedelta(days=1)
        outage_in(community, title="明晚", started_at=tomorrow)
        outage_in(community, title="后天", started_at=tomorrow + timedelta(minutes=10))
        assert self.titles(community) == {"今晚", "明晚"}


@pytest.mark.django_db
def test_the_desk_may_write_outages_down():
    community = BuildingFactory().community
    assert desk(community).has_perm("workorders.add_outage")
