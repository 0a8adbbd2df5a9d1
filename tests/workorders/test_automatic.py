"""Automatic dispatch (R38): whom it may choose, what it leaves, and that two runs at once count alike."""

import json
from collections import Counter
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from core import periodic
from core.models import LogEntry
from tests.factories.audit import UserFactory
from tests.factories.owners import word
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory
from tests.factories.workorders import RepairerFactory, WorkOrderFactory, chief, desk, repairer, works
from tests.support.races import race
from workorders.models import DispatchSetting, Repairer, WorkOrder
from workorders.services import dispatch
from workorders.services.automatic import BATCH, dispatch_waiting
from workorders.states import Status


def wants(**facts):
    community = CommunityFactory()
    DispatchSetting.objects.create(community=community, automatic=True, **facts)
    return community


def waiting(community, code="drain", building=None):
    building = building or BuildingFactory(community=community)
    return WorkOrderFactory(unit=UnitFactory(building=building), code=code)


def plumber(community, name="赵永康", **facts):
    return works(
        RepairerFactory(community=community, user=UserFactory(display_name=name), skills=["plumbing"], **facts)
    )


def reasons(report):
    return [why for _order, why in report.left]


@pytest.mark.django_db
class TestWhom:
    def test_the_best_goes_and_the_log_says_who_did_it_and_why(self):
        community = wants()
        row, order = plumber(community), waiting(community)
        report = dispatch_waiting()
        order.refresh_from_db()
        assert (order.status, order.assignee, order.dispatched_by) == (Status.DISPATCHED, row.user, None)
        entry = LogEntry.objects.get(action=dispatch.DISPATCHED)
        assert entry.actor_type == "system"
        assert entry.reason.startswith("自动派单，匹配 ") and "会修给排水" in entry.reason
        assert [(sent.pk, user) for sent, user in report.sent] == [(order.pk, row.user)]

    def test_nothing_happens_where_nobody_wants_it(self):
        off = CommunityFactory()
        DispatchSetting.objects.create(community=off, automatic=False)
        for community in (off, CommunityFactory()):
            plumber(community)
            waiting(community)
        report = dispatch_waiting()
        assert (report.sent, report.left) == ([], [])

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            (lambda row: Repairer.objects.update(automatic=False), "没有参与自动派单的人"),
            (lambda row: row.skills.set([word("skill", "electric")]), "没有会修给排水的人"),
            (lambda row: row.buildings.set([BuildingFactory(community=row.community)]), "没有负责这栋楼的人"),
            (lambda row: row.shifts.all().delete(), "会修的人都不在岗"),
            (
                lambda row: row.overrides.create(
                    duty="out", until=timezone.now() + timedelta(hours=1), set_by=row.user, set_at=timezone.now()
                ),
                "会修的人都不在岗",
            ),
            (lambda row: Repairer.objects.update(disabled_at=timezone.now()), "没有参与自动派单的人"),
        ],
    )
    def test_never_somebody_who_is_off_out_cannot_or_is_not_meant(self, change, why):
        community = wants()
        row, order = plumber(community), waiting(community)
        change(row)
        report = dispatch_waiting()
        order.refresh_from_db()
        assert (order.status, reasons(report)) == (Status.WAITING, [why])

    def test_it_stops_where_his_hands_are_full_and_counts_what_it_gives(self):
        community = wants(most_orders=2)
        plumber(community)
        for _one in range(3):
            waiting(community)
        report = dispatch_waiting()
        assert (len(report.sent), reasons(report)) == (2, ["在岗的人手上都满了"])

    def test_work_is_shared_out(self):
        community = wants()
        people = [plumber(community, name) for name in "甲乙丙"]
        building = BuildingFactory(community=community)
        for _one in range(6):
            waiting(community, building=building)
        dispatch_waiting()
        counts = Counter(WorkOrder.objects.values_list("assignee", flat=True))
        assert counts == {row.user_id: 2 for row in people}

    def test_who_handed_it_back_does_not_get_it_again_unasked(self):
        community = wants()
        user = repairer(community, "plumbing")
        works(Repairer.objects.get(user=user))
        order = waiting(community)
        dispatch.dispatch_order(order, by=desk(community), to=user)
        dispatch.return_order(order, by=user, reason=word("return_reason", "unclear"))
        assert reasons(dispatch_waiting()) == ["在岗的人已退过这张单"]

    def test_nor_does_he_when_the_desk_handed_it_back_for_him(self):
        community = wants()
        user = repairer(community, "plumbing")
        works(Repairer.objects.get(user=user))
        order, clerk = waiting(community), desk(community)
        dispatch.dispatch_order(order, by=clerk, to=user)
        dispatch.return_order(order, by=clerk, reason=word("return_reason", "unclear"))
        assert reasons(dispatch_waiting()) == ["在岗的人已退过这张单"]

    def test_whoever_hands_back_for_another_may_get_it_himself(self):
        community = wants()
        lead = chief(community)
        RepairerFactory(user=lead, community=community, skills=["plumbing"])
        works(Repairer.objects.get(user=lead))
        order = waiting(community)
        dispatch.dispatch_order(order, by=lead, to=repairer(community, "plumbing"))
        dispatch.return_order(order, by=lead, reason=word("return_reason", "unclear"))
        assert [whom for _order, whom in dispatch_waiting().sent] == [lead]

    def test_more_than_one_batch_in_one_run_the_most_pressing_of_each_first(self):
        community = wants(most_orders=50)
        plumber(community), plumber(community, "刘志明")
        building = BuildingFactory(community=community)
        for _one in range(BATCH + 3):
            waiting(community, building=building)
        assert len(dispatch_waiting().sent) == BATCH + 3
        assert not WorkOrder.objects.filter(status=Status.WAITING).exists()

    def test_the_command_is_what_beat_runs(self):
        community = wants()
        row, order = plumber(community), waiting(community)
        stuck = waiting(community, code="lamp")
        out = StringIO()
        call_command("auto_dispatch", "--json", stdout=out)
        facts = json.loads(out.getvalue())
        assert facts["sent"] == [{"order": order.full_number, "to": str(row.user)}]
        assert facts["left"] == [{"order": stuck.full_number, "reason": "没有会修电气的人"}]
        entry = next(entry for entry in periodic.entries() if entry.name == "workorders.auto_dispatch")
        assert (entry.kind, entry.seconds) == ("workorders.auto_dispatch", 60)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_runs_at_once_send_each_order_once_and_never_overload_anybody(self):
        community = wants(most_orders=3)
        plumber(community, "甲"), plumber(community, "乙")
        building = BuildingFactory(community=community)
        for _one in range(10):
            waiting(community, building=building)
        reports = race(dispatch_waiting, dispatch_waiting)
        sent = [order.pk for report in reports for order, _user in report.sent]
        assert len(sent) == len(set(sent)) == 6
        assert sorted(
            Counter(WorkOrder.objects.filter(assignee__isnull=False).values_list("assignee", flat=True)).values()
        ) == [3, 3]
        assert LogEntry.objects.filter(action=dispatch.DISPATCHED).count() == 6

    def test_a_person_and_the_machine_at_once_send_it_once(self):
        community = wants()
        by_hand = plumber(community, "甲")
        Repairer.objects.update(automatic=False)
        plumber(community, "乙")
        order, lead = waiting(community), desk(community)
        race(
            dispatch_waiting,
            lambda: dispatch.dispatch_order(WorkOrder.objects.get(pk=order.pk), by=lead, to=by_hand.user),
        )
        assert LogEntry.objects.filter(action=dispatch.DISPATCHED).count() == 1
        assert WorkOrder.objects.get(pk=order.pk).status == Status.DISPATCHED

    def test_of_many_dispatchers_exactly_one_wins(self):
        community = CommunityFactory()
        people = [plumber(community, name) for name in "甲乙丙丁戊己"]
        order, leads = waiting(community), [desk(community) for _one in range(6)]
        outcomes = race(*[
            lambda lead=lead, row=row: dispatch.dispatch_order(WorkOrder.objects.get(pk=order.pk), by=lead, to=row.user)
            for lead, row in zip(leads, people, strict=True)
        ])  # fmt: skip
        won = [row for row in outcomes if isinstance(row, WorkOrder)]
        told = {row.sentence for row in outcomes if not isinstance(row, WorkOrder)}
        at = timezone.localtime(WorkOrder.objects.get(pk=order.pk).dispatched_at)
        assert len(won) == 1
        assert told == {f"已由 {won[0].dispatched_by} 于 {at:%H:%M} 派给 {won[0].assignee}"}
