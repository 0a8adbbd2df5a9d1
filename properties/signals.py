"""The facts the estate announces."""

from django.dispatch import Signal

# A community works by another calendar now: `community`, `old` and `new` (core.models.WorkCalendar), `by`. Sent inside the transaction.
community_calendar_changed = Signal()
