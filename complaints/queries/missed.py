"""A deadline kept or missed, in one meaning for the report and the list: met too late, or past and still owed, is missed; met and not
missed in any round is kept. What is not owed any more (撤诉, another level) without having been met is neither.

What was met, and what too late, stands on the case (met_clocks, late_clocks). What is owed depends on the moment, and is asked of the
clocks of the cases that are overdue: there are never very many of them.
"""

from typing import Any

from django.db.models import F, Q
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from complaints.models import Complaint, ComplaintClock
from complaints.states import CLOCK_BITS, RARE_CLOCKS
from core.web.searching import Meaning, any_of


def has(field: str, clock: str) -> Q:
    """Whether the clock's bit is set on the case."""
    return Q(GreaterThan(F(field).bitand(CLOCK_BITS[clock]), 0))


def owing(rows: Any) -> Any:
    """The cases among these with a clock that is past and still owed, once for each such clock: `clocks__clock` says which."""
    now = timezone.now()
    past = {"clocks__met_at__isnull": True, "clocks__dropped_at__isnull": True, "clocks__due_at__lt": now}
    return rows.overdue(now).filter(**past)


def _owed(clock: str) -> Q:
    now = timezone.now()
    rows = ComplaintClock.objects.filter(clock=clock, met_at__isnull=True, dropped_at__isnull=True, due_at__lt=now)
    rows = rows.filter(complaint__in=Complaint.objects.overdue(now).order_by().values("pk")).order_by()
    return Q(pk__in=rows.values("complaint"))


def _met(clock: str) -> Q:
    """A clock that few cases have is looked for among those few (complaints_case_rare)."""
    few = Q(GreaterThan(F("met_clocks").bitand(RARE_CLOCKS), 0)) if CLOCK_BITS[clock] & RARE_CLOCKS else Q()
    return few & has("met_clocks", clock)


def _late(clock: str) -> Q:
    return Q(late_clocks__gt=0) & has("late_clocks", clock)


def missing(rows: Any, clock: str) -> Any:
    """Of these cases those that missed this clock in any round. Each part has an index of its own."""
    return any_of(rows, [Meaning.of(_late(clock)), Meaning.of(_owed(clock))])


def decided(rows: Any, clock: str) -> Any:
    """Of these cases those that kept this clock or missed it."""
    return any_of(rows, [Meaning.of(_met(clock)), Meaning.of(_late(clock)), Meaning.of(_owed(clock))])


def kept(rows: Any, clock: str) -> Any:
    """Of these cases those that met this clock, and missed it in no round."""
    return rows.filter(_met(clock) & ~has("late_clocks", clock) & ~_owed(clock))
