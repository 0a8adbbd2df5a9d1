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


_pages: dict[str, str] = {}
_acts: list[Any] = []
_follows: dict[str, list[Follow]] = {}


def register(source_type: str, url_name: str) -> None:
    """Called in ready() by the app that owns the model (its label in lower case); the page takes the primary key."""
    _pages[source_type] = url_name


def offer(source_type: str, follow: Follow) -> None:
    """Called in ready(), the floors below first: the first that is offered is what follows when nobody chooses."""
    found = _follows.setdefault(source_type, [])
    if follow.code not in {known.code for known in found}:
        found.append(follow)


def register_acts(acts: Iterable[Any]) -> None:
    """The roof hands down what can be made of a call by hand: `label`, `icon`, `url` (takes the primary key), `permission`."""
    _acts[:] = acts


def acts() -> list[Any]:
    return _acts


def follows(task: Any, user: Any) -> list[Follow]:
    return [follow for follow in _follows.get(task.source_type, ()) if follow.offered(task, user)]


def address(source_type: str, source_id: int) -> str:
    """ "" when nobody has said."""
    name = _pages.get(source_type)
    return reverse(name, args=[source_id]) if name else ""
