"""What a household or a person was told: one line per announcement, person and unit, with what became of every message."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, QuerySet

from notices.models import Delivery, Notice
from notices.models.notices import VIEW as VIEW_NOTICE
from notices.queries.board import VIEW
from notices.queries.owners import SOURCE
from notices.states import OUTCOME_COLOURS, OwnerChannel
from owners.models import Owner
from owners.queries.history import local_start
from owners.queries.people import period_start, tenures_of
from properties.models import Unit

# So many announcements at once: about a year of them. The list of deliveries has the rest.
SHOWN = 30


@dataclass(frozen=True)
class Sending:
    channel: str
    word: str
    colour: str
    reason: str


@dataclass
class Told:
    """One announcement to one person of one unit."""

    notice: Notice
    linked: bool
    person: str
    unit: Unit | None
    sendings: list[Sending] = field(default_factory=list)
    read_at: Any = None
    confirmed_at: Any = None
    told: Any = None


def told_unit(unit: Unit, user: Any) -> list[Told]:
    """Of the present household only: what former people were told is sealed with them. Found through the people, because the rows
    have no index by unit."""
    tenures = tenures_of(unit)
    people = {tenure.owner_id for tenure in tenures}
    rows = Delivery.objects.visible_to(user, VIEW).filter(owner__in=people, unit=unit)
    since = period_start(tenures)
    return _told(rows.filter(created_at__gte=local_start(since)) if since else rows, user)


def told_owner(owner: Owner, user: Any) -> list[Told]:
    return _told(Delivery.objects.visible_to(user, VIEW).filter(owner=owner), user)


def _told(rows: QuerySet[Any], user: Any) -> list[Told]:
    rows = rows.filter(source_type=SOURCE)
    newest = rows.order_by().values("source_id").annotate(last=Max("pk")).order_by("-last")[:SHOWN]
    ids = [row["source_id"] for row in newest]
    notices = Notice.objects.select_related("notice_type").in_bulk(ids)
    linked = set(Notice.objects.visible_to(user, VIEW_NOTICE).filter(pk__in=ids).values_list("pk", flat=True))
    found: dict[tuple[int, int | None, int], Told] = {}
    for row in _ordered(rows.filter(source_id__in=ids).read_by(user), ids):  # type: ignore[attr-defined]
        notice = notices.get(row.source_id)
        if notice is None:
            continue
        key = (row.source_id, row.unit_id, row.owner_id)
        if key not in found:
            found[key] = Told(notice, notice.pk in linked, row.eyes.owner_name(row.owner), row.unit)
        _add(found[key], row)
    return list(found.values())


def _ordered(rows: QuerySet[Any], ids: list[int]) -> Iterable[Any]:
    """The newest announcement first, inside it unit by unit, channels in the order they were tried."""
    place = {pk: number for number, pk in enumerate(ids)}
    rows = rows.select_related("owner", "unit__building", "told_by").order_by("unit__sort_key", "owner_id", "pk")
    return sorted(rows, key=lambda row: place[row.source_id])


def _add(line: Told, row: Any) -> None:
    channel = str(dict(OwnerChannel.choices).get(row.channel, row.channel))
    reason = str(row.get_reason_display()) if row.reason else ""
    line.sendings.append(Sending(channel, str(row.get_status_display()), OUTCOME_COLOURS[row.status], reason))
    line.read_at = min(filter(None, (line.read_at, row.read_at)), default=None)
    line.confirmed_at = min(filter(None, (line.confirmed_at, row.confirmed_at)), default=None)
    line.told = line.told or (row if row.told_at else None)
