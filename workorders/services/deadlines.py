"""Deadlines under another calendar: every open order that counts by it is computed again, one transaction each."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.actors import SYSTEM
from core.models import WorkCalendar
from core.services import jobs
from properties.models import Community
from properties.queries.calendars import communities_under
from workorders.models import OrderClock, WorkOrder
from workorders.services import clocks
from workorders.states import OPEN

MOVED = log.declare("workorders.workorder.deadlines_moved", lazy("工作日历变动，时限重算"))
RECOMPUTE = "workorders.recompute_deadlines"
CHUNK = 500


def ask_recompute(communities: Iterable[int], *, by: Any) -> None:
    """A job row for what follows from a change of hours. Each change has its own: one that came while another ran would be missed."""
    ids = sorted(communities)
    if ids:
        jobs.enqueue(RECOMPUTE, by=by, args={"communities": ids}, visible=False, title=RECOMPUTE)


def calendar_changed(sender: Any, *, calendar: WorkCalendar, by: Any, **_facts: Any) -> None:
    ask_recompute(communities_under(calendar).values_list("pk", flat=True), by=by)


def community_calendar_changed(sender: Any, *, community: Community, by: Any, **_facts: Any) -> None:
    ask_recompute([community.pk], by=by)


def open_orders(community_ids: Iterable[int]) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(community__in=list(community_ids), status__in=sorted(OPEN)).order_by("pk")


def recompute_all(
    community_ids: Iterable[int], *, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> int:
    """Computes again what is open in these communities; returns how many orders have another deadline now. Running it again
    moves nothing."""
    ids = list(open_orders(community_ids).values_list("pk", flat=True))
    moved = 0
    for done, pk in enumerate(ids, start=1):
        moved += recompute_order(pk)
        tell(done, len(ids))
    return moved


@transaction.atomic
def recompute_order(pk: int) -> bool:
    rows = WorkOrder.objects.select_for_update(of=("self",)).select_related("community__work_calendar")
    order = rows.filter(pk=pk, status__in=sorted(OPEN)).first()
    if order is None:
        return False
    before = _dues(order)
    clocks.recompute(order)
    changes = {label: [before[label], due] for label, due in _dues(order).items() if before.get(label) != due}
    if changes:
        log.record(MOVED, order, by=SYSTEM, changes=changes)
    return bool(changes)


def _dues(order: WorkOrder) -> dict[str, Any]:
    rows = OrderClock.objects.filter(order=order, round=order.rework_count, met_at__isnull=True)
    return {f"due_{row.clock}": row.due_at for row in rows}
