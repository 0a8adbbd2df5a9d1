"""The life of orders as nobody planned it: any act of anybody in any state, with pages that are out of date, while hours change and
reminders go out. After each step everything has to be as the rules of life.py say, and every deadline has to follow from its rows."""

import copy
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.errors import BusinessError, InvalidTransition
from core.models import InboxItem, LogEntry
from tests.workorders.life import ACTS, ANYBODY, Facts, listed, report, world
from workorders.models import Escalation, OrderClock, Pause, Rating, Supervision, SuspensionRequest, WorkOrder
from workorders.services import clocks, intake
from workorders.services.after import REWORKED
from workorders.services.deadlines import MOVED, recompute_all
from workorders.services.escalations import DEMANDED, TOLD, send_overdue_reminders
from workorders.states import PAUSED, SHARES, TRANSITIONS, Status

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in Shanghai
LAST = frozenset({"cancel", "close", "archive"})
# What else would seldom come about, because much has to happen first.
FORWARD = frozenset({"accept", "tick", "ask", "approve", "resume", "complete", "rework", "rate_well", "rate_badly"})
HOURS = ([[day, 540, 1080] for day in range(5)], [[day, 600, 1020] for day in range(6)])
URGENCIES = ("normal", "urgent", "complex")
_TABLES = (
    "workorder",
    "orderclock",
    "escalation",
    "pause",
    "suspensionrequest",
    "rating",
    "checkpoint",
    "supervision",
    "ordermessage",
)
DUMP = " UNION ALL ".join(f"SELECT '{name}', md5(t::text) FROM workorders_{name} t" for name in _TABLES)
accepted: Counter[str] = Counter()
refused: Counter[str] = Counter()


def everything() -> tuple[Any, int]:
    """All rows of orders, and how much the log holds."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT md5(string_agg(row::text, '' ORDER BY row::text)) FROM ({DUMP}) row")
        return cursor.fetchone()[0], LogEntry.objects.count()


class Life(RuleBasedStateMachine):
    around: ClassVar[Any]

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.travel = time_machine.travel(MONDAY, tick=False)
        self.now = self.travel.start()

    def teardown(self) -> None:
        self.travel.stop()
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize()
    def somebody_calls(self) -> None:
        order = report(self.around)
        self.facts, self.page = Facts(order.pk), order

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """One rule for everything: several would be switched off by turns, and an order nobody works on goes nowhere."""
        what = data.draw(st.integers(0, 11))
        around = (
            self._time_passes,
            self._looks_again,
            self._another_urgency,
            self._other_hours,
            self._reminders_go_out,
        )
        (around[what] if what < len(around) else self._act)(data)

    def _act(self, data: st.DataObject) -> None:
        """Mostly what is possible, now and then anything at all; by what the person last saw of the order, or by how it stands."""
        name, who = self._chosen(data)
        if name in {"approve", "refuse", "withdraw"} and not self.facts.requests:
            return
        order = copy.copy(self.page) if data.draw(st.booleans()) else WorkOrder.objects.get(pk=self.facts.pk)
        self._try(name, who, order)

    def _chosen(self, data: st.DataObject) -> tuple[str, str]:
        possible = [(name, who) for name, one in ACTS.items() for who in ANYBODY if one.possible(self.facts, who)]
        aim = data.draw(st.integers(0, 11))
        names = sorted({name for name, _who in possible if name not in LAST or aim < 2})
        if aim not in {2, 3} and names:
            name = data.draw(st.sampled_from([*names, *sorted(FORWARD.intersection(names)) * 3]))
            return name, data.draw(st.sampled_from([who for one, who in possible if one == name]))
        return data.draw(st.sampled_from(sorted(ACTS))), data.draw(st.sampled_from(ANYBODY))

    def _try(self, name: str, who: str, order: WorkOrder) -> None:
        one, facts, before = ACTS[name], self.facts, everything()
        try:
            one.do(self.around, order, self.around.actors[who])
        except BusinessError as error:
            assert not one.possible(facts, who), (name, who, error.sentence)
            assert everything() == before, (name, who)
            if isinstance(error, InvalidTransition):
                assert error.fix == listed(facts, who), (name, who, facts)
            if one.jump and facts.status not in one.states and one.may(facts, who) and facts.status in _OPEN:
                assert isinstance(error, InvalidTransition), (name, who, error.sentence)
            refused[name] += 1
            return
        assert one.possible(facts, who), (name, who, facts)
        one.then(facts, who)
        facts.logged += 1
        accepted[name] += 1

    def _time_passes(self, data: st.DataObject) -> None:
        self.now.shift(timedelta(minutes=data.draw(st.sampled_from([7, 45, 300, 1500]))))

    def _looks_again(self, data: st.DataObject) -> None:
        self.page = WorkOrder.objects.get(pk=self.facts.pk)

    def _another_urgency(self, data: st.DataObject) -> None:
        facts = self.facts
        urgency = data.draw(st.sampled_from([one for one in URGENCIES if one != facts.urgency]))
        order, before = copy.copy(self.page), everything()
        try:
            intake.change_order(order, by=self.around.users["lead"], urgency=urgency)
        except BusinessError:
            assert facts.status in {"done", "archived", "cancelled", "closed"}
            assert everything() == before
            return
        facts.urgency, facts.logged = urgency, facts.logged + 1

    def _other_hours(self, data: st.DataObject) -> None:
        """The calendar is edited and its job has run: the log says so where a deadline moved, and twice moves nothing."""
        calendar = self.around.community.work_calendar
        calendar.weekly, calendar.version = data.draw(st.sampled_from(HOURS)), calendar.version + 1
        calendar.save()
        recompute_all([self.around.community.pk])
        self._count()
        assert recompute_all([self.around.community.pk]) == 0

    def _reminders_go_out(self, data: st.DataObject) -> None:
        send_overdue_reminders()
        self._count()
        assert send_overdue_reminders().steps == 0

    def _log(self) -> Any:
        """Acts of people; reminders and hours that moved write as many entries as there are steps, and one where something moved."""
        return LogEntry.objects.filter(object_type="workorders.workorder", object_id=self.facts.pk)

    def _count(self) -> None:
        told = Escalation.objects.filter(clock__order=self.facts.pk, told_at__isnull=False).count()
        assert self._log().filter(action=TOLD).count() == told
        assert self._log().filter(action=DEMANDED).count() == Supervision.objects.filter(order=self.facts.pk).count()

    @invariant()
    def rows_are_as_expected(self) -> None:
        facts, people = self.facts, self.around.users
        row = WorkOrder.objects.get(pk=facts.pk)
        assert row.status == facts.status
        assert row.assignee_id == (people[facts.assignee].pk if facts.assignee else None)
        assert (row.team_id is not None) == facts.team
        assert (row.rework_count, row.stars) == (facts.round, facts.stars)
        assert (row.arrived_at is not None) == facts.arrived
        acts = list(self._log().exclude(action__in=OF_THE_CLOCK).values_list("action", flat=True))
        assert len(acts) == facts.logged, "one act, one entry"
        assert acts.count(REWORKED) == row.rework_count == facts.reworks
        waiting = SuspensionRequest.objects.filter(order=row, status="pending").values_list("asked_by", flat=True)
        assert list(waiting) == ([people[facts.asked].pk] if facts.asked else [])
        given = Rating.objects.filter(order=row, round=row.rework_count).values_list("stars", flat=True)
        assert list(given) == ([facts.stars] if facts.stars else []), "no stars without a rating"

    @invariant()
    def clocks_follow_from_their_rows(self) -> None:
        order = WorkOrder.objects.select_related("community__work_calendar").get(pk=self.facts.pk)
        paused, is_open = self.facts.status in PAUSED, self.facts.status in _OPEN
        pauses = Pause.objects.filter(order=order)
        assert pauses.filter(ended_at__isnull=True).count() == int(paused) == int(order.paused_at is not None)
        rows = list(OrderClock.objects.filter(order=order).prefetch_related("escalations"))
        owed = [row for row in rows if row.round == order.rework_count and row.met_at is None]
        replay = clocks.pauses_of(order)
        for row in owed if is_open else []:
            due = clocks.moment(row, order, 1.0, replay)
            assert due == row.due_at or (paused and due is None), row.clock
            steps = {step.level for step in row.escalations.all() if step.dropped_at is None}
            assert paused or steps == set(SHARES), "every step has its row, none is forgotten"
        for row in [row for row in rows if row not in owed or not is_open]:
            assert all(step.told_at or step.dropped_at for step in row.escalations.all()), (
                "nothing is told of what is over"
            )
        first = min(owed, key=lambda row: row.due_at) if owed and is_open else None
        assert order.next_clock == (first.clock if first else "")
        due = {first.due_at} if first else {None}
        assert order.next_due_at in (due | {None} if paused else due), "while the clocks stand still nothing falls due"
        assert order.late == any(row.late for row in rows)

    @invariant()
    def nobody_is_told_twice(self) -> None:
        keys = list(InboxItem.objects.exclude(dedup_key=None).values_list("user", "dedup_key"))
        assert len(keys) == len(set(keys))


OF_THE_CLOCK = (MOVED, TOLD, DEMANDED)
_OPEN = frozenset({"waiting", "dispatched", "working", "parts", "suspended"})


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_anybody_does_orders_stay_true() -> None:
    Life.around = world()
    rules = settings(
        max_examples=8, stateful_step_count=36, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate], report_multiple_bugs=False,
    )  # fmt: skip
    accepted.clear(), refused.clear()
    run_state_machine_as_test(Life, settings=rules)
    # Where chance leads changes with every rule; test_pairs.py does each act in each state.
    assert len(accepted) >= len(ACTS) * 3 / 4, f"never done: {set(ACTS) - set(accepted)}"
    assert len(refused) > len(ACTS) / 2, f"never refused: {set(ACTS) - set(refused)}"
    assert LAST & set(accepted), "no order came to its end"


def test_the_rules_here_know_every_jump_of_the_table() -> None:
    """States and targets compared with the table the product uses, jump by jump."""
    found = {}
    for act in ACTS.values():
        if act.jump:
            facts = Facts(0, assignee="a")
            act.then(facts, "a")
            found[act.jump] = (act.states, facts.status)
    expected = {str(name): (frozenset(map(str, way.sources)), str(way.target)) for name, way in TRANSITIONS.items()}
    assert found == {name: way for name, way in expected.items() if name != "suspend"}
    assert expected["suspend"] == (ACTS["approve"].states, "suspended")
    assert {state for states, _target in expected.values() for state in states} < set(Status.values)
