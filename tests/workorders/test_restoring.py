"""恢复: an outage ends with its orders, those in hand as the desk chose (R36, R38); many orders linked at once."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import LogEntry
from notices.models import Delivery
from notices.sources import content
from owners.actors import OwnerByLink
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import BuildingFactory, UnitFactory
from tests.factories.workorders import OutageFactory, WorkOrderFactory, chief, desk
from tests.support.cases import queries_of, signed_in
from workorders.models import CheckPoint, OrderMessage, OutageConcern, Pause, WorkOrder
from workorders.services import concerned
from workorders.states import MessageKind, PauseKind, Status


class Ended:
    """An outage of one building two hours old, and a supervisor who ends it."""

    @pytest.fixture(autouse=True)
    def places(self, db):
        self.building = BuildingFactory()
        self.community = self.building.community
        self.lead = chief(self.community)
        self.client = signed_in(self.lead)
        self.outage = OutageFactory(community=self.community, started_at=timezone.now() - timedelta(hours=2))
        self.url = reverse("workorders:outage_end", args=[self.outage.pk])

    def linked(self, status=Status.WORKING, **values):
        unit = UnitFactory(building=self.building)
        order = WorkOrderFactory(unit=unit, outage=self.outage, status=status, **values)
        if status in {Status.PARTS, Status.SUSPENDED}:
            kind = PauseKind.PARTS if status == Status.PARTS else PauseKind.SUSPENDED
            Pause.objects.create(order=order, kind=kind, started_at=timezone.now() - timedelta(hours=1), reason="等")
        return order

    def end(self, *orders, **values):
        data = {"reason": word("cancel_reason", "outage_over").pk, "message": "水泵已修好"} | values
        return self.client.post(self.url, data | {"complete": [order.pk for order in orders]})


class TestPage(Ended):
    def test_it_says_beforehand_what_will_happen(self):
        unit = UnitFactory(building=self.building)
        OwnerFactory(units=[unit])
        WorkOrderFactory(unit=unit, outage=self.outage)
        working, unpriced = self.linked(), self.linked(paid=True)
        answer = self.client.get(self.url)
        assert (answer.context["outlook"].ends, answer.context["outlook"].told) == (1, 1)
        assert (answer.context["completed"], answer.context["going_on"]) == (1, 1)
        page = answer.content.decode()
        assert f'value="{working.pk}" aria-label="{working.number} 随故障一并完工" checked' in page
        assert f'value="{unpriced.pk}" aria-label="{unpriced.number} 随故障一并完工" disabled' in page
        assert "处理中的 2 单" in page
        assert "有偿维修还没有业主同意的价目" in page

    def test_whoever_may_not_act_for_others_ticks_nothing(self):
        order = self.linked()
        reader = user_with("workorders.end_outage", "workorders.view_workorder", communities=[self.community])
        self.client = signed_in(reader)
        assert "只能由他本人或有代办权限的人操作" in self.client.get(self.url).content.decode()
        self.end(order)
        order.refresh_from_db()
        assert order.status == Status.WORKING

    def test_queries_do_not_grow_with_the_orders(self):
        self.linked()
        queries_of(self.client, self.url)
        before = queries_of(self.client, self.url)
        [self.linked() for _n in range(4)]
        assert queries_of(self.client, self.url) == before <= 25


class TestEnding(Ended):
    def test_ticked_ones_are_completed_for_their_repairers(self):
        order = self.linked()
        CheckPoint.objects.create(order=order, sort=1, text="恢复后试水")
        self.end(order)
        order.refresh_from_db()
        assert (order.status, order.result) == (Status.DONE, "水泵已修好")
        done = LogEntry.objects.get(action="workorders.workorder.completed", object_id=order.pk)
        assert (done.actor_id, done.changes["act_for"]) == (self.lead.pk, str(order.assignee))
        assert order.checks.get().note == "随故障恢复一并完成"

    @pytest.mark.parametrize(("status", "log"), [(Status.PARTS, "parts_arrived"), (Status.SUSPENDED, "resumed")])
    def test_paused_ones_are_resumed_first(self, status, log):
        order = self.linked(status)
        self.end(order)
        order.refresh_from_db()
        assert (order.status, order.paused_at) == (Status.DONE, None)
        assert Pause.objects.get(order=order).ended_at is not None
        assert LogEntry.objects.filter(action=f"workorders.workorder.{log}", object_id=order.pk).count() == 1

    def test_the_others_go_on_and_their_households_are_told(self):
        ticked, left = self.linked(), self.linked()
        people = {order.pk: OwnerFactory(units=[order.unit]) for order in (ticked, left)}
        answer = self.end(ticked)
        assert answer.url == self.outage.get_absolute_url()
        left.refresh_from_db()
        assert left.status == Status.WORKING
        told = OrderMessage.objects.filter(kind=MessageKind.RESTORED)
        assert dict(told.values_list("order", "text")) == {ticked.pk: "水泵已修好", left.pk: "水泵已修好"}
        heard = Delivery.objects.filter(source_type="workorders.ordermessage").values_list("owner", flat=True)
        assert {people[ticked.pk].pk, people[left.pk].pk} <= set(heard)
        assert LogEntry.objects.get(action="workorders.outage.ended").changes == {
            "closed": 0, "completed": 1, "kept": 1,
        }  # fmt: skip

    def test_whoever_reported_a_completed_one_hears_of_it_once(self):
        """完工 asks him how it was; that the outage is over he is not told beside it. The others of his flat are."""
        unit = UnitFactory(building=self.building)
        reporter, mate = OwnerFactory(units=[unit]), OwnerFactory(units=[unit])
        order = WorkOrderFactory(unit=unit, owner=reporter, outage=self.outage, status=Status.WORKING)
        self.end(order)
        rows = Delivery.objects.filter(source_type="workorders.ordermessage").order_by("owner_id")
        kinds = dict(OrderMessage.objects.values_list("pk", "kind"))
        told = [(row.owner_id, kinds[row.source_id]) for row in rows]
        assert told == [(reporter.pk, MessageKind.COMPLETED), (mate.pk, MessageKind.RESTORED)]

    def test_households_that_only_said_so_are_told_once_as_well(self):
        """R47: no order, and yet a message; nobody hears of it twice."""
        ours, theirs = UnitFactory(building=self.building), UnitFactory(building=self.building)
        named, other = OwnerFactory(units=[ours]), OwnerFactory(units=[theirs])
        WorkOrderFactory(unit=ours, owner=named, outage=self.outage)
        for owner, unit in ((named, ours), (other, theirs)):
            concerned.join_outage(self.outage, by=OwnerByLink(owner), unit=unit)
        page = self.client.get(self.outage.get_absolute_url()).content.decode()
        assert f"?unit={theirs.pk}" in page and "没有开工单，恢复后一并通知" in page
        assert self.client.get(self.url).context["outlook"].told == 2
        self.end()
        rows = Delivery.objects.order_by("owner_id").values_list("owner", "source_type")
        assert list(rows) == [(named.pk, "workorders.ordermessage"), (other.pk, concerned.SOURCE)]
        row = OutageConcern.objects.get(owner=other)
        said = content(concerned.SOURCE, row.pk)
        assert (row.told, said.text) == ("水泵已修好", "水泵已修好。如果您家还有问题，请再报修。")
        assert content(concerned.SOURCE, 0) is None

    def test_one_completed_meanwhile_is_skipped_with_a_reason(self):
        gone, order = self.linked(), self.linked()
        self.client.get(self.url)
        WorkOrder.objects.filter(pk=gone.pk).update(status=Status.DONE, completed_at=timezone.now())
        answer = self.end(gone, order)
        order.refresh_from_db()
        assert order.status == Status.DONE
        assert [(row.pk, why) for row, why in answer.context["skipped"]] == [(gone.pk, "工单现在是“已完成”")]

    def test_what_cannot_be_completed_stays_as_it_was_and_is_named(self):
        order = self.linked(Status.PARTS, paid=True)
        OwnerFactory(units=[order.unit])
        answer = self.end(order)
        order.refresh_from_db()
        assert order.status == Status.PARTS
        assert Pause.objects.get(order=order).ended_at is None
        assert "有偿维修还没有业主同意的价目" in answer.content.decode()
        assert OrderMessage.objects.filter(order=order, kind=MessageKind.RESTORED).exists()

    def test_orders_of_other_outages_are_out_of_reach(self):
        other = WorkOrderFactory(unit=UnitFactory(building=self.building), status=Status.WORKING)
        self.end(other)
        other.refresh_from_db()
        assert other.status == Status.WORKING


@pytest.mark.django_db
class TestLinkingMany:
    url = property(lambda self: reverse("workorders:workorder_outage_many"))

    def setup_method(self):
        self.unit = UnitFactory()
        self.client = signed_in(desk(self.unit.community))
        self.outage = OutageFactory(community=self.unit.community)

    def post(self, *orders, **values):
        return self.client.post(self.url, {"ids": [order.pk for order in orders]} | values)

    def test_it_asks_first_and_says_which_are_left_out(self):
        ready, over = WorkOrderFactory(unit=self.unit), WorkOrderFactory(unit=self.unit, status=Status.ARCHIVED)
        page = self.post(ready, over).content.decode()
        assert "所选 2 单，可关联 1 单" in page
        assert "工单已结束，不能关联" in page
        ready.refresh_from_db()
        assert ready.outage is None

    def test_linked_ones_count_as_calls_and_skipped_ones_are_named(self):
        ready, over = WorkOrderFactory(unit=self.unit), WorkOrderFactory(unit=self.unit, status=Status.ARCHIVED)
        there = WorkOrderFactory(unit=self.unit, outage=self.outage)
        answer = self.post(ready, over, there, confirm="1", outage=self.outage.pk)
        ready.refresh_from_db(), self.outage.refresh_from_db()
        assert (ready.outage, self.outage.calls) == (self.outage, 1)
        assert {row.pk for row, _why in answer.context["skipped"]} == {over.pk, there.pk}
        assert "已经关联了这次故障" in answer.content.decode()

    def test_orders_and_outages_of_other_places_are_not_offered(self):
        elsewhere = WorkOrderFactory()
        assert self.post(elsewhere).context["total"] == 0
        foreign = OutageFactory(community=elsewhere.community)
        answer = self.post(WorkOrderFactory(unit=self.unit), confirm="1", outage=foreign.pk)
        assert answer.context["form"].errors["outage"]

    def test_an_outage_that_has_ended_takes_no_more(self):
        order = WorkOrderFactory(unit=self.unit)
        self.outage.ended_at = timezone.now()
        self.outage.save()
        assert self.post(order, confirm="1", outage=self.outage.pk).context["form"].errors["outage"]
        order.refresh_from_db()
        assert order.outage is None
