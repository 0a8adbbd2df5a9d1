"""From what somebody typed as a room to the units it may mean."""

from typing import Any

from django.db.models import QuerySet

from properties.models import Unit
from properties.naming import search_words


def units_like(text: str, rows: QuerySet[Unit] | None = None) -> QuerySet[Unit]:
    """Units whose prepared room spellings begin with the text: 3-2-15, 3栋2单元1502, 031502."""
    words = search_words(text)
    base = Unit.objects.all() if rows is None else rows
    return base.filter(search__begins=words) if words else base.none()


def visible_units(user: Any, permission: str = "owners.view_owner") -> QuerySet[Unit]:
    return Unit.objects.visible_to(user, permission).active().with_place()
