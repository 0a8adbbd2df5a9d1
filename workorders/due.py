"""The deadline an order owes next; a paused order owes none (UX 18)."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from core.web.due import SOON, Due, Held, due_at, look_of, span
from workorders.models import WorkOrder
from workorders.states import Clock

__all__ = ["SOON", "Due", "Held", "due_of", "due_words", "look_of", "span"]


def due_of(order: WorkOrder, now: datetime | None = None) -> Due | Held | None:
    """None when nothing is owed any more."""
    if order.paused_at is not None:
        return Held()
    if order.next_due_at is None:
        return None
    return due_at(order.next_due_at, order.next_warn_at, Clock(order.next_clock).label, now or timezone.now())


def due_words(order: Any) -> str:
    """For Excel."""
    due = due_of(order)
    return due.text if due else ""
