"""Facts of this floor, past tense; keyword arguments are the contract."""

from django.dispatch import Signal

complaint_answered = Signal()  # complaint
