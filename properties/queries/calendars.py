"""Which working calendar a community's deadlines run on."""

from django.db.models import Q, QuerySet

from core.calendar import WorkClock
from core.models import WorkCalendar
from core.queries.calendars import clock_of, default_calendar
from properties.models import Community


def calendar_of(community: Community) -> WorkCalendar:
    """Its own, or the company's default one. An instance reads either of them once: a deadline with its steps asks often."""
    if community.work_calendar is not None:
        return community.work_calendar
    known: dict[str, WorkCalendar] = community.__dict__
    if "default_calendar" not in known:
        known["default_calendar"] = default_calendar()
    return known["default_calendar"]


def clock_of_community(community: Community) -> WorkClock:
    return clock_of(calendar_of(community))


def communities_under(calendar: WorkCalendar) -> QuerySet[Community]:
    """Every community that works by this calendar, those that name none under the default one included."""
    named = Q(work_calendar=calendar)
    return Community.objects.filter(named | Q(work_calendar__isnull=True) if calendar.is_default else named)


def communities_moved(
    calendar: WorkCalendar, *, community: Community | None = None, unnamed: bool = False
) -> QuerySet[Community]:
    """Those an edit of this calendar is about (core.calendar.affected): all under it; `community` and `unnamed` narrow to those that
    change their calendar while the calendar itself stays."""
    places = communities_under(calendar)
    if community is not None:
        places = places.filter(pk=community.pk)
    return places.filter(work_calendar__isnull=True) if unnamed else places
