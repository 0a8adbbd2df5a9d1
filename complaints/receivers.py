"""What follows here from facts of this floor and of those below."""

from typing import Any

from django.dispatch import receiver

from complaints.models import Complaint
from complaints.services import call_backs, deadlines, low_ratings, orders, unhappy
from complaints.signals import complaint_answered
from core.signals import calendar_changed
from owners.models import CallBackAttempt, CallBackTask
from owners.signals import call_back_closed
from properties.signals import community_calendar_changed
from workorders.models import Rating, WorkOrder
from workorders.signals import workorder_completed, workorder_rated


@receiver(complaint_answered)
def answered(sender: Any, *, complaint: Complaint, **_facts: Any) -> None:
    call_backs.after_answer(complaint)


@receiver(call_back_closed)
def called_back(
    sender: Any, *, task: CallBackTask, attempt: CallBackAttempt, by: Any, follow: str = "", **_facts: Any
) -> None:
    if task.source_type == Complaint._meta.label_lower:
        call_backs.after_call_back(task, attempt, by)
    elif follow == unhappy.COMPLAINT:
        unhappy.after_unhappy_call(task, attempt, by)


@receiver(workorder_completed)
def order_completed(sender: Any, *, order: WorkOrder, **_facts: Any) -> None:
    orders.order_completed(order)


@receiver(workorder_rated)
def order_rated(sender: Any, *, order: WorkOrder, rating: Rating, **_facts: Any) -> None:
    low_ratings.after_rating(order, rating)


calendar_changed.connect(deadlines.calendar_changed)
community_calendar_changed.connect(deadlines.community_calendar_changed)
