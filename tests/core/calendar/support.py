"""The calendars of DOMAIN 2.2 and a slow, obvious way to count working minutes."""

from datetime import date, datetime, timedelta

from core.calendar import Day, Pause, WorkClock, weekly_of
from core.calendar.clock import LOCAL

NINE_TO_SIX: Day = ((540, 1080),)
OFF_2026 = (
    ((1, 1), (1, 3)), ((2, 15), (2, 23)), ((4, 4), (4, 6)), ((5, 1), (5, 5)),
    ((6, 19), (6, 21)), ((9, 25), (9, 27)), ((10, 1), (10, 7)),
)  # fmt: skip
MAKE_UP_2026 = ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))


def official_2026(usual: Day) -> dict[date, Day]:
    """The dates of the State Council notice, as DOMAIN 2.2 lists them."""
    days: dict[date, Day] = {date(2026, *day): usual for day in MAKE_UP_2026}
    for first, last in OFF_2026:
        start, end = date(2026, *first), date(2026, *last)
        days |= {start + timedelta(days=n): () for n in range((end - start).days + 1)}
    return days


def weekdays(*shifts: tuple[int, int]) -> WorkClock:
    """The same shifts from Monday to Friday, with the holidays of 2026."""
    weekly = weekly_of([(day, *shift) for day in range(5) for shift in shifts])
    return WorkClock(weekly, official_2026(tuple(shifts)))


def at(text: str) -> datetime:
    """ "2026-09-30 16:00" in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


class Oracle:
    """Working minutes one by one: right by inspection, and thousands of times too slow."""

    def __init__(self, clock: WorkClock, pauses: list[Pause] | None = None) -> None:
        self.clock, self.pauses = clock, pauses or []

    def counts(self, moment: datetime) -> bool:
        local = moment.astimezone(LOCAL)
        minute = local.hour * 60 + local.minute
        working = any(start <= minute < end for start, end in self.clock.hours_of(local.date()))
        return working and not any(p.start <= moment and (p.end is None or moment < p.end) for p in self.pauses)

    def between(self, start: datetime, end: datetime) -> int:
        count = 0
        while start < end:
            count += self.counts(start)
            start += timedelta(minutes=1)
        return count

    def after(self, start: datetime, minutes: int, *, most: int = 60 * 24 * 60) -> datetime | None:
        """None when that many minutes do not pass within `most` minutes."""
        for _minute in range(most):
            if not minutes:
                return start
            minutes -= self.counts(start)
            start += timedelta(minutes=1)
        return None
