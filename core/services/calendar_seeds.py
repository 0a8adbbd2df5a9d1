"""The calendars that are always there: the company's working days, and the day round the clock. Seeded after every migration run.

Holidays come from the package that knows them, a year once: what an administrator took out later stays out. A release of the package that
knows one more year brings it, unless somebody has arranged that year already.
"""

from collections import defaultdict
from datetime import date
from typing import Any

from chinese_calendar import constants as known
from django.db import transaction
from django.utils.translation import gettext as _

from core.models import CalendarException, WorkCalendar
from core.normalise.holidays import holiday_name
from core.uid import uuid7

NINE_TO_SIX = [[weekday, 9 * 60, 18 * 60] for weekday in range(5)]
# Nobody has an open deadline older than this.
FIRST_YEAR = 2024


def official_days() -> dict[int, list[tuple[date, str, str]]]:
    """{year: [(date, kind, name)]} of the State Council's arrangements."""
    names = {holiday.value: holiday.chinese for holiday in known.Holiday}
    years: dict[int, list[tuple[date, str, str]]] = defaultdict(list)
    Kind = CalendarException.Kind
    for kind, days in ((Kind.HOLIDAY, known.holidays), (Kind.MAKE_UP, known.workdays)):
        for day, name in days.items():
            if day.year >= FIRST_YEAR:
                years[day.year].append((day, kind, holiday_name(names[name])))
    return dict(years)


@transaction.atomic
def seed() -> None:
    """Idempotent."""
    calendar, created = WorkCalendar.objects.get_or_create(
        is_default=True, defaults={"name": _free_name(_("标准工作日")), "weekly": NINE_TO_SIX}
    )
    if created and not WorkCalendar.objects.filter(all_day=True).exists():
        WorkCalendar.objects.create(name=_free_name(_("全天值守")), all_day=True)
    for year, days in sorted(official_days().items()):
        if year not in calendar.seeded_years:
            _seed_year(calendar, year, days)


def _seed_year(calendar: WorkCalendar, year: int, days: list[tuple[date, str, str]]) -> None:
    if not calendar.all_day and not calendar.exceptions.filter(date__year=year).exists():
        CalendarException.objects.bulk_create(
            CalendarException(calendar=calendar, date=day, kind=kind, name=name) for day, kind, name in days
        )
        calendar.stamp = uuid7()
    calendar.seeded_years = sorted([*calendar.seeded_years, year])
    calendar.save(update_fields=["seeded_years", "stamp"])


def _free_name(name: str) -> str:
    taken = set(WorkCalendar.objects.values_list("name", flat=True))
    return next(free for free in (name, *(f"{name} {n}" for n in range(2, 100))) if free not in taken)


def seed_after_migrate(using: str = "default", **_options: Any) -> None:
    """post_migrate receiver: the tables exist now."""
    if using == "default":
        seed()
