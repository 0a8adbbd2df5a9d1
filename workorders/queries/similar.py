"""Orders that may be the same matter reported again."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.models import DictItem
from properties.models import Building, Place, Unit
from workorders.models import RepairRule, WorkOrder
from workorders.states import Status

MOST = 8
DEFAULT_DAYS = 7


def at_place(
    rows: QuerySet[WorkOrder], *, unit: Unit | None = None, place: Place | None = None, building: Building | None = None
) -> QuerySet[WorkOrder]:
    """Orders of the flat, of the public place, or of the building as a whole."""
    if unit is not None:
        return rows.filter(unit=unit)
    if place is not None:
        return rows.filter(place=place)
    return rows.filter(building=building, unit__isnull=True, place__isnull=True)


def days_for(kind: DictItem) -> int:
    found = RepairRule.objects.filter(kind=kind).values_list("duplicate_days", flat=True).first()
    return DEFAULT_DAYS if found is None else found


def since_when(kind: DictItem) -> datetime:
    """From when on the same matter counts as reported before."""
    return timezone.now() - timedelta(days=days_for(kind))


def similar_to(order: WorkOrder, rows: Any) -> list[WorkOrder]:
    """Orders of the same type at the same place within the days its rule names, open ones first; cancelled ones do not count."""
    days = RepairRule.objects.filter(kind=order.kind_id).values("duplicate_days")[:1]
    span = Coalesce(Subquery(days), DEFAULT_DAYS) * Value(timedelta(days=1))
    since = Value(order.reported_at) - ExpressionWrapper(span, DurationField())
    found = at_place(rows, unit=order.unit, place=order.place, building=order.building)
    found = found.filter(kind=order.kind_id, reported_at__gte=since, reported_at__lte=order.reported_at)
    found = found.exclude(pk=order.pk).exclude(status=Status.CANCELLED).only("number", "status")
    return sorted(found.order_by("-id")[:MOST], key=lambda row: not row.is_open)


def recent_at(rows: Any, *, days: int = 30, **where: Any) -> list[WorkOrder]:
    """What is open here and what was reported of late, for the clerk on the phone."""
    found = at_place(rows, **where).exclude(status=Status.CANCELLED).select_related("kind")
    since = timezone.now() - timedelta(days=days)
    shown = [row for row in found.order_by("-id")[: MOST * 3] if row.is_open or row.reported_at >= since]
    return sorted(shown, key=lambda row: not row.is_open)[:MOST]
