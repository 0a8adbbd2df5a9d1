"""What this floor writes downward about units: the mark of open orders, and lines of the household's history."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count

from core import locks
from owners.models import TimelineEntry
from owners.services import timeline
from properties.models import UnitMark
from properties.services import marks
from properties.services.marks import MarkRow
from workorders.models import WorkOrder

SOURCE = "workorders"


def mark_unit(order: WorkOrder) -> None:
    """Counts the open orders of the unit again. The lock makes two who change orders of one unit count one after the other."""
    if order.unit_id is None:
        return
    locks.hold("workorders.mark", order.unit_id)
    count = WorkOrder.objects.open().filter(unit=order.unit_id).count()
    marks.set_mark(order.unit_id, UnitMark.Kind.OPEN_ORDERS, source=SOURCE, count=count)


def all_marks() -> Iterable[MarkRow]:
    """For the rebuild command: the marks as they should stand."""
    rows = WorkOrder.objects.open().filter(unit__isnull=False).order_by().values("unit").annotate(count=Count("pk"))
    return (MarkRow(row["unit"], UnitMark.Kind.OPEN_ORDERS, row["count"]) for row in rows)


def note(order: WorkOrder, sentence: Any, detail: str = "") -> None:
    """A line on the household's file, for orders that stand in a unit."""
    if order.unit_id is not None:
        timeline.note_unit(
            [order.unit_id], sentence, owner=order.owner, kind=TimelineEntry.Kind.REPAIR, detail=detail, source=order
        )
