"""Who is called back about an order (DOMAIN 2.2): everybody who gave three stars or fewer, of the rest three in ten."""

import hashlib
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from owners.models import CallBackAttempt, CallBackTask
from owners.services import call_backs
from owners.states import CallBackCause, CallBackStatus
from workorders.models import Rating, WorkOrder
from workorders.policies import available_actions
from workorders.services.after import rework_order
from workorders.services.clocks import telling_time
from workorders.services.messages import recipients
from workorders.states import Action, Status

CALLED_BACK = log.declare("workorders.workorder.called_back", lazy("回访"))
LOW, SHARE = 3, 30
SAMPLE_AFTER = timedelta(days=1)


def is_sampled(order: WorkOrder) -> bool:
    """Three in ten, by the order's own number: chosen again it is the same, and nobody can choose whom he likes."""
    digest = hashlib.sha256(f"{order.pk}:{order.rework_count}".encode()).digest()
    return int.from_bytes(digest[:4]) % 100 < SHARE


def after_completion(order: WorkOrder) -> None:
    """The sample, from the next day on: until then the owner may rate by himself."""
    if is_sampled(order):
        _plan(order, CallBackCause.SAMPLE, SAMPLE_AFTER)


def after_rating(order: WorkOrder, rating: Rating) -> None:
    if rating.stars <= LOW:
        _plan(order, CallBackCause.LOW, timedelta())


def _plan(order: WorkOrder, cause: str, wait: timedelta) -> None:
    """Nobody is called where nobody can be: an order of a public place without a number."""
    people = recipients(order)
    if not people and not order.reporter_phone:
        return
    handlers = {order.assignee_id, *order.helpers.values_list("pk", flat=True)} - {None}
    call_backs.plan_call_back(
        order, title=order.headline, cause=cause,
        due_at=telling_time(order, timezone.now() + wait), community_id=order.community_id, building_id=order.building_id,
        unit=order.unit, owner=people[0] if people else None, handlers=[pk for pk in handlers if pk], round=order.rework_count,
    )  # fmt: skip


def after_call_back(task: CallBackTask, attempt: CallBackAttempt, by: Any) -> None:
    """不满意 → 返工, while the order can still be reworked; an archived one stays, and a new order is the way."""
    order = WorkOrder.objects.select_for_update(of=("self",)).filter(pk=task.source_id).first()
    if order is None:
        return
    log.record(CALLED_BACK, order, by=by, changes={"outcome": task.get_status_display()}, reason=attempt.text)
    current = order.status == Status.DONE and task.round == order.rework_count
    if task.status == CallBackStatus.UNSATISFIED and current and Action.REWORK in available_actions(by, order):
        rework_order(order, by=by, reason=_("回访不满意：%(text)s") % {"text": attempt.text})
