"""What follows here from facts of this floor and of those below."""

from typing import Any

from django.dispatch import receiver

from core.signals import calendar_changed
from owners.models import CallBackAttempt, CallBackTask
from owners.signals import call_back_closed
from properties.signals import community_calendar_changed
from workorders.models import Rating, WorkOrder
from workorders.services import call_backs, deadlines
from workorders.services.messages import tell_owner
from workorders.signals import workorder_completed, workorder_rated
from workorders.states import MessageKind


@receiver(workorder_completed)
def completed(sender: Any, *, order: WorkOrder, **_facts: Any) -> None:
    tell_owner(order, MessageKind.COMPLETED)
    call_backs.after_completion(order)


@receiver(workorder_rated)
def rated(sender: Any, *, order: WorkOrder, rating: Rating, **_facts: Any) -> None:
    call_backs.after_rating(order, rating)


@receiver(call_back_closed)
def called_back(
    sender: Any, *, task: CallBackTask, attempt: CallBackAttempt, by: Any, follow: str = "", **_facts: Any
) -> None:
    if task.source_type == WorkOrder._meta.label_lower:
        call_backs.after_call_back(task, attempt, by, follow)


calendar_changed.connect(deadlines.calendar_changed)
community_calendar_changed.connect(deadlines.community_calendar_changed)
