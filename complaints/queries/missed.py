"""A deadline kept or missed, in one meaning for the report and the list: met too late, or past and still owed, is missed; met and not
missed in any round is kept. What is not owed any more (撤诉, another level) without having been met is neither.

What was met, and what too late, stands on the case (met_clocks, late_clocks). What is owed depends on the moment, and is asked of the
clocks of the cases that are overdue: there are never very many of them.
"""

from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from complaints.models import Complaint, ComplaintClock
from complaints.states import CLOCK_BITS


def has(field: str, clock: str) -> Q:
    """Whether the clock's bit is set on the case."""
    return Q(GreaterThan(F(field).bitand(CLOCK_BITS[clock]), 0))


def owing(rows: Any) -> Any:
    """The cases among these with a clock that is past and still owed, once for each such clock: `clocks__clock` says which."""
    now = timezone.now()
    past = {"clocks__met_at__isnull": True, "clocks__dropped_at__isnull": True, "clocks__due_at__lt": now}
    return rows.overdue(now).filter(**past)


def _owed(clock: str) -> QuerySet[ComplaintClock]:
    now = timezone.now()
    rows = ComplaintClock.objects.filter(clock=clock, met_at__isnull=True, dropped_at__isnull=True, due_at__lt=now)
    return rows.filter(complaint__in=Complaint.objects.overdue(now).order_by().values("pk")).order_by()


def missed(clock: str) -> Q:
    """Of a case: this clock was missed in any round."""
    return has("late_clocks", clock) | Q(pk__in=_owed(clock).values("complaint"))


def kept(clock: str) -> Q:
    """Of a case: this clock was met, and in no round missed."""
    return has("met_clocks", clock) & ~has("late_clocks", clock) & ~Q(pk__in=_owed(clock).values("complaint"))
