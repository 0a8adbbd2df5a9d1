"""What is counted of every group of orders, and how long they took."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from core.queries import spread
from core.queries.spread import Spread, Took
from workorders.models import WorkOrder
from workorders.queries.missed import has
from workorders.states import Clock

SATISFIED_FROM = 4
_TOOK = Took(F("completed_at") - F("reported_at"), Q(completed_at__isnull=False), counted="finished")


def figures_of(rows: QuerySet[WorkOrder], path: str) -> tuple[list[dict[str, Any]], Spread]:
    """For each value of `path` its figures, `p50` and `p90` in minutes among them; beside them the two of all rows."""
    found, (whole,) = spread.figures_of(rows, path, _counted(), _TOOK)
    return found, whole


def _counted() -> dict[str, Any]:
    figures = {
        "total": Count("pk"),
        "finished": Count("completed_at"),
        "done_once": Count("pk", filter=Q(completed_at__isnull=False) | Q(rework_count__gt=0)),
        "reworked": Count("pk", filter=Q(rework_count__gt=0)),
        "rated": Count("stars"),
        "satisfied": Count("pk", filter=Q(stars__gte=SATISFIED_FROM)),
        "unrated": Count("pk", filter=Q(stars__isnull=True, completed_at__isnull=False)),
        "materials": Sum("materials_fee", default=Decimal(0)),
    }
    for clock in Clock:
        figures[f"decided_{clock}"] = Count("pk", filter=has("met_clocks", clock) | has("late_clocks", clock))
        figures[f"missed_{clock}"] = Count("pk", filter=has("late_clocks", clock))
    return figures
