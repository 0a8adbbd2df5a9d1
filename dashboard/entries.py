"""Cards and quick actions of the workbench. The roof hands them down at start (config/apps.py), because this floor does not know the
menu."""

from collections.abc import Sequence
from typing import Any

_entries: dict[str, Sequence[Any]] = {"cards": (), "quick_actions": ()}


def register(*, cards: Sequence[Any], quick_actions: Sequence[Any]) -> None:
    """Each card has `name`, `url` (answers the figure as a fragment) and `permission`; each action `label`, `url`, `permission`."""
    _entries.update(cards=cards, quick_actions=quick_actions)


def cards() -> Sequence[Any]:
    return _entries["cards"]


def quick_actions() -> Sequence[Any]:
    return _entries["quick_actions"]
