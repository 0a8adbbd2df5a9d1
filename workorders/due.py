"""The deadline an order owes next; a paused order owes none (UX 18)."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.web.due import SOON, Due, due_at, look_of, span
from workorders.models import WorkOrder
from workorders.states import Clock

__all__ = ["SOON", "Due", "due_of", "due_words", "look_of", "span"]


def due_of(order: WorkOrder, now: datetime | None = None) -> Due | None:
    """None when nothing is owed any more."""
    if order.next_due_at is None:
        return None
    at, label = order.next_due_at, Clock(order.next_clock).label
    if order.paused_at is not None:
        return Due(at, order.next_warn_at or at, label, "hold", _("已暂停"))
    return due_at(at, order.next_warn_at, label, now or timezone.now())


def due_words(order: Any) -> str:
    """For Excel."""
    due = due_of(order)
    return due.text if due else ""
