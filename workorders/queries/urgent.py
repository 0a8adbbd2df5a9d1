"""The orders a person has to see to first: past their deadline or nearly, his own and those of the people he answers for."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.urgent import Step, Urgent
from workorders.due import SOON, Due, due_of
from workorders.looks import urgency_html
from workorders.models import WorkOrder
from workorders.policies import DISPATCH, VIEW, reaches
from workorders.queries.orders import listed
from workorders.states import Action, Status

WORK, SUPERVISE = "workorders.work_workorder", "workorders.supervise_workorder"


def pressing(rows: Any, now: datetime) -> Any:
    """Past the deadline owed next, or with 80% of its time used, or with less than a quarter of an hour left."""
    soon = Q(next_due_at__lt=now + SOON) | Q(next_warn_at__lte=now)
    return rows.open().filter(soon, next_due_at__isnull=False, paused_at__isnull=True)


def urgent_orders(user: Any, most: int) -> list[Urgent]:
    now = timezone.now()
    answered_for = WorkOrder.objects.visible_to(user, DISPATCH)
    own = WorkOrder.objects.visible_to(user, VIEW).filter(assignee=user)
    found: dict[int, WorkOrder] = {}
    for rows in (answered_for, own):  # two questions with an index each, where one with OR has none
        pressed = listed(pressing(rows, now)).order_by("next_due_at", "pk")[:most]
        found |= {order.pk: order for order in pressed}
    across = len({order.community_id for order in found.values()}) > 1
    return [_line(order, user, now, across) for order in found.values()]


def _line(order: WorkOrder, user: Any, now: datetime, across: bool) -> Urgent:
    due = due_of(order, now)
    assert isinstance(due, Due)  # only orders whose clocks run are asked for
    return Urgent(
        at=due.at, due=due.html, mark=urgency_html(order.urgency), matter=str(order.kind),
        url=reverse("workorders:workorder_open", args=[order.pk]), place=_place(order, across),
        cares=tuple(mark.note or mark.get_kind_display() for mark in (order.unit.marks.all() if order.unit else ())),
        status=(order.status_word, order.status_colour), hands=str(order.assignee or order.team or ""),
        step=_step(order, user),
    )  # fmt: skip


def _place(order: WorkOrder, across: bool) -> str:
    """With its community where several stand together: the same flat number is in each of them."""
    return f"{order.community.short_name or order.community.name} {order.address}" if across else order.address


def _step(order: WorkOrder, user: Any) -> Step:
    """His own is done, what waits is dispatched, what others have is demanded; whoever may do none of it looks."""
    mine = order.assignee_id == user.pk
    if order.status == Status.WAITING and reaches(user, DISPATCH, order):
        return _act(Action.DISPATCH.label, "workorders:workorder_dispatch", order)
    if mine and order.status == Status.DISPATCHED and user.has_perm(WORK):
        return _act(Action.ACCEPT.label, "workorders:workorder_accept", order)
    if mine:
        return Step(_("处理"), reverse("workorders:workorder_open", args=[order.pk]))
    if reaches(user, SUPERVISE, order):
        return _act(_("督办"), "workorders:workorder_supervise", order)
    return Step(_("查看"), reverse("workorders:workorder_open", args=[order.pk]))


def _act(label: Any, name: str, order: WorkOrder) -> Step:
    return Step(label, reverse(name, args=[order.pk]), dialog=True)
