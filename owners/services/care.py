"""Care marks of units: what the tags in force of the people of today say, written downward for grid, pickers and figures.

Computed from tags and tenures each time, never counted up and down, so that services, import, seed and rebuild share one truth.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from owners.models import Owner, OwnerTag, Tenure
from properties.models import Unit, UnitKind, UnitMark
from properties.services import marks
from properties.services.marks import MarkRow

SOURCE = "owners.ownertag"
# Care is about where people are to be found: nobody is looked after at a parking space.
NOT_LIVED_IN = (UnitKind.PARKING, UnitKind.STORAGE)


def care_rows(unit_ids: Iterable[int] | None = None) -> list[MarkRow]:
    """The marks as they should stand today, of all units or of these. The note names no sensitive tag: everybody who sees the
    unit reads it."""
    today = timezone.localdate()
    rows = OwnerTag.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today),
        Q(owner__tenures__end__isnull=True) | Q(owner__tenures__end__gte=today),
        removed_at__isnull=True,
        tag__care=True,
        owner__tenures__start__lte=today,
        owner__tenures__unit__disabled_at__isnull=True,
        owner__tenures__unit__kind__in=[kind for kind in UnitKind.values if kind not in NOT_LIVED_IN],
        **({} if unit_ids is None else {"owner__tenures__unit__in": list(unit_ids)}),
    )
    found: dict[int, dict[int, str]] = {}
    values = rows.order_by("tag__sort", "pk").values_list(
        "owner__tenures__unit_id", "pk", "tag__name", "tag__sensitive"
    )
    for unit_id, pk, name, sensitive in values:
        found.setdefault(unit_id, {})[pk] = "" if sensitive else name
    return [
        MarkRow(unit_id, UnitMark.Kind.CARE, len(tags), note="、".join(dict.fromkeys(filter(None, tags.values()))))
        for unit_id, tags in sorted(found.items())
    ]


def hold(unit_ids: Iterable[int], owner_ids: Iterable[int]) -> None:
    """Tags of a person and relations of the same person wait for each other, or each would count without the other and neither
    set the mark. Every writer takes units before owners, by number: so does the import."""
    for model, ids in ((Unit, unit_ids), (Owner, owner_ids)):
        list(model.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk").values_list("pk"))


def hold_households(owner_ids: Iterable[int], unit_ids: Iterable[int] = ()) -> None:
    """The same for whoever knows the persons only; `unit_ids` are held beside those of the persons. A relation that came in while the
    units were waited for brings another unit: then all is let go and taken again, so that the order holds."""
    ids, more = set(owner_ids), set(unit_ids)
    while ids or more:
        units, point = _units_of(ids) | more, transaction.savepoint()
        hold(units, ids)
        if _units_of(ids) <= units:
            transaction.savepoint_commit(point)
            return
        transaction.savepoint_rollback(point)


def _units_of(owner_ids: set[int]) -> set[int]:
    return set(Tenure.objects.filter(owner__in=owner_ids).values_list("unit_id", flat=True))


@transaction.atomic
def refresh_care(unit_ids: Iterable[int] | None = None) -> int:
    """Brings the marks of these units (all, by default) up to date; returns how many had to change. A second run changes none."""
    wanted = None if unit_ids is None else set(unit_ids)
    # Two tags given to one household at once are counted one after the other; units without care are not held up.
    concerned = {row.unit_id for row in care_rows(wanted)} | _marked(wanted).keys()
    hold(concerned, ())
    known = _marked(wanted)
    changed = 0
    for row in care_rows(wanted) if concerned else []:
        if known.pop(row.unit_id, None) != (row.count, row.note):
            marks.set_mark(row.unit_id, row.kind, source=SOURCE, count=row.count, note=row.note)
            changed += 1
    for unit_id in known:
        marks.clear_mark(unit_id, UnitMark.Kind.CARE, source=SOURCE)
    return changed + len(known)


def _marked(wanted: set[int] | None) -> dict[int, tuple[int, str]]:
    standing = UnitMark.objects.filter(source=SOURCE)
    if wanted is not None:
        standing = standing.filter(unit__in=wanted)
    return {mark.unit_id: (mark.count, mark.note) for mark in standing.only("unit_id", "count", "note")}


def refresh_care_of(owner_ids: Iterable[int]) -> int:
    """The same for every unit these people have or had to do with."""
    return refresh_care(_units_of(set(owner_ids)))
