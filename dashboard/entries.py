"""What the roof hands down at start (config/apps.py), because this floor does not know the menu: cards and quick actions of the
workbench, sources of what is urgent, and the entries of the menu that carry a red count."""

from collections.abc import Sequence
from typing import Any

_entries: dict[str, Sequence[Any]] = {"cards": (), "quick_actions": (), "urgent": (), "counted": ()}


def register(
    *, cards: Sequence[Any], quick_actions: Sequence[Any], urgent: Sequence[Any], counted: Sequence[Any]
) -> None:
    """Each card has `name`, `url` (answers the figure as a fragment) and `permission`; each action `label`, `url`, `permission`; each
    source `rows` (dotted name of a function of user and number, giving core.urgent.Urgent) and `permission`; each counted entry
    `count`, `count_place` and `permission`."""
    _entries.update(cards=cards, quick_actions=quick_actions, urgent=urgent, counted=counted)


def cards() -> Sequence[Any]:
    return _entries["cards"]


def quick_actions() -> Sequence[Any]:
    return _entries["quick_actions"]


def urgent() -> Sequence[Any]:
    return _entries["urgent"]


def counted() -> Sequence[Any]:
    return _entries["counted"]
