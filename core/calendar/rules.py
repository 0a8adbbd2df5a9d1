"""Hours of days and weeks: how they are written down, and which are no hours at all."""

from collections.abc import Iterable, Sequence

Shift = tuple[int, int]  # minutes after midnight, from the first to before the second; 1440 is the end of the day
Day = tuple[Shift, ...]  # in order, apart from each other; () is a day without work
Weekly = tuple[Day, ...]  # seven of them, Monday first

MINUTES_A_DAY = 24 * 60
OFF: Day = ()
WHOLE_DAY: Day = ((0, MINUTES_A_DAY),)
ALL_WEEK: Weekly = (WHOLE_DAY,) * 7


class BadHours(ValueError):
    """Shifts that cannot be. `reason`: "shape" (not three whole numbers), "range" (outside the day, or ending before they begin)
    or "overlap"; `weekday` from 0, None for the hours of one date."""

    def __init__(self, reason: str, weekday: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.weekday = reason, weekday


def day_of(pairs: Iterable[Sequence[int]], weekday: int | None = None) -> Day:
    """Shifts of one day, sorted; those that touch become one. Raises BadHours."""
    day: list[Shift] = []
    for start, end in sorted(_pair(pair, weekday) for pair in pairs):
        if day and start < day[-1][1]:
            raise BadHours("overlap", weekday)
        if day and start == day[-1][1]:
            day[-1] = (day[-1][0], end)
        else:
            day.append((start, end))
    return tuple(day)


def _pair(pair: Sequence[int], weekday: int | None) -> Shift:
    if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(type(part) is int for part in pair):
        raise BadHours("shape", weekday)
    if not 0 <= pair[0] < pair[1] <= MINUTES_A_DAY:
        raise BadHours("range", weekday)
    return pair[0], pair[1]


def weekly_of(rows: Iterable[Sequence[int]]) -> Weekly:
    """From rows (weekday from 0 for Monday, start minute, end minute), in any order. Raises BadHours."""
    days: list[list[Sequence[int]]] = [[] for _day in range(7)]
    for row in rows:
        if not isinstance(row, list | tuple) or len(row) != 3 or type(row[0]) is not int or not 0 <= row[0] <= 6:
            raise BadHours("shape")
        days[row[0]].append((row[1], row[2]))
    return tuple(day_of(pairs, weekday) for weekday, pairs in enumerate(days))


def rows_of(weekly: Weekly) -> list[list[int]]:
    """The rows `weekly_of` reads: what is stored."""
    return [[weekday, start, end] for weekday, day in enumerate(weekly) for start, end in day]


def usual_day(weekly: Weekly) -> Day:
    """The hours of an ordinary working day, for make-up days that name none: those of the first weekday with work."""
    return next((day for day in weekly if day), OFF)


def minutes_of(day: Day) -> int:
    return sum(end - start for start, end in day)
