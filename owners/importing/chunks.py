"""The queue of an import's chunks: cut when the file is checked, taken one after the other, or two at a time, when it is written."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone

from core import log
from core.services import numbering
from owners.importing import actions
from owners.importing.plans import FileRow, UnitPlan
from owners.models import ImportBatch, ImportChunk
from properties.models import Building, Community
from properties.naming import building_sort_key

CHUNK_ROWS = 4_000


def cut(batch: ImportBatch, ids: Sequence[int], rows: Sequence[FileRow]) -> list[ImportChunk]:
    """The chunks of rows in the order of their units, with the primary keys they are stored under."""
    chunks: list[ImportChunk] = []
    met: dict[str, int] = {}  # person of several rows -> the chunk that has him last
    start = 0
    while start < len(rows):
        end = min(start + CHUNK_ROWS, len(rows))
        while end < len(rows) and rows[end].room is not None and rows[end].room == rows[end - 1].room:
            end += 1
        chunk = ImportChunk(
            batch=batch, place=len(chunks), first_row=ids[start], last_row=ids[end - 1], row_count=end - start
        )
        _describe(chunk, rows[start:end], met)
        chunks.append(chunk)
        start = end
    return chunks


def _describe(chunk: ImportChunk, rows: Sequence[FileRow], met: dict[str, int]) -> None:
    people = {id(row.person): row.person for row in rows if row.person is not None}
    chunk.people = sum(person.fact is None for person in people.values())
    earlier = set()
    for person in people.values():
        if len(person.rows) > 1:
            earlier.add(met.get(person.uid, chunk.place))
            met[person.uid] = chunk.place
    chunk.after = sorted(earlier - {chunk.place})


def new_buildings(units: Iterable[UnitPlan]) -> list[str]:
    """The numbers of buildings that rows of the file would add."""
    return sorted({unit.key[0] for unit in units if unit.building is None and any(row.adds for row in unit.rows)})


def prepare(batch: ImportBatch) -> int:
    """What all chunks share and would make them wait for each other: new buildings, and the customer numbers of new persons as one
    block. Safe to repeat; returns how many chunks are left."""
    with transaction.atomic():
        # Two imports into one community make their buildings one after the other.
        Community.objects.select_for_update(no_key=True).get(pk=batch.community_id)
        add_buildings(batch, batch.report.get("new_buildings", []))
        left = ImportChunk.objects.filter(batch=batch, written_at=None)
        unnumbered = left.filter(first_number=None).select_for_update()
        wanted = ImportChunk.objects.filter(pk__in=[chunk.pk for chunk in unnumbered]).aggregate(Sum("people"))
        number = numbering.take("KH", count=wanted["people__sum"]) if wanted["people__sum"] else 1
        for chunk in unnumbered:
            chunk.first_number = number
            number += chunk.people
        ImportChunk.objects.bulk_update(unnumbered, ["first_number"])
        return left.count()


def add_buildings(batch: ImportBatch, numbers: Sequence[str]) -> dict[str, int]:
    """Number -> primary key of the buildings that did not stand yet."""
    known = set(
        Building.objects.filter(community=batch.community_id, number__in=numbers).values_list("number", flat=True)
    )
    made = [
        Building(community_id=batch.community_id, number=number, sort_key=building_sort_key(number))
        for number in sorted(set(numbers) - known)
    ]
    for building in made:
        building.save(force_insert=True)
    told = [(building, {"number": building.number}) for building in made]
    log.record_many(actions.BUILDING_ADDED, told, by=batch.created_by, batch=batch.uid)
    return {building.number: building.pk for building in made}


_READY = """
    SELECT id FROM owners_importchunk chunk WHERE batch_id = %s AND written_at IS NULL AND NOT EXISTS (
        SELECT FROM owners_importchunk earlier
        WHERE earlier.batch_id = chunk.batch_id AND earlier.written_at IS NULL AND earlier.place = ANY(chunk.after)
    ) ORDER BY place LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# The first one left waits for none: those it could wait for come before it.
_FIRST = (
    "SELECT id FROM owners_importchunk WHERE batch_id = %s AND written_at IS NULL ORDER BY place LIMIT 1 FOR UPDATE"
)


def take(batch: ImportBatch) -> ImportChunk | None:
    """The next chunk, ours until the transaction ends; None when all are written. Call it inside a transaction. When whatever is
    left is in somebody's hands, it waits for how that ends."""
    with connection.cursor() as cursor:
        while ImportChunk.objects.filter(batch=batch, written_at=None).exists():
            for statement in (_READY, _FIRST):
                cursor.execute(statement, [batch.pk])
                if found := cursor.fetchone():
                    return ImportChunk.objects.get(pk=found[0])
    return None


def finish(chunk: ImportChunk) -> None:
    chunk.written_at = timezone.now()
    chunk.save(update_fields=["written_at"])


def rows_left(batch: ImportBatch) -> int:
    """How many rows of the file are not written yet, for the progress bar."""
    left = ImportChunk.objects.filter(batch=batch, written_at=None)
    return left.aggregate(Sum("row_count"))["row_count__sum"] or 0
