"""Pauses of a clock (待备件, 挂起) as intervals: a deadline can be worked out again from the rows at any time."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Pause(NamedTuple):
    """From the first moment to before the second; None while it lasts."""

    start: datetime
    end: datetime | None = None


def merged(pauses: Iterable[tuple[datetime, datetime | None]]) -> list[Pause]:
    """In order and apart from each other, whatever order and overlap they come in; empty ones are dropped, what follows one that lasts
    is part of it."""
    joined: list[Pause] = []
    for start, end in sorted(pauses, key=lambda pause: pause[0]):
        if end is not None and end <= start:
            continue
        if not joined or (joined[-1].end is not None and start > joined[-1].end):
            joined.append(Pause(start, end))
            continue
        last = joined[-1]
        if last.end is not None and (end is None or end > last.end):
            joined[-1] = Pause(last.start, end)
    return joined
