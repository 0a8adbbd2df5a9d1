"""复制同类型楼栋 (R34): the rooms and what was designed and built, never who bought, lives or pays."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Max, Min, Sum
from django.utils.translation import gettext_lazy

from core import log
from core.uid import uuid7
from properties.models import Building, Community, DeliveryStatus, Unit
from properties.services import buildings, units

COPIED = log.declare("properties.building.copied", gettext_lazy("复制楼栋"))

BUILDING_FIELDS = ("building_type", "floors_above", "floors_below", "entrance_count", "lift_count", "structure")
UNIT_FIELDS = (
    "entrance", "floor", "number", "kind", "unit_type_id", "rooms", "halls", "kitchens", "baths", "orientation_id",
    "built_area", "inner_area", "property_nature_id", "decoration_id", "parking_type_id",
    "design_code", "design_area", "design_note", "drawing_number", "construction_area", "contractor",
    "fitting_plan", "fitting_config",
)  # fmt: skip
# Facts about one sale, one household or one handing-over: the copy has none of them.
LEFT_OUT = (
    "delivered_on", "billing_from", "usage", "title_number", "warranty_from", "parking_status", "completed_area",
    "sale_status", "promotion", "order_number", "contract_number", "buyer", "mortgage", "remark",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Which part of the source is copied: no entrances named means all of them; floors from and to, None open."""

    entrances: Sequence[str] = ()
    floor_from: int | None = None
    floor_to: int | None = None


WHOLE = Part()


@dataclass(frozen=True)
class CopyPreview:
    """What a copy would make, before anything is written."""

    number: str
    taken: bool
    units: int
    area: Decimal | None
    floor_lowest: int | None
    floor_highest: int | None
    entrances: list[dict[str, Any]] = field(default_factory=list)
    types: list[dict[str, Any]] = field(default_factory=list)
    examples: list[Unit] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def source_units(source: Building, part: Part = WHOLE) -> models.QuerySet[Unit]:
    """The rooms a copy takes over; stopped ones stay behind."""
    rows = Unit.objects.filter(building=source).active()
    if part.entrances:
        rows = rows.filter(entrance__in=part.entrances)
    if part.floor_from is not None:
        rows = rows.filter(floor__gte=part.floor_from)
    if part.floor_to is not None:
        rows = rows.filter(floor__lte=part.floor_to)
    return rows


def preview_copy(
    source: Building, number: str, *, community: Community | None = None, part: Part = WHOLE
) -> CopyPreview:
    number = buildings.canonical_number(number)
    rows = source_units(source, part)
    sums = rows.order_by().aggregate(n=Count("pk"), area=Sum("built_area"), low=Min("floor"), high=Max("floor"))
    taken = Building.objects.filter(community=community or source.community, number=number).exists()
    return CopyPreview(
        number=number,
        taken=taken,
        units=sums["n"],
        area=sums["area"],
        floor_lowest=sums["low"],
        floor_highest=sums["high"],
        entrances=[dict(row) for row in rows.order_by("entrance").values("entrance").annotate(n=Count("pk"))],
        types=[dict(row) for row in rows.order_by().values("unit_type__name").annotate(n=Count("pk")).order_by("-n")],
        examples=list(rows.select_related("unit_type", "orientation").order_by("sort_key")[:8]),
        left_out=[str(Unit._meta.get_field(name).verbose_name) for name in LEFT_OUT],  # type: ignore[union-attr]
    )


@transaction.atomic
def copy_building(
    source: Building,
    number: str,
    *,
    by: Any,
    name: str = "",
    community: Community | None = None,
    part: Part = WHOLE,
    delivery_status: str = DeliveryStatus.UNSOLD,
) -> Building:
    """Makes a building of the same type with its rooms; each new room has a log entry under one batch."""
    values = {field_name: getattr(source, field_name) for field_name in BUILDING_FIELDS}
    if part.entrances:
        values["entrance_count"] = len(part.entrances)
    made = buildings.create_building(by=by, community=community or source.community, number=number, name=name, **values)
    rows = [_copied(unit, made, delivery_status) for unit in source_units(source, part).order_by("sort_key")]
    Unit.objects.bulk_create(rows, batch_size=500)
    log.record_many(units.CREATED, ((unit, {}) for unit in rows), by=by, batch=uuid7())
    log.record(COPIED, made, by=by, changes={"source": str(source), "units": len(rows)})
    return made


def _copied(unit: Unit, building: Building, delivery_status: str) -> Unit:
    copy = Unit(building=building, community=building.community, delivery_status=delivery_status)
    for name in UNIT_FIELDS:
        setattr(copy, name, getattr(unit, name))
    units.spell(copy)
    return copy
