"""What runs by itself, as data: apps add lines in ready(), `core.tick` turns a due line into a job once per slot."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone


@dataclass(frozen=True)
class Entry:
    """`seconds` between runs, or `at` as a local time of day. A slot missed while nothing ran is made up for once."""

    name: str
    kind: str
    seconds: int = 0
    at: time | None = None

    def slot(self, now: datetime) -> datetime:
        """The beginning of the turn that `now` belongs to; the same for every scheduler that asks."""
        if self.at is None:
            start = int(now.timestamp()) // self.seconds * self.seconds
            return datetime.fromtimestamp(start, UTC)
        local = timezone.localtime(now)
        slot = local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return slot if slot <= local else slot - timedelta(days=1)


_entries: dict[str, Entry] = {}


def every(name: str, *, kind: str, seconds: int) -> None:
    """Runs the job `kind` every so many seconds (a minute at least: that is how often the clock ticks)."""
    _entries[name] = Entry(name, kind, seconds=max(seconds, 60))


def daily(name: str, *, kind: str, at: str) -> None:
    """Runs the job `kind` once a day from `at` ("03:10", local time) on."""
    hour, minute = at.split(":")
    _entries[name] = Entry(name, kind, at=time(int(hour), int(minute)))


def entries() -> tuple[Entry, ...]:
    return tuple(_entries.values())
