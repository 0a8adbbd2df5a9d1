"""One year of a calendar to look at: twelve months of coloured days, what the week looks like, and what the year adds up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from core.calendar import Day
from core.calendar.rules import minutes_of
from core.models import CalendarException, WorkCalendar
from core.normalise.hours import hours_words, weekday_words
from core.queries.calendars import clock_of

# Nothing longer can be arranged in one go.
AROUND = timedelta(days=60)


@dataclass(frozen=True)
class DayCell:
    """One day: `css` names its colour, `mark` is the letter in its corner, `title` says all of it."""

    day: date
    css: str
    mark: str
    title: str
    url: str


@dataclass(frozen=True)
class Month:
    number: int
    weeks: list[list[DayCell | None]]
    working_days: int


@dataclass(frozen=True)
class WeekdayBar:
    """One weekday drawn over 24 hours; each of `bars` is (x, width) in minutes."""

    word: str
    hours: str
    bars: list[tuple[int, int]]


@dataclass(frozen=True)
class Stretch:
    """Dates in a row with the same arrangement, as one line of the list."""

    first: CalendarException
    last: CalendarException
    rows: list[CalendarException]

    @property
    def days(self) -> int:
        return len(self.rows)


def year_page(calendar: WorkCalendar, year: int, *, today: date, may_change: bool) -> dict[str, Any]:
    """Context of the page of one calendar."""
    rows = list(calendar.exceptions.filter(date__year=year).order_by("date"))
    by_date = {row.date: row for row in rows}
    months = [_month(calendar, year, number, by_date, may_change) for number in range(1, 13)]
    clock = clock_of(calendar)
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    minutes = sum(minutes_of(clock.hours_of(day)) for day in days)
    return {
        "year": year,
        "months": months,
        "today": today,
        "week": week_bars(calendar),
        "scale": [(hour, hour * 60) for hour in range(0, 25, 6)],
        "stretches": stretches(rows),
        "figures": [
            {"label": _("全年工作日"), "value": sum(month.working_days for month in months), "unit": _("天")},
            {"label": _("工作时间"), "value": f"{minutes / 60:,.1f}".removesuffix(".0"), "unit": _("小时")},
            {"label": _("放假"), "value": sum(not row.is_make_up for row in rows), "unit": _("天")},
            {"label": _("调休上班"), "value": sum(row.is_make_up for row in rows), "unit": _("天")},
        ],
    }


def _month(
    calendar: WorkCalendar, year: int, number: int, by_date: dict[date, CalendarException], may_change: bool
) -> Month:
    first = date(year, number, 1)
    cells: list[DayCell | None] = [None] * first.weekday()
    day = first
    while day.month == number:
        cells.append(_cell(calendar, day, by_date.get(day), may_change))
        day += timedelta(days=1)
    cells += [None] * (-len(cells) % 7)
    clock, length = clock_of(calendar), (day - first).days
    working = sum(bool(clock.hours_of(first + timedelta(days=n))) for n in range(length))
    return Month(number, [cells[place : place + 7] for place in range(0, len(cells), 7)], working)


def _cell(calendar: WorkCalendar, day: date, row: CalendarException | None, may_change: bool) -> DayCell:
    hours = clock_of(calendar).hours_of(day)
    css, mark, what = _look(row, hours)
    name = f" {row.name}" if row is not None and row.name else ""
    title = f"{day:%Y-%m-%d} {weekday_words()[day.weekday()]}{name} {what}"
    if hours:
        title += f" {hours_words(hours)}"
    return DayCell(day, css, mark, title, _address(calendar, day, row) if may_change else "")


def _look(row: CalendarException | None, hours: Day) -> tuple[str, str, str]:
    if row is None:
        return ("work", "", _("工作日")) if hours else ("rest", "", _("休息"))
    if row.is_make_up:
        return "make-up", _("班"), _("调休上班")
    return ("other", _("改"), _("改变时间")) if hours else ("holiday", _("休"), _("放假"))


def _address(calendar: WorkCalendar, day: date, row: CalendarException | None) -> str:
    if calendar.all_day:
        return ""
    if row is not None:
        return reverse("core:calendarexception_update", args=[row.pk])
    return f"{reverse('core:calendarexception_create', args=[calendar.pk])}?start={day:%Y-%m-%d}"


def week_bars(calendar: WorkCalendar) -> list[WeekdayBar]:
    return [
        WeekdayBar(word, hours_words(day), [(start, end - start) for start, end in day])
        for word, day in zip(weekday_words(), calendar.hours, strict=True)
    ]


def stretch_of(row: CalendarException) -> list[CalendarException]:
    """The dates around one that are arranged alike, itself included."""
    around = row.calendar.exceptions.filter(date__range=(row.date - AROUND, row.date + AROUND)).order_by("date")
    return next(part.rows for part in stretches(around) if row in part.rows)


def stretches(rows: Iterable[CalendarException]) -> list[Stretch]:
    """Dates in order, those next to each other with the same arrangement together."""
    numbered = list(enumerate(rows))

    def same(pair: tuple[int, CalendarException]) -> tuple[Any, ...]:
        place, row = pair
        return row.date.toordinal() - place, row.kind, row.name, str(row.hours)

    found = []
    for _key, group in groupby(numbered, same):
        part = [row for _place, row in group]
        found.append(Stretch(part[0], part[-1], part))
    return found
