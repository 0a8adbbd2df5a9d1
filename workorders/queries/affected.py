"""What an edit of a working calendar would move: the open deadlines that count by its hours."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.calendar.affected import Affected, Moved
from core.calendar.clock import NoWorkingTime, WorkClock
from core.models import WorkCalendar
from properties.models import Community
from properties.queries.calendars import communities_moved
from workorders.models import OrderClock, Pause, WorkOrder
from workorders.states import OPEN, Basis, Clock

VIEW = "workorders.view_workorder"
SHOWN = 8
Pauses = dict[int, list[tuple[datetime, datetime | None]]]


def affected_deadlines(
    calendar: WorkCalendar, new: WorkClock, *, user: Any, community: Community | None = None, unnamed: bool = False
) -> Affected | None:
    """All of them are counted; of the nearest ones those are shown that the reader may see. `community` and `unnamed` narrow to those
    that change their calendar while the calendar itself stays."""
    if calendar.pk is None:
        return None
    places = communities_moved(calendar, community=community, unnamed=unnamed)
    rows = OrderClock.objects.filter(
        order__community__in=places, order__status__in=sorted(OPEN), order__paused_at__isnull=True,
        met_at__isnull=True, basis=Basis.SERVICE, appointed_at__isnull=True,
    ).order_by("due_at")  # fmt: skip
    found = list(
        rows.values_list("order_id", "clock", "round", "order__rework_count", "starts_at", "minutes", "due_at")
    )
    pauses = _pauses({row[0] for row in found})
    moved = []
    for order_id, clock, round_, now_round, starts_at, minutes, due_at in found:
        due = _due(new, starts_at, minutes, pauses.get(order_id, [])) if round_ == now_round else due_at
        if due is not None and due != due_at:
            moved.append((order_id, clock, due_at, due))
    return Affected(_("工单时限"), len(moved), _shown(moved, user)) if moved else None


def _due(
    clock: WorkClock, start: datetime, minutes: int, pauses: list[tuple[datetime, datetime | None]]
) -> datetime | None:
    try:
        return clock.deadline_with_pauses(start, timedelta(minutes=minutes), pauses)
    except NoWorkingTime:
        return None


def _pauses(order_ids: set[int]) -> Pauses:
    rows: Pauses = defaultdict(list)
    for order_id, start, end in Pause.objects.filter(order__in=order_ids).values_list(
        "order", "started_at", "ended_at"
    ):
        rows[order_id].append((start, end))
    return rows


def _shown(moved: list[tuple[int, str, datetime, datetime]], user: Any) -> tuple[Moved, ...]:
    if user is None:  # only counts are told
        return ()
    mine = WorkOrder.objects.visible_to(user, VIEW).filter(pk__in=[row[0] for row in moved[:200]])
    orders = {order.pk: order for order in mine.select_related("community")}
    rows = [row for row in moved if row[0] in orders][:SHOWN]
    return tuple(
        Moved(f"{orders[pk].full_number} {Clock(clock).label}", old, new, orders[pk].get_absolute_url())
        for pk, clock, old, new in rows
    )
