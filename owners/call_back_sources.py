"""What a call-back is about and what may come of it: floors above say which page shows it, and what they can make of an unhappy
household (返工, 转投诉)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Follow:
    """One thing that can follow when somebody is unhappy. `offered(task, user)` says whether this person may choose it now; whoever
    declared it does it, told by the signal `call_back_closed`."""

    code: str
    label: Any
    offered: Callable[[Any, Any], bool]
    place: int = 0


_pages: dict[str, tuple[str, Any]] = {}
_acts: list[Any] = []
_follows: dict[str, list[Follow]] = {}


def register(source_type: str, url_name: str, label: Any) -> None:
    """Called in ready() by the app that owns the model (its label in lower case); the page takes the primary key, `label` is on the
    button that opens it."""
    _pages[source_type] = (url_name, label)


def offer(source_type: str, follow: Follow) -> None:
    """Called in ready(). In the order of `place`: the first that is offered is what follows when nobody chooses."""
    known = [row for row in _follows.get(source_type, ()) if row.code != follow.code]
    _follows[source_type] = sorted([*known, follow], key=lambda row: row.place)


def register_acts(acts: Iterable[Any]) -> None:
    """The roof hands down what can be made of a call by hand: `label`, `icon`, `url` (takes the primary key), `permission`."""
    _acts[:] = acts


def acts() -> list[Any]:
    return _acts


def follows(task: Any, user: Any) -> list[Follow]:
    return [follow for follow in _follows.get(task.source_type, ()) if follow.offered(task, user)]


def address(source_type: str, source_id: int) -> str:
    """ "" when nobody has said."""
    page = _pages.get(source_type)
    return reverse(page[0], args=[source_id]) if page else ""


def button(source_type: str) -> Any:
    page = _pages.get(source_type)
    return page[1] if page else ""
