"""Reading the estate: rows with what their page shows, counts, choices."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from audit.scope_choices import Choice
from core.statements import KEYS, Statement, among
from properties.models import Building, Community, OrgNode, Place, Team, Unit, UnitKind, UnitMark, UsageStatus
from properties.naming import natural

ACTIVE = Q(disabled_at__isnull=True)


# --- what a grant may name (audit.scope_choices) ---
def node_choices() -> Sequence[Choice]:
    """Parents before children: a path is longer than the path above it, and siblings keep their order."""
    rows = sorted(OrgNode.objects.filter(ACTIVE), key=lambda node: (node.path.count("/"), node.sort, node.pk))
    return [Choice(node.pk, node.name, node.parent_id) for node in rows]


def community_choices() -> Sequence[Choice]:
    return [Choice(row.pk, row.name, row.node_id, row.code) for row in Community.objects.filter(ACTIVE)]


def building_choices() -> Sequence[Choice]:
    rows = Building.objects.filter(ACTIVE, community__disabled_at__isnull=True)
    return [Choice(row.pk, row.label, row.community_id, row.number) for row in rows]


# --- rows of the lists ---
_LISTED = (
    "community__name", "building__number", "building__name", "entrance", "floor", "number", "kind", "code", "sort_key", "unit_type",
    "rooms", "halls", "kitchens", "baths", "orientation", "built_area", "inner_area", "property_nature", "delivery_status",
    "delivered_on", "billing_from", "usage", "decoration", "title_number", "warranty_from", "parking_type", "parking_status",
    "sale_status", "contract_number", "updated_at", "disabled_at",
)  # fmt: skip


def _counted(model: type[models.Model], path: str) -> models.Expression:
    """How many active rows of a model hang on the row: a subquery, so that the list's own rows are not multiplied."""
    rows = model._default_manager.filter(ACTIVE, **{path: models.OuterRef("pk")}).order_by()
    return models.functions.Coalesce(
        models.Subquery(rows.values(path).annotate(n=Count("pk")).values("n"), output_field=models.IntegerField()), 0
    )


def community_rows(rows: models.QuerySet[Community]) -> models.QuerySet[Community]:
    return rows.select_related("node").annotate(
        building_count=_counted(Building, "community"), unit_count=_counted(Unit, "community")
    )


def building_rows(rows: models.QuerySet[Building]) -> models.QuerySet[Building]:
    return rows.select_related("community", "building_type").annotate(unit_count=_counted(Unit, "building"))


def _marks() -> models.QuerySet[UnitMark]:
    return UnitMark.objects.order_by("kind", "source")


_KINDS_OF_MARKS = Statement(lambda units: _marks().filter(among("unit_id", units)).values_list("unit_id", "kind"), KEYS)


def _with_words(rows: Any) -> Any:
    words = ("unit_type", "orientation", "property_nature", "decoration", "parking_type")
    return rows.with_words(*words).select_related("building", "community")


def unit_rows(rows: Any) -> models.QuerySet[Unit]:
    """The place joined to each row; words and marks in one query each for the page."""
    found: models.QuerySet[Unit] = _with_words(rows).prefetch_related(Prefetch("marks", _marks())).defer("search")
    return found


def listed_units(rows: Any) -> models.QuerySet[Unit]:
    """As unit_rows, with nothing but what a list can show: of a unit's sixty columns the others would take half the time of the page.
    The marks are plain lists of (unit, kind), `listed_marks`."""
    found: models.QuerySet[Unit] = _with_words(rows).with_lists(listed_marks=_KINDS_OF_MARKS).only(*_LISTED)
    return found


def place_rows(rows: models.QuerySet[Place]) -> models.QuerySet[Place]:
    return rows.select_related("community", "building", "place_type")


def places_beside(place: Place, shown: models.QuerySet[Place]) -> list[Place]:
    """The other active places of the same building, or of the grounds when it stands in none: where people look next."""
    rows = shown.filter(ACTIVE, community=place.community_id).exclude(pk=place.pk)
    rows = rows.filter(building=place.building_id) if place.building_id else rows.filter(building__isnull=True)
    return list(rows.order_by("entrance", "name"))


def team_rows(rows: models.QuerySet[Team]) -> models.QuerySet[Team]:
    people = Count("members", distinct=True)
    return rows.select_related("community", "team_type", "leader").annotate(member_count=people)


# --- what hangs on a row ---
def dependents(obj: models.Model) -> list[tuple[str, str, int]]:
    """(model label, words, count) of everything that points at the row, whatever floor it stands on: the relations tell it."""
    found = []
    for relation in obj._meta.related_objects:
        model: Any = relation.related_model
        field = relation.field.name
        count = model._default_manager.filter(**{field: obj.pk}).count()
        if count:
            found.append((model._meta.label_lower, str(model._meta.verbose_name_plural), count))
    return found


def with_place(rows: models.QuerySet[Unit]) -> models.QuerySet[Unit]:
    return rows.select_related("building__community", "community")


def open_orders() -> Prefetch:
    """The marks of orders in work, for units that the caller has narrowed to what its reader may see."""
    return Prefetch("marks", queryset=UnitMark.objects.filter(kind=UnitMark.Kind.OPEN_ORDERS))


def entrances_of(building: Building) -> list[str]:
    """Names of the entrances that have rooms, as people count them."""
    names = Unit.objects.filter(ACTIVE, building=building).order_by().values_list("entrance", flat=True).distinct()
    return sorted(names, key=natural)


def usage_summary(rows: models.QuerySet[Unit]) -> dict[str, Any]:
    """How many of the rows are used how, for the page before a bulk change."""
    counts = list(rows.order_by().values("usage").annotate(n=Count("pk")).order_by("-n"))
    words = dict(UsageStatus.choices) | {"": _("未填")}
    return {
        "total": sum(row["n"] for row in counts),
        "without": rows.filter(kind__in=[UnitKind.PARKING, UnitKind.STORAGE]).count(),
        "usages": [{"usage": row["usage"], "word": str(words[row["usage"]]), "count": row["n"]} for row in counts],
        "examples": list(rows.select_related("building").order_by("sort_key", "pk")[:6]),
    }
