"""Joins of the lists: a page costs its own query and two for phones and units, whatever its length.

Prefetched rows are plain lists (`listed_phones`, `held`): a prefetch without a name clones a query set for every person."""

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from owners.models import Owner, Tenure

_HELD = (
    "owner_id", "unit_id", "community__name", "role", "start", "end",
    "unit__entrance", "unit__number", "unit__building__number", "unit__building__name",
)  # fmt: skip
_LISTED = (
    "uid", "number", "kind", "name", "id_number", "completeness", "verified_on", "disabled_at", "created_at", "updated_at",
    "community_ids", "source__name", "keeper__display_name", "keeper__username", "level__name",
)  # fmt: skip


def listed_owners(rows: QuerySet[Owner]) -> QuerySet[Owner]:
    """As owner_rows, with nothing but what a list can show: a person has fifty columns."""
    return owner_rows(rows).only(*_LISTED)


def owner_rows(rows: QuerySet[Owner]) -> QuerySet[Owner]:
    today = timezone.localdate()
    in_force = Tenure.objects.filter(Q(end__isnull=True) | Q(end__gte=today), start__lte=today)
    units = in_force.select_related("unit__building", "community").order_by("community_id", "unit__sort_key")
    units = units.only(*_HELD)
    return rows.select_related("source", "keeper", "level").prefetch_related(
        Prefetch("phones", to_attr="listed_phones"), Prefetch("tenures", units, to_attr="held")
    )


def tenure_rows(rows: QuerySet[Tenure]) -> QuerySet[Tenure]:
    return rows.select_related("owner", "unit__building", "community", "end_reason").prefetch_related(
        Prefetch("owner__phones", to_attr="listed_phones")
    )


def vehicle_rows(rows: QuerySet) -> QuerySet:
    return rows.select_related("owner", "community", "space__building")
