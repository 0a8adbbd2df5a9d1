"""先处理这些: what each floor hands up, put into one table by the time left."""

from typing import Any

from django.utils.module_loading import import_string

from core.urgent import Urgent
from dashboard import entries

MOST = 8


def urgent_for(user: Any) -> list[Urgent]:
    """The most pressing of all sources open to this person."""
    found: list[Urgent] = []
    for source in entries.urgent():
        if user.has_perm(source.permission):
            found += import_string(source.rows)(user, MOST)
    return sorted(found, key=lambda row: row.at)[:MOST]


def has_sources(user: Any) -> bool:
    return any(user.has_perm(source.permission) for source in entries.urgent())
