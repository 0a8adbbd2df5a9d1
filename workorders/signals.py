"""Facts of this floor that floors above may listen to; sent by the service inside its transaction."""

from django.dispatch import Signal

# order=WorkOrder
workorder_completed = Signal()
# rating=Rating
workorder_rated = Signal()
