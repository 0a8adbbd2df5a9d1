"""The deadline a case owes next (UX 18)."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from complaints.states import Clock
from core.web.due import Due, due_at


def due_of(case: Any, now: datetime | None = None) -> Due | None:
    """None when nothing is owed any more."""
    if case.next_due_at is None:
        return None
    return due_at(case.next_due_at, case.next_warn_at, Clock(case.next_clock).label, now or timezone.now())


def due_words(case: Any) -> str:
    """For Excel."""
    due = due_of(case)
    return due.text if due else ""
