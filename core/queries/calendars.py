"""Calendars read: compiled clocks, a year to look at, and which years nobody has arranged yet."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core.calendar import ALWAYS, Day, Weekly, WorkClock, usual_day
from core.calendar.rules import ALL_WEEK
from core.models import CalendarException, WorkCalendar

# From this day on a missing next year is told: the State Council publishes its notice in the weeks around it.
WARN_FROM = (11, 1)
_clocks: dict[int, tuple[Any, WorkClock]] = {}


def default_calendar() -> WorkCalendar:
    """What a community without a calendar of its own works by; seeded, and never deleted."""
    return WorkCalendar.objects.get(is_default=True)


def clock_of(calendar: WorkCalendar) -> WorkClock:
    """The compiled hours of a calendar as its row says; kept in this process until the row has another stamp, so the exceptions are
    read once. Fetch the row anew before deciding by it."""
    stamp, clock = _clocks.get(calendar.pk, (None, None))
    if clock is None or stamp != calendar.stamp:
        clock = proposed_clock(calendar)
        _clocks[calendar.pk] = calendar.stamp, clock
    return clock


def proposed_clock(
    calendar: WorkCalendar, *, weekly: Weekly | None = None, dates: Mapping[date, tuple[str, Day] | None] | None = None
) -> WorkClock:
    """The clock a calendar would have with other weekly hours, or with other arrangements on some dates: (kind, hours), or None for
    the date as any other."""
    weekly = calendar.hours if weekly is None else weekly
    if weekly == ALL_WEEK:
        return ALWAYS
    known: dict[date, tuple[str, Day] | None] = {}
    if calendar.pk is not None:
        known = {row.date: (row.kind, row.day) for row in calendar.exceptions.all()}
    usual = usual_day(weekly)
    days: dict[date, Day] = {}
    for day, arrangement in {**known, **(dates or {})}.items():
        if arrangement is not None:
            kind, hours = arrangement
            days[day] = hours or (usual if kind == CalendarException.Kind.MAKE_UP else ())
    return WorkClock(weekly, days)


def usual_hours(calendar: WorkCalendar) -> Day:
    return usual_day(calendar.hours)


# --- years without arrangements ---
def year_to_arrange(today: date) -> int:
    """The latest year whose holidays should be known by now: from 1 November on the next one."""
    return today.year + ((today.month, today.day) >= WARN_FROM)


def is_missing(calendar: WorkCalendar, year: int) -> bool:
    return not calendar.all_day and not calendar.exceptions.filter(date__year=year).exists()


def without_year(rows: QuerySet[WorkCalendar], year: int) -> QuerySet[WorkCalendar]:
    """Calendars in which nobody has said anything about that year: they fall back to their weekly hours."""
    days = CalendarException.objects.filter(calendar=OuterRef("pk"), date__year=year)
    return rows.filter(~Exists(days), all_day=False)


def missing(today: date) -> QuerySet[WorkCalendar]:
    return without_year(WorkCalendar.objects.all(), year_to_arrange(today))


# --- the list ---
def calendar_rows(rows: QuerySet[WorkCalendar]) -> QuerySet[WorkCalendar]:
    """Adds `uses` (rows of other tables that name the calendar; the floors above are found through their foreign keys; whoever names none
    works by the default one and is not counted) and `arranged_until` (the last year with arrangements, None for none)."""
    uses: Any = Value(0)
    for relation in WorkCalendar._meta.related_objects:
        if relation.related_model is not CalendarException:
            uses = uses + _counted(relation)
    years = CalendarException.objects.filter(calendar=OuterRef("pk")).order_by("-date").values("date__year")
    return rows.annotate(uses=uses, arranged_until=Subquery(years[:1]))


def _counted(relation: Any) -> Any:
    name = relation.field.name
    rows = relation.related_model._base_manager.filter(**{name: OuterRef("pk")}).order_by().values(name)
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def uses_of(calendar: WorkCalendar) -> int:
    row: Any = calendar_rows(WorkCalendar.objects.filter(pk=calendar.pk)).get()
    return int(row.uses)
