"""The directory of the owners' pages. The roof hands it down at start (config/apps.py), because this floor does not know what later
floors add."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

_entries: Sequence[Any] = ()


def register(entries: Sequence[Any]) -> None:
    """Each entry has `label`, `icon`, `url` (a URL name), `places`, `match` and `main`."""
    global _entries
    _entries = entries


def entries() -> Sequence[Any]:
    return _entries


def shown(place: str, here: str) -> list[dict[str, Any]]:
    """The entries of one place as links; `here` is the name of the page that is open."""
    return [
        {
            "label": entry.label,
            "icon": entry.icon,
            "url": reverse(entry.url),
            "main": entry.main,
            "active": bool(entry.match) and here.startswith(entry.match),
        }
        for entry in _entries
        if place in entry.places
    ]
