"""Deadlines that tell: whom, when, once; and what a standstill, a pause, a night or a second worker changes about it."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from audit.models import Role
from audit.services import seeds as roles
from core.models import InboxItem, LogEntry
from tests.factories.audit import GrantFactory, UserFactory
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.owners import word
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.factories.workorders import desk, kind_of, repairer
from tests.support.races import race
from workorders.models import Escalation, OrderClock, Supervision, WorkOrder
from workorders.services import dispatch, escalations, intake, pausing, work
from workorders.services.escalations import send_overdue_reminders
from workorders.states import Level

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in Shanghai
pytestmark = pytest.mark.django_db


def at(clock: str, day: int = 23) -> datetime:
    """A local time of the working week that begins on Monday 23 November 2026."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def community():
    return CommunityFactory(work_calendar=WorkCalendarFactory())


def holder(code: str, community):
    """Somebody with one of the role templates there."""
    user = UserFactory()
    GrantFactory(user=user, role=Role.objects.get(code=code), community_ids=[community.pk])
    return user


def report(community, code="tap", **values):
    unit = UnitFactory(building__community=community)
    fields = {"source": "hotline", "reporter_name": "王建国", "description": "厨房水龙头漏水"} | values
    return intake.create_order(by=UserFactory(), unit=unit, kind=kind_of(code), **fields)


def told() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for item in InboxItem.objects.filter(dedup_key__startswith="workorders.escalation").order_by("pk"):
        found.setdefault(item.user_id, []).append(item.sentence)
    return found


def run_at(moment: datetime):
    with time_machine.travel(moment, tick=False):
        return send_overdue_reminders()


def test_r41_each_step_goes_to_its_own_people(community):
    """一般: 30 minutes of service time to respond, so 24 → 80%, 30 → 100%, 45 → ×1.5, 60 → ×2."""
    clerk = holder(roles.CLERK, community)
    lead, manager, region = (holder(code, community) for code in (roles.CLERK_LEAD, roles.MANAGER, roles.GROUP_QUALITY))
    with time_machine.travel(MONDAY, tick=False):
        order = report(community)
    assert (run_at(at("09:23")).steps, told()) == (0, {})
    run_at(at("09:24"))
    assert told().keys() == {clerk.pk, lead.pk, manager.pk}, "whoever may dispatch while nobody has it"
    InboxItem.objects.all().delete()
    run_at(at("09:30"))
    assert told() == {lead.pk: [f"响应时限剩 0分：{order.full_number} 水龙头，{order.address}"]}
    run_at(at("09:45"))
    assert told().keys() == {lead.pk, manager.pk}
    assert "响应超时 15分" in told()[manager.pk][0]
    assert run_at(at("10:00")).supervisions == 1
    assert "已督办" in told()[region.pk][0]
    demand = Supervision.objects.get()
    assert (demand.order, demand.level, demand.demanded_by, demand.due_at) == (
        order,
        Level.REGION,
        None,
        at("10:00", 24),
    )
    assert LogEntry.objects.filter(action="workorders.workorder.escalated", object_id=order.pk).count() == 4
    assert run_at(at("10:00")).steps == 0


def test_the_person_who_has_it_is_reminded_of_the_next_clock(community):
    with time_machine.travel(MONDAY, tick=False):
        order = report(community, code="lamp", paid=False)
        person = repairer(community, "electric")
        dispatch.dispatch_order(order, by=desk(community), to=person)
    run_at(at("12:11"))
    assert told() == {}
    run_at(at("12:12"))  # 80% of the four hours until somebody is there
    assert told() == {person.pk: [f"到场时限剩 48分：{order.full_number} 灯具，{order.address}"]}


def test_what_has_happened_is_not_told_any_more(community):
    lead = holder(roles.CLERK_LEAD, community)
    with time_machine.travel(MONDAY, tick=False):
        order = report(community, code="lamp", paid=False)
        person = repairer(community, "electric")
        dispatch.dispatch_order(order, by=desk(community), to=person)
        dispatch.accept_order(order, by=person)
        work.arrive(order, by=person)
        order.checks.update(done_at=MONDAY)
        work.complete_order(order, by=person, finish=work.Finish("换了灯管"))
    assert run_at(MONDAY + timedelta(days=10)).steps == 0
    assert told().get(lead.pk) is None


def test_after_a_standstill_everything_is_told_once(community):
    holder(roles.CLERK_LEAD, community)
    with time_machine.travel(MONDAY, tick=False):
        order = report(community)
    first = run_at(at("11:00", 25))
    due = Escalation.objects.filter(clock__order=order)
    assert first.steps == due.filter(at__lte=at("11:00", 25)).count() == due.filter(told_at__isnull=False).count()
    assert first.steps > 4
    assert run_at(at("11:00", 25)).steps == 0
    per_person = InboxItem.objects.filter(dedup_key__startswith="workorders.escalation").values_list(
        "user", "dedup_key"
    )
    assert len(set(per_person)) == len(per_person)


def test_nobody_is_told_of_an_order_whose_clocks_stand_still(community):
    with time_machine.travel(MONDAY, tick=False):
        order = report(community, code="lamp", paid=False)
        person = repairer(community, "electric")
        dispatch.dispatch_order(order, by=desk(community), to=person)
        dispatch.accept_order(order, by=person)
        order = pausing.await_parts(order, by=person, part="灯管", expected_on=at("09:00", 25).date())
    assert run_at(at("17:00", 25)).steps == 0
    with time_machine.travel(at("17:00", 25), tick=False):
        pausing.parts_arrived(order, by=person)
    assert run_at(at("17:00", 25)).steps == 0, "the four hours go on where they stood"
    assert run_at(at("11:12", 26)).steps == 1


def test_standards_that_change_during_a_pause_are_told_of_when_it_ends(community):
    """While the clocks stand still nobody can say when a step comes; its row must not be lost for that."""
    with time_machine.travel(MONDAY, tick=False):
        order = report(community, code="lamp", paid=False)
        person = repairer(community, "electric")
        dispatch.dispatch_order(order, by=desk(community), to=person)
        dispatch.accept_order(order, by=person)
        order = pausing.await_parts(order, by=person, part="灯管", expected_on=MONDAY.date())
        intake.change_order(order, by=desk(community), urgency="urgent")
    with time_machine.travel(at("10:00"), tick=False):
        pausing.parts_arrived(order, by=person)
    rows = Escalation.objects.filter(clock__order=order, clock__met_at__isnull=True, told_at__isnull=True)
    assert sorted(rows.values_list("clock__clock", "level")) == sorted(
        (clock, level) for clock in ("arrival", "completion") for level in Level
    )
    assert run_at(at("10:24")).steps == 1  # 80% of half an hour


def test_what_is_handed_back_counts_by_the_standards_of_today(community):
    with time_machine.travel(MONDAY, tick=False):
        order = report(community, code="lamp", paid=False)
        person = repairer(community, "electric")
        dispatch.dispatch_order(order, by=desk(community), to=person)
        intake.change_order(order, by=desk(community), urgency="urgent")
        dispatch.return_order(order, by=person, reason=word("return_reason", "not_mine"))
    row = OrderClock.objects.get(order=order, clock="response")
    assert (row.met_at, row.minutes, row.due_at) == (None, 15, at("09:15"))
    assert row.escalations.filter(dropped_at__isnull=True).count() == 4


def test_at_night_only_emergencies_are_told(community):
    holder(roles.CLERK_LEAD, community)
    with time_machine.travel(at("17:00"), tick=False):
        ordinary, emergency = report(community), report(community, code="pipe_leak")
    late = run_at(at("22:00"))  # down since five: what fell due before closing is told late, at night
    orders = {row.clock.order_id for row in Escalation.objects.filter(told_at__isnull=False).select_related("clock")}
    assert orders == {emergency.pk}
    assert late.postponed == 3, "the fourth was due at closing time and is planned for the morning"
    waiting = Escalation.objects.filter(clock__order=ordinary, told_at__isnull=True).order_by("at")
    assert waiting.first().at == at("09:00", 24)
    run_at(at("09:00", 24))
    assert Escalation.objects.filter(clock__order=ordinary, told_at__isnull=False).exists()


def test_one_order_is_supervised_by_itself_once_until_somebody_answers(community):
    holder(roles.GROUP_QUALITY, community)
    with time_machine.travel(MONDAY, tick=False):
        report(community)
    run_at(at("17:30", 24))  # response and arrival are both at twice their time
    assert Supervision.objects.count() == 1
    assert Escalation.objects.filter(level=Level.REGION, told_at__isnull=False).count() == 2
    Supervision.objects.update(replied_at=MONDAY)
    run_at(at("10:00", 26))
    assert Supervision.objects.count() == 2


def test_where_nobody_stands_on_a_step_the_next_one_up_hears_of_it(community):
    region = holder(roles.GROUP_QUALITY, community)
    with time_machine.travel(MONDAY, tick=False):
        report(community)
    run_at(at("09:30"))
    assert len(told()[region.pk]) == 2


def test_people_of_another_community_hear_nothing(community):
    stranger = holder(roles.CLERK_LEAD, CommunityFactory())
    with time_machine.travel(MONDAY, tick=False):
        report(community)
    run_at(at("11:00"))
    assert stranger.pk not in told()


def test_batches_tell_everything_and_the_queries_do_not_grow_with_the_people(community, django_assert_max_num_queries):
    holder(roles.CLERK_LEAD, community)
    with time_machine.travel(MONDAY, tick=False):
        for _number in range(5):
            report(community)
    with time_machine.travel(at("09:30"), tick=False), django_assert_max_num_queries(25):
        assert send_overdue_reminders().steps == 10
    with time_machine.travel(at("09:45"), tick=False):
        assert send_overdue_reminders(batch=2).steps == 5


def test_the_command_is_what_beat_runs(community):
    with time_machine.travel(MONDAY, tick=False):
        report(community)
    out = StringIO()
    with time_machine.travel(at("09:30"), tick=False):
        call_command("send_overdue_reminders", "--json", stdout=out)
    facts = json.loads(out.getvalue())
    assert (facts["ok"], facts["steps"], facts["postponed"]) == (True, 2, 0)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture(autouse=True)
    def words(self):
        from core.services.dictionary import seed
        from workorders.seeds import seed_rules

        roles.seed()
        seed()
        seed_rules()

    def overdue(self, community, count):
        holder(roles.CLERK_LEAD, community)
        orders = [report(community, code="pipe_leak") for _number in range(count)]
        Escalation.objects.filter(level=Level.OVERDUE).update(at=MONDAY - timedelta(days=1000))
        Escalation.objects.exclude(level=Level.OVERDUE).delete()
        return orders

    def test_two_workers_tell_each_step_once(self):
        community = CommunityFactory(work_calendar=WorkCalendarFactory())
        self.overdue(community, 12)
        outcomes = race(lambda: send_overdue_reminders(batch=3), lambda: send_overdue_reminders(batch=3))
        assert sum(outcome.steps for outcome in outcomes) + send_overdue_reminders().steps == 36
        keys = InboxItem.objects.values_list("user", "dedup_key")
        assert len(keys) == len(set(keys)) == 36
        assert LogEntry.objects.filter(action="workorders.workorder.escalated").count() == 36

    def test_an_order_somebody_is_working_on_waits_for_the_next_minute(self):
        community = CommunityFactory(work_calendar=WorkCalendarFactory())
        first, second = self.overdue(community, 2)
        with transaction.atomic():
            list(WorkOrder.objects.select_for_update().filter(pk=first.pk))
            outcome = race(send_overdue_reminders)[0]
        told_of = set(Escalation.objects.filter(told_at__isnull=False).values_list("clock__order", flat=True))
        assert (outcome.steps, told_of) == (3, {second.pk})
        assert send_overdue_reminders().steps == 3

    def test_a_worker_that_dies_in_between_has_told_nothing(self, monkeypatch):
        community = CommunityFactory(work_calendar=WorkCalendarFactory())
        self.overdue(community, 3)

        def die(*args, **kwargs):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(escalations.log, "record_many", die)
            with pytest.raises(KeyboardInterrupt):
                send_overdue_reminders()
        assert not InboxItem.objects.exists()
        assert send_overdue_reminders().steps == OrderClock.objects.count() == 9
