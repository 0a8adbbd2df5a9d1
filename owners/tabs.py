"""The tabs of the household files. The roof hands its directory down at start (config/apps.py), because this floor does not know
which floors stand above it."""

from collections.abc import Sequence
from typing import Any

_tabs: dict[str, Sequence[Any]] = {"unit": (), "owner": ()}


def register(*, unit: Sequence[Any], owner: Sequence[Any]) -> None:
    """Each tab has `name`, `label`, `url` (takes the primary key, answers a fragment) and `permission`."""
    _tabs.update(unit=unit, owner=owner)


def unit_tabs() -> Sequence[Any]:
    return _tabs["unit"]


def owner_tabs() -> Sequence[Any]:
    return _tabs["owner"]
