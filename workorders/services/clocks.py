"""The clocks of an order (DOMAIN 2.2): started with it, held while it pauses, met by what is done, computed again from their rows.

Whoever calls holds the order's row locked (its status has just been moved, or it has just been made).
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.utils import timezone

from core.statements import Instances
from workorders.models import ClockRule, Escalation, OrderClock, Pause, WorkOrder
from workorders.states import CLOCK_BITS, SHARES, Basis, Clock, Level, Status, Urgency
from workorders.working import work_clock

_COPIED = ["next_clock", "next_due_at", "next_warn_at", "late", "met_clocks", "late_clocks", "updated_at"]
WARN = SHARES[Level.REMIND]
# Whose orders are told of at any hour: the others wait for the community's working hours.
ROUND_THE_CLOCK = frozenset({Urgency.CRITICAL, Urgency.URGENT})
PauseRows = list[tuple[datetime, datetime | None]]
_RULES = Instances(ClockRule, lambda urgency: ClockRule._base_manager.filter(urgency=urgency), "?")


def rules_of(order: WorkOrder) -> dict[str, ClockRule]:
    """The standard of each clock: of the second-level type where one is set, else of the urgency."""
    rows: list[ClockRule] = _RULES.rows(order.urgency)
    found = {row.clock: row for row in rows if row.kind_id is None}
    found.update({row.clock: row for row in rows if row.kind_id == order.kind_id})
    return found


def start_clocks(order: WorkOrder, *, at: datetime, again: bool = False) -> None:
    """All clocks from `at` on; `again` for a rework, whose response is not asked anew."""
    pauses = pauses_of(order) if again else []
    rows = []
    for clock, rule in rules_of(order).items():
        if again and clock == Clock.RESPONSE:
            continue
        appointed = order.visit_until if rule.by_appointment and not again else None
        row = OrderClock(
            order=order, clock=clock, round=order.rework_count, basis=rule.basis, minutes=rule.minutes, starts_at=at,
            appointed_at=appointed if appointed and appointed > at else None,
        )  # fmt: skip
        compute(row, order, pauses)
        rows.append(row)
    OrderClock.objects.bulk_create(rows)
    Escalation.objects.bulk_create(step for row in rows for step in _steps(row, order, pauses))
    refresh(order)


def restart(order: WorkOrder) -> None:
    """Other standards hold now (type, urgency or appointment changed): clocks not met count by them, from the same beginning."""
    rules, pauses = rules_of(order), pauses_of(order)
    for row in OrderClock.objects.filter(order=order, round=order.rework_count, met_at__isnull=True):
        if row.clock in rules:
            _restart(row, order, rules[row.clock], pauses)
    refresh(order)


def _restart(row: OrderClock, order: WorkOrder, rule: ClockRule, pauses: PauseRows) -> None:
    appointed = order.visit_until if rule.by_appointment and not order.rework_count else None
    row.basis, row.minutes = rule.basis, rule.minutes
    row.appointed_at = appointed if appointed and appointed > row.starts_at else None
    compute(row, order, pauses)
    row.save()
    Escalation.objects.filter(clock=row, told_at__isnull=True).delete()
    _plan(row, order, pauses, there=set(row.escalations.values_list("level", flat=True)))


def pauses_of(order: WorkOrder) -> PauseRows:
    return list(Pause.objects.filter(order=order).order_by("started_at").values_list("started_at", "ended_at"))


def compute(row: OrderClock, order: WorkOrder, pauses: PauseRows) -> None:
    """`due_at` and `warn_at` from the row's own facts and the pauses; while one is open they stay as they are."""
    due = moment(row, order, 1.0, pauses)
    if due is not None:
        row.due_at, row.warn_at = due, moment(row, order, WARN, pauses) or due


def moment(row: OrderClock, order: WorkOrder, share: float, pauses: PauseRows) -> datetime | None:
    """When this share of the time given has passed; None while an open pause stands before that. An appointment counts natural time."""
    if row.appointed_at is not None:
        return row.starts_at + (row.appointed_at - row.starts_at) * share
    clock = work_clock(row.basis, order.community)
    return clock.deadline_with_pauses(row.starts_at, timedelta(minutes=row.minutes) * share, pauses)


def _plan(row: OrderClock, order: WorkOrder, pauses: PauseRows, there: Collection[str]) -> None:
    """The steps to be told that have no row yet; what was told once is not told again."""
    Escalation.objects.bulk_create(_steps(row, order, pauses, there))


def _steps(row: OrderClock, order: WorkOrder, pauses: PauseRows, there: Collection[str] = ()) -> Iterator[Escalation]:
    """The other steps of a clock, at hours in which people may be told. While a pause is open nobody can say when a step comes: its row
    is made when the clock runs again."""
    tell_at = _teller(order)
    for level, share in SHARES.items():
        at = None if level in there else moment(row, order, share, pauses)
        if at is not None:
            yield Escalation(clock=row, level=level, at=tell_at(at))


def telling_time(order: WorkOrder, at: datetime) -> datetime:
    return _teller(order)(at)


def _teller(order: WorkOrder) -> Callable[[datetime], datetime]:
    """From a moment to the one at which people may be told of it; the calendar is read once for any number of moments."""
    if order.urgency in ROUND_THE_CLOCK:
        return lambda at: at
    return work_clock(Basis.SERVICE, order.community).next_working_moment


def meet(order: WorkOrder, clock: str, *, at: datetime) -> None:
    """What the clock waited for has happened. Its steps not told yet are dropped; whether it was late stays on record."""
    row = _current(order, clock)
    if row is None or row.met_at is not None:
        return
    row.met_at, row.late = at, at > row.due_at
    row.save(update_fields=["met_at", "late"])
    _drop(row)
    refresh(order)


def reopen(order: WorkOrder, clock: str) -> None:
    """It has not happened after all (退单): the clock runs on from where it began, so that handing back gains no time."""
    row = _current(order, clock)
    if row is None or row.met_at is None:
        return
    row.met_at, row.late = None, False
    row.save(update_fields=["met_at", "late"])
    rule, pauses = rules_of(order).get(row.clock), pauses_of(order)
    # Standards or hours may have changed since it was met.
    if rule is not None:
        _restart(row, order, rule, pauses)
    refresh(order)


def end_clocks(order: WorkOrder) -> None:
    """Nothing is owed any more (取消, 关闭): open clocks stay unmet, nobody is told."""
    for row in OrderClock.objects.filter(order=order, met_at__isnull=True):
        _drop(row)
    refresh(order)


def recompute(order: WorkOrder) -> None:
    """After a pause, or a change of calendar, urgency or appointment: every clock not met is computed again, its untold steps move."""
    pauses = pauses_of(order)
    for row in OrderClock.objects.filter(order=order, round=order.rework_count, met_at__isnull=True):
        compute(row, order, pauses)
        row.save(update_fields=["due_at", "warn_at"])
        steps = list(row.escalations.all())
        for step in steps:
            at = moment(row, order, SHARES[step.level], pauses) if not (step.told_at or step.dropped_at) else None
            if at is not None:
                Escalation.objects.filter(pk=step.pk, told_at__isnull=True).update(at=telling_time(order, at))
        _plan(row, order, pauses, there={step.level for step in steps})
    refresh(order)


def refresh(order: WorkOrder) -> None:
    """Copies the deadline owed next, and which were met or missed, onto the order: for lists, boards and statistics. While the clocks
    stand still nothing falls due: the order keeps which clock it is, and a moment again when work goes on."""
    rows = list(OrderClock.objects.filter(order=order))
    owed = [row for row in rows if row.round == order.rework_count and row.met_at is None]
    first = min(owed, key=lambda row: row.due_at) if owed and order.status not in _NOTHING_OWED else None
    order.next_clock = first.clock if first else ""
    falls_due = first if order.paused_at is None else None
    order.next_due_at = falls_due.due_at if falls_due else None
    order.next_warn_at = falls_due.warn_at if falls_due else None
    order.late = any(row.late for row in rows)
    order.met_clocks = bits(row.clock for row in rows if row.met_at is not None)
    order.late_clocks = bits(row.clock for row in rows if row.late)
    order.updated_at = timezone.now()
    order.save(update_fields=_COPIED)


def bits(clocks: Iterable[str]) -> int:
    return reduce(or_, (CLOCK_BITS[clock] for clock in clocks), 0)


_NOTHING_OWED = frozenset({Status.DONE, Status.ARCHIVED, Status.CANCELLED, Status.CLOSED})


def _current(order: WorkOrder, clock: str) -> OrderClock | None:
    return OrderClock.objects.filter(order=order, clock=clock, round=order.rework_count).first()


def _drop(row: OrderClock) -> None:
    Escalation.objects.filter(clock=row, told_at__isnull=True, dropped_at__isnull=True).update(
        dropped_at=timezone.now()
    )
