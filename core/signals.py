"""The facts core announces."""

from django.dispatch import Signal

# A calendar has other hours now: `calendar` (core.models.WorkCalendar as saved), `old` and `new` (core.calendar.WorkClock), `by`. Sent inside
# the transaction. Receivers only write a job row: what follows for a hundred thousand deadlines is not for the request that saved.
calendar_changed = Signal()
