"""Facts of this floor that floors above may listen to; sent by the service inside its transaction."""

from django.dispatch import Signal

# task=CallBackTask as closed, attempt=CallBackAttempt, by, follow (what the caller chose for an unhappy household, or ""): a call-back came
# to an end (answered, refused, or three times nobody).
call_back_closed = Signal()
