"""The rows of the estate export: a thousand units at a time, as tuples read by position."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from owners.exporting.people import CELLS as PERSON_CELLS
from owners.exporting.people import People, Stay, labels, stays_of
from owners.importing.labels import layout_text
from owners.queries.people import period_start
from owners.visibility import Eyes
from properties.models import Community, DeliveryStatus, Unit, UsageStatus

FORMER_PERMISSION = "owners.view_former_owner"
BATCH = 1_000
# In the order of the template, the person's cells after them; a test holds them to owners/importing/columns.py.
CELLS = (
    "community", "building", "entrance", "floor", "number", "unit_type", "built_area", "inner_area", "layout", "orientation",
    "property_nature", "delivery_status", "delivered_on", "billing_from", "usage", *PERSON_CELLS,
)  # fmt: skip
_NOBODY: list[Any] = [None] * (len(PERSON_CELLS) - 1)


class Room(NamedTuple):
    """What is read of a unit, in the order of _ROOM."""

    pk: int
    building_id: int
    sort_key: str
    code: str
    remark: str
    building: str
    entrance: str
    floor: int | None
    number: str
    unit_type: str
    built_area: Any
    inner_area: Any
    rooms: int | None
    halls: int | None
    baths: int | None
    kitchens: int | None
    orientation: str | None
    property_nature: str | None
    delivery_status: str
    delivered_on: date | None
    billing_from: date | None
    usage: str


_ROOM = (
    "pk", "building_id", "sort_key", "code", "remark", "building__number", "entrance", "floor", "number", "unit_type__name",
    "built_area", "inner_area", "rooms", "halls", "baths", "kitchens", "orientation__name", "property_nature__name",
    "delivery_status", "delivered_on", "billing_from", "usage",
)  # fmt: skip


def estate_rows(community: Community, units: QuerySet[Unit], eyes: Eyes, *, plain: bool) -> Iterator[list[Any]]:
    """The rows of one community as far as `units` and the reader's eyes go; numbers are masked unless `plain`."""
    people = People(community, eyes, plain=plain)
    words = _Words()
    for rooms in _batches(units):
        stays = _stays(rooms, eyes, community)
        people.read(stay for found in stays.values() for stay in found)
        for room in rooms:
            cells = _cells(room, words)
            found = stays.get(room.pk)
            if not found:
                yield [*cells, *_NOBODY, room.remark]
                continue
            for person in people.in_order(found):
                yield cells + person


def _batches(units: QuerySet[Unit]) -> Iterator[list[Room]]:
    """By keyset, so that memory does not grow with the community. The primary key parts only what is equal in all that is written."""
    rows = units.order_by("sort_key", "code", "pk").values_list(*_ROOM)
    found = [Room._make(row) for row in rows[:BATCH]]
    while found:
        yield found
        key, code, pk = found[-1].sort_key, found[-1].code, found[-1].pk
        beyond = Q(sort_key__gt=key) | Q(sort_key=key, code__gt=code) | Q(sort_key=key, code=code, pk__gt=pk)
        found = [Room._make(row) for row in rows.filter(beyond, sort_key__gte=key)[:BATCH]]


def _stays(rooms: list[Room], eyes: Eyes, community: Community) -> dict[int, list[Stay]]:
    """By unit, as far as this reader may look back."""
    stays = stays_of([room.pk for room in rooms])
    for room in rooms:
        if not eyes.covers(FORMER_PERMISSION, community.pk, room.building_id):
            stays[room.pk] = _present(stays[room.pk])
    return stays


def _present(stays: list[Any]) -> list[Stay]:
    """Without the former households: whoever left before the present household's first day, or on the day it took over."""
    since = period_start(stays)
    if since is None:
        return stays
    return [row for row in stays if row.end is None or row.end > since or row.start >= since]


class _Layouts(dict[tuple[int | None, ...], str]):
    """3室2厅2卫1厨 for (rooms, halls, baths, kitchens), put together once each."""

    def __missing__(self, layout: tuple[int | None, ...]) -> str:
        known = any(count is not None for count in layout)
        self[layout] = layout_text(count or 0 for count in layout) if known else ""
        return self[layout]


class _Words:
    """Words of one export, in the language of now."""

    def __init__(self) -> None:
        self.delivery, self.usage, self.layouts = labels(DeliveryStatus), labels(UsageStatus), _Layouts()


def _cells(room: Room, words: _Words) -> list[Any]:
    return [
        None, room.building, room.entrance, room.floor, room.number, room.unit_type, room.built_area, room.inner_area,
        words.layouts[room.rooms, room.halls, room.baths, room.kitchens], room.orientation, room.property_nature,
        words.delivery.get(room.delivery_status, room.delivery_status), room.delivered_on, room.billing_from,
        words.usage.get(room.usage, room.usage),
    ]  # fmt: skip
