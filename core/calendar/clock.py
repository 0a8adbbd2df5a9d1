"""Interval arithmetic over compiled working hours.

A clock keeps its shifts of the years asked for so far as three sorted lists of whole microseconds: where each shift begins, how much
work lies before it, and how much when it ends. "When will n minutes be over" is then two bisections and no loop over days or minutes.

China has one zone and no summer time since 1992, so local time is UTC + 8 hours; earlier years are refused. Moments come in aware and go
out in UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from core.calendar.pauses import Pause, merged
from core.calendar.rules import ALL_WEEK, Day, Weekly

LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1992, 2199
Amount = int | timedelta  # an int means minutes
PauseRows = Iterable[tuple[datetime, datetime | None]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = 86_400 * _SECOND
_OFFSET = 8 * 3600 * _SECOND
_TICK = timedelta(microseconds=1)


class NoWorkingTime(ValueError):
    """The calendar has no hours left in which the time could pass."""


class DayAccount(NamedTuple):
    """One local day of a running clock: its hours, how much of them counted, how much was paused."""

    day: date
    hours: Day
    worked: timedelta
    paused: timedelta


class _Table(NamedTuple):
    """`low` and `high` bound what it knows. Shift i begins at starts[i], with before[i] worked until then and after[i] at its end; shift
    0 is empty, so that every moment has a shift at or before it. `days` are the ordinals of the working days."""

    low: int
    high: int
    starts: list[int]
    before: list[int]
    after: list[int]
    days: list[int]

    def worked(self, at: int) -> int:
        """Work from the beginning of the table to a moment in it."""
        place = bisect_right(self.starts, at) - 1
        end = self.after[place]
        done = self.before[place] + at - self.starts[place]
        return done if done < end else end


class WorkClock:
    """Working time by weekly hours, with other hours on some dates. Immutable for its users; safe to share between threads."""

    def __init__(self, weekly: Weekly, exceptions: Mapping[date, Day] | None = None) -> None:
        self.weekly = weekly
        self.exceptions = {day.toordinal(): hours for day, hours in (exceptions or {}).items()}
        self._known = _Table(0, 0, [], [], [], [])

    def hours_of(self, day: date) -> Day:
        """The shifts of one local date; () when there is no work."""
        ordinal = day.toordinal()
        hours = self.exceptions.get(ordinal)
        return self.weekly[(ordinal + 6) % 7] if hours is None else hours

    def is_working(self, at: datetime) -> bool:
        ticks = _ticks(at)
        table = self._covering(ticks)
        place = bisect_right(table.starts, ticks) - 1
        return ticks - table.starts[place] < table.after[place] - table.before[place]

    def next_working_moment(self, at: datetime) -> datetime:
        """The moment itself when it lies in working hours, else the next opening."""
        if self.is_working(at):
            return at.astimezone(UTC)
        ticks, years = _ticks(at), 1
        while True:
            table = self._covering(ticks, years)
            place = bisect_right(table.starts, ticks)
            if place < len(table.starts):
                return _moment(table.starts[place])
            years = self._further(table, years)

    def add_working_time(self, start: datetime, amount: Amount) -> datetime:
        """The earliest moment at which that much work has been done since `start`: it may be the closing time of a day, never the
        opening of the next one. `amount` is minutes or a timedelta. Raises NoWorkingTime."""
        budget = _budget(amount)
        ticks, years = _ticks(start), 1
        if not budget:
            return _moment(ticks)
        while True:
            table = self._known
            if not table.low <= ticks < table.high or years > 1:
                table = self._covering(ticks, years)
            goal = table.worked(ticks) + budget
            place = bisect_left(table.after, goal)
            if place < len(table.after):
                return _moment(table.starts[place] + goal - table.before[place])
            years = self._further(table, years)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Work between two moments; none when the second is the earlier one."""
        first, last = _ticks(start), _ticks(end)
        if last <= first:
            return timedelta()
        table = self._known
        if not (table.low <= first and last < table.high):
            table = self._covering(first, _year_of(last) - _year_of(first) + 1)
        return timedelta(microseconds=table.worked(last) - table.worked(first))

    def add_working_days(self, day: date, count: int) -> date:
        """The nth working day after a date; the first is the next working day, whatever day the date itself is. 0 is the date."""
        if count < 0:
            raise ValueError("a number of days to come")
        if count == 0:
            return day
        ticks, years = (day.toordinal() - _EPOCH_DAY) * _DAY, 1
        while True:
            table = self._covering(ticks, years)
            place = bisect_right(table.days, day.toordinal()) + count - 1
            if place < len(table.days):
                return date.fromordinal(table.days[place])
            years = self._further(table, years)

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after the first date, up to and with the last: the inverse of add_working_days."""
        if last <= first:
            return 0
        table = self._covering((first.toordinal() - _EPOCH_DAY) * _DAY, last.year - first.year + 1)
        return bisect_right(table.days, last.toordinal()) - bisect_right(table.days, first.toordinal())

    def closing(self, day: date) -> datetime:
        """When a period that ends on this day is over: the end of its last shift, or midnight when nobody works (民法典 203: 有业务时间
        的，停止业务活动的时间为截止时间)."""
        hours = self.hours_of(day)
        return _moment((day.toordinal() - _EPOCH_DAY) * _DAY + (hours[-1][1] if hours else 1440) * _MINUTE)

    def deadline_with_pauses(self, start: datetime, amount: Amount, pauses: PauseRows) -> datetime | None:
        """When the working time outside the pauses reaches the amount; None while a pause that has not ended stands before that.
        Replayable: the same rows give the same answer in any order."""
        left, cursor = timedelta(microseconds=_budget(amount)), start
        for pause in merged(pauses):
            done = self.working_time_between(cursor, pause.start)
            if done >= left:
                break
            if pause.end is None:
                return None
            left -= done
            cursor = max(cursor, pause.end)
        return self.add_working_time(cursor, left)

    def elapsed(self, start: datetime, now: datetime, pauses: PauseRows = ()) -> timedelta:
        """Working time outside the pauses from `start` until `now`; a pause that has not ended lasts until now."""
        total = self.working_time_between(start, now)
        return total - sum((self._overlap(start, now, pause) for pause in merged(pauses)), timedelta())

    def account(self, start: datetime, end: datetime, pauses: PauseRows = ()) -> list[DayAccount]:
        """Day by day what counted between two moments: the proof of a deadline."""
        rows, apart = [], merged(pauses)
        day, last = start.astimezone(LOCAL).date(), end.astimezone(LOCAL).date()
        while day <= last:
            opens = datetime.combine(day, time(), LOCAL)
            begin, stop = max(start, opens), min(end, opens + timedelta(days=1))
            paused = sum((self._overlap(begin, stop, pause) for pause in apart), timedelta())
            rows.append(DayAccount(day, self.hours_of(day), self.working_time_between(begin, stop) - paused, paused))
            day += timedelta(days=1)
        return rows

    def _overlap(self, start: datetime, end: datetime, pause: Pause) -> timedelta:
        return self.working_time_between(max(start, pause.start), end if pause.end is None else min(end, pause.end))

    # --- the compiled hours --------------------------------------------------------------------------------------------------

    def _covering(self, ticks: int, years: int = 1) -> _Table:
        """A table that knows the moment and so many years from its own on; what is known is only ever extended."""
        table, year = self._known, _year_of(ticks)
        first, last = year, min(year + years, LAST_YEAR)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"working time is known from {FIRST_YEAR} to {LAST_YEAR}")
        if table.low <= _new_year(first) and _new_year(last + 1) <= table.high:
            return table
        if table.high:
            first, last = min(first, _year_of(table.low)), max(last, _year_of(table.high - 1))
        self._known = table = self._compile(first, last)
        return table

    def _further(self, table: _Table, years: int) -> int:
        if _year_of(table.high - 1) >= LAST_YEAR:
            raise NoWorkingTime("the calendar has no working hours in which this time could pass")
        return 2 * years + 1

    def _compile(self, first: int, last: int) -> _Table:
        table = _Table(_new_year(first), _new_year(last + 1), [_new_year(first)], [0], [0], [])
        done, closes = 0, -1
        for ordinal in range(date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal() + 1):
            hours = self.exceptions.get(ordinal)
            hours = self.weekly[(ordinal + 6) % 7] if hours is None else hours
            midnight = (ordinal - _EPOCH_DAY) * _DAY
            if hours:
                table.days.append(ordinal)
            for start, end in hours:
                opens, length = midnight + start * _MINUTE, (end - start) * _MINUTE
                if opens == closes:  # a night shift, or 7x24, goes on over midnight
                    table.after[-1] += length
                else:
                    table.starts.append(opens)
                    table.before.append(done)
                    table.after.append(done + length)
                done, closes = done + length, midnight + end * _MINUTE
        return table


def _ticks(at: datetime) -> int:
    """Local microseconds since 1970; a moment without a zone is a mistake of the caller and raises TypeError."""
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * _SECOND + since.microseconds + _OFFSET


def _moment(ticks: int) -> datetime:
    return _EPOCH + timedelta(microseconds=ticks - _OFFSET)


def _budget(amount: Amount) -> int:
    ticks = amount // _TICK if isinstance(amount, timedelta) else amount * _MINUTE
    if ticks < 0:
        raise ValueError("an amount of time to come")
    return ticks


def _new_year(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH_DAY) * _DAY


def _year_of(ticks: int) -> int:
    return date.fromordinal(ticks // _DAY + _EPOCH_DAY).year


ALWAYS = WorkClock(ALL_WEEK)
