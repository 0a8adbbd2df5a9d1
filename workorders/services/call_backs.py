"""Who is called back about an order (DOMAIN 2.2): everybody who gave three stars or fewer, of the rest three in ten."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BusinessError
from core.models import DictItem
from owners.models import CallBackAttempt, CallBackTask
from owners.services import call_backs
from owners.states import CallBackCause
from workorders.models import Rating, WorkOrder
from workorders.policies import available_actions
from workorders.services.after import rework_order
from workorders.services.calls import first_phone
from workorders.services.clocks import telling_time
from workorders.services.intake import create_order
from workorders.services.messages import recipients
from workorders.states import Action, Source, Status

CALLED_BACK = log.declare("workorders.workorder.called_back", lazy("回访"))
FROM_CALL = log.declare("workorders.workorder.came_from_call", lazy("由回访转来"))
REWORK = "rework"
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


def offers_rework(task: CallBackTask, user: Any) -> bool:
    """While the order can still be reworked; an archived one stays, and a new order is the way."""
    order = WorkOrder.objects.filter(pk=task.source_id).first()
    return order is not None and _reworkable(order, task, user)


def _reworkable(order: WorkOrder, task: CallBackTask, user: Any) -> bool:
    current = order.status == Status.DONE and task.round == order.rework_count
    return current and Action.REWORK in available_actions(user, order)


def after_call_back(task: CallBackTask, attempt: CallBackAttempt, by: Any, follow: str) -> None:
    """不满意 → 返工, unless the caller has chosen that something else follows."""
    order = WorkOrder.objects.select_for_update(of=("self",)).filter(pk=task.source_id).first()
    if order is None:
        return
    log.record(CALLED_BACK, order, by=by, changes={"outcome": task.get_status_display()}, reason=attempt.text)
    if follow == REWORK and _reworkable(order, task, by):
        rework_order(order, by=by, reason=_("回访不满意：%(text)s") % {"text": attempt.text})


@transaction.atomic
def raise_from_call(task: CallBackTask, *, by: Any, kind: DictItem, description: str, urgency: str = "") -> WorkOrder:
    """What a household wants repaired when it is called; linked both ways. Raises BadValue, BusinessError."""
    task = CallBackTask.objects.select_related("unit", "owner").get(pk=task.pk)
    if task.unit is None:
        raise BusinessError(_("这条回访没有房号，请直接登记报修"))
    name, phone = (str(task.owner.name)[:30], first_phone(task.owner)) if task.owner else (_("住户"), "")
    order = create_order(
        by=by, kind=kind, unit=task.unit, owner=task.owner, description=description, urgency=urgency, source=Source.HOTLINE,
        reporter_name=name, reporter_phone=phone,
    )  # fmt: skip
    call_backs.note_follow(task, order, by=by, label=_("工单 %(number)s") % {"number": order.number})
    log.record(FROM_CALL, order, by=by, changes={"text": task.title})
    return order
