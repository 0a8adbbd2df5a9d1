"""What an edit of a calendar would move: the floors that keep deadlines say so, because this one does not know them.

An app registers in ready(); the page that edits a calendar shows the answers before anything is saved. After saving,
`core.signals.calendar_changed` tells the same floors.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.calendar.clock import WorkClock


@dataclass(frozen=True)
class Moved:
    """One deadline that would move. `what` names the record and the clock; `url` leads to it, "" when the reader may not open it."""

    what: str
    old: datetime
    new: datetime
    url: str = ""


@dataclass(frozen=True)
class Affected:
    """One floor's answer: how many open deadlines would move in all, and the rows the reader may see (the nearest few)."""

    heading: Any
    total: int
    rows: Sequence[Moved] = field(default_factory=tuple)


# calendar: core.models.WorkCalendar as it stands; new: the clock it would become; user: who reads the answer, None where only the
# count is told. Two questions are
# narrower: community=… is one that leaves this calendar for another; unnamed=True are those that name none and follow the default.
Answer = Callable[..., Affected | None]
_registered: list[Answer] = []


def register(answer: Answer) -> Answer:
    """`answer(calendar, new, *, user, **where)` gives an Affected, or None when its floor has nothing open under the calendar."""
    if answer not in _registered:
        _registered.append(answer)
    return answer


def forget(answer: Answer) -> None:
    """For tests."""
    _registered.remove(answer)


def by_edit(calendar: Any, new: WorkClock, *, user: Any, **where: Any) -> list[Affected]:
    """The answers of all floors that would move something."""
    answers = (answer(calendar, new, user=user, **where) for answer in _registered)
    return [answer for answer in answers if answer is not None and answer.total]
