"""Rows of the setup lists with what their columns show."""

from typing import Any


def ruled(rows: Any) -> Any:
    return rows.select_related("kind", "category", "skill")


def clocked(rows: Any) -> Any:
    return rows.select_related("kind")


def asked(rows: Any) -> Any:
    return rows.select_related("order__community", "order__kind", "reason", "asked_by", "decided_by")
