"""What an import holds while it writes, taken in the one order of all writers (docs/architecture.md, Locks)."""

from collections.abc import Sequence
from typing import Any

from owners.importing import actions
from owners.importing.preparing import Prepared
from owners.models import ImportBatch, ImportChunk, Owner
from owners.services import care

_UNITS = "properties.unit", [actions.UNIT_ADDED, actions.UNIT_CHANGED]
_OWNERS = "owners.owner", [actions.OWNER_ADDED, actions.OWNER_CHANGED]
_TENURES = "owners.tenure", [actions.TENURE_ADDED, actions.TENURE_CHANGED]


def hold_chunk(chunk: ImportChunk, prepared: Sequence[Prepared]) -> None:
    """Call it before a chunk is judged: the units and persons that were found when the file was checked, and every other unit of these
    persons, since its care mark may follow. Those who are not among them were not there then: their rows come back as errors and
    nothing of them is written."""
    rows = [item.stored for item in prepared]
    owner_ids = {row.owner_id for row in rows if row.owner_id}
    if chunk.after:
        # Persons whom an earlier chunk has made: they stand under the uid that the check gave them.
        uids = {row.uid for row in rows if row.uid and not row.owner_id}
        owner_ids.update(Owner.objects.filter(uid__in=uids).values_list("pk", flat=True))
    care.hold_households(owner_ids, {row.unit_id for row in rows if row.unit_id})


def hold_written(cursor: Any, batch: ImportBatch) -> None:
    """The same for all that an import has made or changed, before any of it is taken back."""
    unit_ids, owner_ids = _told(cursor, batch, *_UNITS), _told(cursor, batch, *_OWNERS)
    tenure_ids = list(_told(cursor, batch, *_TENURES))
    cursor.execute("SELECT unit_id, owner_id FROM owners_tenure WHERE id = ANY(%s)", [tenure_ids])
    for unit_id, owner_id in cursor.fetchall():
        unit_ids.add(unit_id)
        owner_ids.add(owner_id)
    care.hold_households(owner_ids, unit_ids)


def _told(cursor: Any, batch: ImportBatch, kind: str, acts: list[str]) -> set[int]:
    """The objects of a kind that the log of a batch speaks of."""
    cursor.execute(
        "SELECT object_id FROM core_logentry WHERE batch = %s AND object_type = %s AND action = ANY(%s)",
        [batch.uid, kind, acts],
    )
    return {row[0] for row in cursor.fetchall()}
