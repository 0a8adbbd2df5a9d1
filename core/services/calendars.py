"""Working calendars: made, changed and filled with the dates that are different. Every change gives the calendar a new version, is
logged, and is announced to the floors that keep deadlines (core.signals.calendar_changed)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.calendar import BadHours, Day, WorkClock, rows_of, weekly_of
from core.calendar.rules import day_of
from core.changes import save
from core.errors import BadValue, BusinessError
from core.log import declare, record
from core.models import CalendarException, WorkCalendar
from core.normalise import clean_text
from core.normalise.hours import hours_words, problem
from core.queries.calendar_year import stretch_of
from core.queries.calendars import clock_of, uses_of
from core.signals import calendar_changed
from core.uid import uuid7

CREATED = declare("core.workcalendar.created", _lazy("新增了工作日历"))
CHANGED = declare("core.workcalendar.changed", _lazy("修改了工作日历"))
MADE_DEFAULT = declare("core.workcalendar.made_default", _lazy("设为默认工作日历"))
DELETED = declare("core.workcalendar.deleted", _lazy("删除了工作日历"))
IMPORTED = declare("core.workcalendar.imported", _lazy("导入了节假日安排"))
ADDED = declare("core.calendarexception.added", _lazy("新增了日期安排"))
ALTERED = declare("core.calendarexception.changed", _lazy("修改了日期安排"))
REMOVED = declare("core.calendarexception.removed", _lazy("删除了日期安排"))

Kind = CalendarException.Kind
LONGEST_DAYS = 60  # a longer row of days off is a slip of the keyboard


@dataclass(frozen=True)
class Arrangement:
    """What is to be on one date."""

    date: date
    kind: str
    name: str = ""
    hours: Day = ()


@dataclass(frozen=True)
class Imported:
    """How many dates an import added, changed and found as they should be."""

    added: int
    changed: int
    same: int


@transaction.atomic
def create_calendar(
    *,
    by: Any,
    name: str,
    weekly: Iterable[Sequence[int]] = (),
    all_day: bool = False,
    copy_from: WorkCalendar | None = None,
) -> WorkCalendar:
    """A new calendar; with `copy_from` it starts with the dates of another one. `weekly` is rows (weekday, start, end)."""
    calendar = WorkCalendar(name=_name(name), all_day=all_day, weekly=_rows(weekly, all_day))
    save(calendar)
    if copy_from is not None and not all_day:
        CalendarException.objects.bulk_create(
            CalendarException(calendar=calendar, date=row.date, kind=row.kind, hours=row.hours, name=row.name)
            for row in copy_from.exceptions.all()
        )
    told = {"name": calendar.name, "hours": calendar.week_words, "copy_of": str(copy_from or "")}
    record(CREATED, calendar, by=by, changes={key: value for key, value in told.items() if value})
    return calendar


@transaction.atomic
def change_calendar(
    calendar: WorkCalendar, *, by: Any, name: str, weekly: Iterable[Sequence[int]] = (), all_day: bool = False
) -> WorkCalendar:
    """Name and weekly hours. Nothing happens when nothing differs; the name alone makes no new version."""
    calendar = _locked(calendar)
    old, old_words, old_name, old_hours = clock_of(calendar), calendar.week_words, calendar.name, calendar.hours
    calendar.name, calendar.all_day, calendar.weekly = _name(name), all_day, _rows(weekly, all_day)
    if all_day and calendar.exceptions.exists():
        raise BusinessError(_("已有日期安排的日历不能改为全天 7×24"), _("请新建一个全天的日历"), field="all_day")
    changes = {"name": [old_name, calendar.name], "hours": [old_words, calendar.week_words]}
    changes = {key: pair for key, pair in changes.items() if pair[0] != pair[1]}
    if not changes:
        return calendar
    save(calendar)
    record(CHANGED, calendar, by=by, changes=changes)
    if calendar.hours != old_hours:
        _announce(calendar, old, by)
    return calendar


@transaction.atomic
def make_default(calendar: WorkCalendar, *, by: Any) -> WorkCalendar:
    """Whoever names no calendar works by this one from now on; the hours of both stay as they are."""
    rows = WorkCalendar.objects.select_for_update().filter(Q(pk=calendar.pk) | Q(is_default=True)).order_by("pk")
    known = {row.pk: row for row in rows}
    if calendar.pk not in known:
        raise BusinessError(_("这个工作日历已经删除"), _("请回到日历列表"))
    calendar, old = known[calendar.pk], next(row for row in known.values() if row.is_default)
    if calendar == old:
        raise BusinessError(_("“%(name)s”已经是默认日历") % {"name": calendar})
    # One after the other: there is never a moment with two.
    old.is_default, calendar.is_default = False, True
    old.save(update_fields=["is_default"])
    calendar.save(update_fields=["is_default"])
    record(MADE_DEFAULT, calendar, by=by, changes={"default": [old.name, calendar.name]})
    calendar_changed.send(WorkCalendar, calendar=calendar, old=clock_of(old), new=clock_of(calendar), by=by)
    return calendar


@transaction.atomic
def delete_calendar(calendar: WorkCalendar, *, by: Any) -> WorkCalendar:
    """Only what nobody works by; raises with what stands in the way."""
    calendar = _locked(calendar)
    if refusal := why_kept(calendar):
        raise BusinessError(refusal)
    record(DELETED, calendar, by=by, changes={"hours": calendar.week_words})
    calendar.delete()
    return calendar


def why_kept(calendar: WorkCalendar) -> str:
    """Why a calendar cannot be deleted, "" when it can."""
    if calendar.is_default:
        return _("“%(name)s”是默认日历，不能删除") % {"name": calendar}
    count = uses_of(calendar)
    return _("还有 %(n)d 个项目按“%(name)s”上班，请先改用别的日历") % {"n": count, "name": calendar} if count else ""


@transaction.atomic
def add_exception(
    calendar: WorkCalendar,
    *,
    by: Any,
    start: date,
    kind: str,
    end: date | None = None,
    name: str = "",
    hours: Iterable[Sequence[int]] = (),
) -> WorkCalendar:
    """Arranges one date, or each of a row of dates. Raises when one of them is arranged already."""
    days, shifts = _days(start, end), _day(hours)
    calendar = _locked(calendar)
    _refuse_all_day(calendar)
    taken = calendar.exceptions.filter(date__in=days).first()
    if taken is not None:
        words = {"day": f"{taken.date:%Y-%m-%d}", "name": taken.name or taken.get_kind_display()}
        raise BadValue(_("%(day)s 已有安排：%(name)s") % words, _("请在年历上点开这一天修改"), field="start")
    old = clock_of(calendar)
    rows = [CalendarException(calendar=calendar, date=day, kind=kind, name=clean_text(name)) for day in days]
    for row in rows:
        row.hours = [list(shift) for shift in shifts]
        save(row)
    record(ADDED, calendar, by=by, changes={"dates": _span(days)} | _told(rows[0]))
    return _announce(calendar, old, by)


@transaction.atomic
def change_exception(
    exception: CalendarException, *, by: Any, kind: str, name: str = "", hours: Iterable[Sequence[int]] = ()
) -> CalendarException:
    calendar = _locked(exception.calendar)
    row = calendar.exceptions.get(pk=exception.pk)
    old, before = clock_of(calendar), _told(row)
    row.kind, row.name, row.hours = kind, clean_text(name), [list(shift) for shift in _day(hours)]
    after = _told(row)
    changes = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
    if changes:
        save(row)
        record(ALTERED, calendar, by=by, changes={"dates": f"{row.date:%Y-%m-%d}"} | changes)
        _announce(calendar, old, by)
    return row


@transaction.atomic
def remove_exception(exception: CalendarException, *, by: Any, whole: bool = False) -> CalendarException:
    """The date is like any other of its weekday again; with `whole`, so are those next to it that are arranged alike."""
    calendar = _locked(exception.calendar)
    row = calendar.exceptions.filter(pk=exception.pk).first()
    if row is None:
        raise BusinessError(_("这一天的安排已经删除"), _("请刷新页面"))
    old = clock_of(calendar)
    rows = stretch_of(row) if whole else [row]
    record(REMOVED, calendar, by=by, changes={"dates": _span([one.date for one in rows])} | _told(row))
    CalendarException.objects.filter(pk__in=[one.pk for one in rows]).delete()
    _announce(calendar, old, by)
    return row


@transaction.atomic
def import_exceptions(calendar: WorkCalendar, rows: Iterable[Arrangement], *, by: Any) -> Imported:
    """Adds and changes dates; those the list does not name stay as they are."""
    calendar = _locked(calendar)
    _refuse_all_day(calendar)
    old = clock_of(calendar)
    known = {row.date: row for row in calendar.exceptions.all()}
    added, changed, same = 0, 0, 0
    for wanted in rows:
        row = known.get(wanted.date) or CalendarException(calendar=calendar, date=wanted.date)
        values = {"kind": wanted.kind, "name": wanted.name, "hours": [list(shift) for shift in wanted.hours]}
        if row.pk and all(getattr(row, key) == value for key, value in values.items()):
            same += 1
            continue
        added, changed = (added, changed + 1) if row.pk else (added + 1, changed)
        for key, value in values.items():
            setattr(row, key, value)
        save(row)
    if added or changed:
        record(IMPORTED, calendar, by=by, changes={"added": added, "changed": changed})
        _announce(calendar, old, by)
    return Imported(added, changed, same)


@transaction.atomic
def import_into_calendars(
    ids: Iterable[int], rows: Sequence[Arrangement], *, by: Any
) -> tuple[list[WorkCalendar], Imported]:
    """The same dates into several calendars, all of them or none."""
    wanted = set(ids)
    # In one order, so that two people who import at the same time wait for each other and not in a circle.
    calendars = list(WorkCalendar.objects.filter(pk__in=wanted).order_by("pk"))
    if len(calendars) != len(wanted):
        raise BusinessError(_("有日历在预览之后被删除，没有写入"), _("请重新导入"))
    done = [import_exceptions(calendar, rows, by=by) for calendar in calendars]
    return calendars, Imported(*(sum(counts) for counts in zip(*(vars(one).values() for one in done), strict=True)))


def _locked(calendar: WorkCalendar) -> WorkCalendar:
    """Everybody who changes a calendar or its dates waits here, so that versions go up one by one."""
    locked = WorkCalendar.objects.select_for_update().filter(pk=calendar.pk).first()
    if locked is None:
        raise BusinessError(_("这个工作日历已经删除"), _("请回到日历列表"))
    return locked


def _announce(calendar: WorkCalendar, old: WorkClock, by: Any) -> WorkCalendar:
    calendar.version += 1
    calendar.stamp, calendar.changed_at = uuid7(), timezone.now()
    calendar.save(update_fields=["version", "stamp", "changed_at"])
    calendar_changed.send(WorkCalendar, calendar=calendar, old=old, new=clock_of(calendar), by=by)
    return calendar


def _refuse_all_day(calendar: WorkCalendar) -> None:
    if calendar.all_day:
        raise BusinessError(_("全天 7×24 的日历没有放假和调休"))


def _name(name: str) -> str:
    name = clean_text(name)
    if not name:
        raise BadValue(_("请填写名称"), field="name")
    return name


def _rows(weekly: Iterable[Sequence[int]], all_day: bool) -> list[list[int]]:
    try:
        rows = [] if all_day else rows_of(weekly_of(weekly))
    except BadHours as error:
        raise BadValue(problem(error)) from None
    if not rows and not all_day:
        raise BadValue(_("至少要有一天的工作时间"))
    return rows


def _day(hours: Iterable[Sequence[int]]) -> Day:
    try:
        return day_of(hours)
    except BadHours as error:
        raise BadValue(problem(error), field="hours") from None


def _days(start: date, end: date | None) -> list[date]:
    count = ((end or start) - start).days + 1
    if count < 1:
        raise BadValue(_("不能早于开始的日期"), field="end")
    if count > LONGEST_DAYS:
        raise BadValue(_("一次最多安排 %(n)d 天") % {"n": LONGEST_DAYS}, field="end")
    return [start + timedelta(days=n) for n in range(count)]


def _span(days: Sequence[date]) -> str:
    return f"{days[0]:%Y-%m-%d}" if len(days) == 1 else f"{days[0]:%Y-%m-%d} – {days[-1]:%Y-%m-%d}"


def _told(row: CalendarException) -> dict[str, str]:
    """What the log keeps of one date."""
    usual = row.is_make_up and not row.hours
    return {
        "kind": row.get_kind_display(),
        "name": row.name,
        "hours": _("同平日") if usual else hours_words(row.day),
    }
