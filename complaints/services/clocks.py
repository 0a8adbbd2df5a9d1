"""The clocks of a case (DOMAIN 2.2, rows 投诉; 2.3): started when it is taken in, judged again with its level, met by what is done.

Whoever calls holds the case's row locked (its status has just been moved, or it has just been made).
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.utils import timezone

from complaints.models import CityCase, ClockStandard, ClockStep, Complaint, ComplaintClock
from complaints.services.majors import tell_managers
from complaints.states import CLOCK_BITS, SHARES, Basis, Clock, Level, Status, Step
from complaints.working import after, service_clock

_COPIED = ["next_clock", "next_due_at", "next_warn_at", "late", "met_clocks", "late_clocks", "updated_at"]
AT_ONCE = frozenset({Level.MAJOR})
# What a new round (复处理, 重启) owes again; the rest was done once and stays done.
OF_A_ROUND = (Clock.COMPLETION,)
OF_THE_CASE = (Clock.ACCEPT, Clock.FIRST_ANSWER, Clock.COMPLETION)


def start_clocks(case: Complaint, *, at: datetime) -> None:
    """受理, first answer and completion, from the moment the customer spoke; by the level as far as it is known. What happened may say at
    once that it is 重大: then the manager is told at once."""
    standards = _standards(case)
    _start(case, OF_THE_CASE, standards, at)
    _start_majors(case, standards, at)
    refresh(case)


def judged(case: Complaint, *, at: datetime) -> None:
    """The level is known, or another: what is still owed counts by it, from the same beginning; 重大 owes more clocks, from now on.

    Nobody is late by a rule that did not hold: where the stricter time had passed before anybody knew of it, it runs from now, as far
    as that is not later than what was owed already."""
    standards = _standards(case)
    for row in _owed(case):
        standard = standards.get(row.clock)
        if row.given_at is not None or row.clock == Clock.PROGRESS:
            continue
        if standard is None:
            _drop(row, at)
            continue
        if not _rejudge(row, case, standard, at):
            continue
        row.save(update_fields=["basis", "amount", "starts_at", "due_at", "warn_at"])
        _plan(row, case)
    if case.is_major:
        _start_majors(case, standards, at)
    else:
        drop(case, Clock.REPORT_UP, Clock.PROGRESS, at=at)
    refresh(case)


def _rejudge(row: ComplaintClock, case: Complaint, standard: ClockStandard, at: datetime) -> bool:
    """Whether the clock counts by the new standard now."""
    before = row.due_at
    row.basis, row.amount = standard.basis, standard.amount
    _compute(row, case)
    if row.due_at < at <= before:
        row.starts_at = at
        _compute(row, case)
        return row.due_at <= before
    return True


def _start_majors(case: Complaint, standards: dict[str, ClockStandard], at: datetime) -> None:
    """What only a major case owes, once in a round. 进展 is owed by whoever is at work on it, so not before it is taken in."""
    if not case.is_major:
        return
    for clock in (Clock.REPORT_UP, *(() if case.status == Status.NEW else (Clock.PROGRESS,))):
        if not case.clocks.filter(clock=clock, round=case.round).exists():
            _start(case, [clock], standards, at)
            if clock == Clock.REPORT_UP:
                tell_managers(case)


def start_round(case: Complaint, *, at: datetime) -> None:
    """复处理 or 重启: completion is owed anew, and daily progress of a major case."""
    standards = _standards(case)
    _start(case, [*OF_A_ROUND, *((Clock.PROGRESS,) if case.is_major else ())], standards, at)
    refresh(case)


def start_city(case: Complaint, city: CityCase) -> None:
    """签收 and 办结 by the deadlines the city gave."""
    given = ((Clock.SIGN, city.sign_due_at), (Clock.CITY_END, city.end_due_at))
    rows = [
        ComplaintClock(
            complaint=case, clock=clock, round=0, basis=Basis.ROUND, amount=0, given_at=due, starts_at=case.received_at
        )
        for clock, due in given
    ]
    _begin(rows, case)
    refresh(case)


def meet(case: Complaint, *which: str, at: datetime) -> None:
    """What the clocks waited for has happened; whether it was late stays on record."""
    for row in _owed(case).filter(clock__in=which):
        row.met_at, row.late = at, at > row.due_at
        row.save(update_fields=["met_at", "late"])
        _forget(row, at)
    refresh(case)


def next_progress(case: Complaint, *, at: datetime) -> None:
    """A word was given: the next one is owed a day after it."""
    last = case.clocks.filter(clock=Clock.PROGRESS, round=case.round).order_by("-turn").first()
    standard = _standards(case).get(Clock.PROGRESS)
    if last is not None and standard is not None:
        _start(case, [Clock.PROGRESS], {Clock.PROGRESS: standard}, at, turn=last.turn + 1)
    refresh(case)


def drop(case: Complaint, *which: str, at: datetime) -> None:
    """Not owed any more, because somebody judged otherwise or the customer took it back: all clocks, or those named. They are neither
    kept nor missed."""
    for row in _named(case, which):
        _drop(row, at)
    refresh(case)


def end(case: Complaint, *which: str, at: datetime) -> None:
    """Not owed any more, because the case has gone on without them: what was past by then stays missed."""
    for row in _named(case, which):
        row.late = at > row.due_at
        row.save(update_fields=["late"])
        _drop(row, at)
    refresh(case)


def recompute(case: Complaint) -> None:
    """Under another calendar: what is owed is computed again from its own facts."""
    for row in _owed(case):
        _compute(row, case)
        row.save(update_fields=["due_at", "warn_at"])
        _plan(row, case)
    refresh(case)


def refresh(case: Complaint) -> None:
    """Copies the deadline owed next, and which were met or missed, onto the case: for lists and the report."""
    rows = list(ComplaintClock.objects.filter(complaint=case))
    owed = [row for row in rows if row.met_at is None and row.dropped_at is None]
    first = min(owed, key=lambda row: row.due_at) if owed and case.status != Status.CLOSED else None
    case.next_clock = first.clock if first else ""
    case.next_due_at, case.next_warn_at = (first.due_at, first.warn_at) if first else (None, None)
    case.late = any(row.late for row in rows)
    case.met_clocks = bits(row.clock for row in rows if row.met_at is not None)
    case.late_clocks = bits(row.clock for row in rows if row.late)
    case.updated_at = timezone.now()
    case.save(update_fields=_COPIED)


def bits(clocks: Iterable[str]) -> int:
    return reduce(or_, (CLOCK_BITS[clock] for clock in clocks), 0)


def telling_time(case: Complaint, at: datetime) -> datetime:
    """People are told at work, of major cases at any hour."""
    return at if case.level in AT_ONCE else service_clock(case.community).next_working_moment(at)


def _standards(case: Complaint) -> dict[str, ClockStandard]:
    """Those of the level; a standard of the case's own kind stands before the one for all."""
    rows = ClockStandard.objects.filter(level=case.level, kind__in=("", case.kind))
    return {row.clock: row for row in sorted(rows, key=lambda row: row.kind)}


def _owed(case: Complaint):  # type: ignore[no-untyped-def]
    return ComplaintClock.objects.filter(complaint=case, met_at__isnull=True, dropped_at__isnull=True)


def _start(
    case: Complaint, which: Iterable[str], standards: dict[str, ClockStandard], at: datetime, turn: int = 0
) -> None:
    """New clocks, as far as there is a standard for them, with their steps."""
    rows = [
        ComplaintClock(
            complaint=case, clock=clock, round=case.round, turn=turn, basis=standards[clock].basis,
            amount=standards[clock].amount, starts_at=at,
        )
        for clock in which if clock in standards
    ]  # fmt: skip
    _begin(rows, case)


def _begin(rows: list[ComplaintClock], case: Complaint) -> None:
    for row in rows:
        _compute(row, case)
    ComplaintClock.objects.bulk_create(rows)
    ClockStep.objects.bulk_create(step for row in rows for step in _steps(row, case))


def _compute(row: ComplaintClock, case: Complaint) -> None:
    row.due_at, row.warn_at = _moment(row, case, 1.0), _moment(row, case, SHARES[Step.REMIND])


def _moment(row: ComplaintClock, case: Complaint, share: float) -> datetime:
    if row.given_at is not None:
        return row.starts_at + max(row.given_at - row.starts_at, timedelta()) * share
    return after(case.community, row.basis, row.starts_at, row.amount, share)


def _plan(row: ComplaintClock, case: Complaint) -> None:
    """The steps to be told, one row each; what was told once is not told again."""
    ClockStep.objects.filter(clock=row, told_at__isnull=True).delete()
    ClockStep.objects.bulk_create(_steps(row, case, told=set(row.steps.values_list("level", flat=True))))


def _steps(row: ComplaintClock, case: Complaint, told: Collection[str] = ()) -> list[ClockStep]:
    return [
        ClockStep(clock=row, level=level, at=telling_time(case, _moment(row, case, share)))
        for level, share in SHARES.items()
        if level not in told
    ]


def _named(case: Complaint, which: Collection[str]) -> Any:
    return _owed(case).filter(clock__in=which) if which else _owed(case)


def _drop(row: ComplaintClock, at: datetime) -> None:
    row.dropped_at = at
    row.save(update_fields=["dropped_at"])
    _forget(row, at)


def _forget(row: ComplaintClock, at: datetime) -> None:
    ClockStep.objects.filter(clock=row, told_at__isnull=True, dropped_at__isnull=True).update(dropped_at=at)
