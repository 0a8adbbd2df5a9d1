"""Taking an import back: whole or not at all, within 24 hours, while nobody has touched what it wrote.

What was made and changed is known from the operation log, whose entries carry the batch; what it was like before stands in the
rows. Somebody has touched a thing when the log has a later entry about it, or when anything else points at it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import log
from core.errors import BusinessError
from owners.importing import actions
from owners.importing.changing import write_values
from owners.importing.checking import Progress
from owners.importing.locking import hold_written
from owners.importing.payload import open_row, stored
from owners.models import (
    EmergencyContact,
    ImportBatch,
    ImportMode,
    ImportRow,
    ImportStatus,
    Owner,
    OwnerPhone,
    Tenure,
    TimelineEntry,
    Vehicle,
)
from owners.services import care
from owners.services.derived import refresh_owner
from properties.models import Building, Unit, UnitMark

# Child before parent.
_MADE: tuple[tuple[type[models.Model], str], ...] = (
    (Vehicle, actions.VEHICLE_ADDED), (Tenure, actions.TENURE_ADDED), (Owner, actions.OWNER_ADDED), (Unit, actions.UNIT_ADDED),
    (Building, actions.BUILDING_ADDED),
)  # fmt: skip
_ACTION_OF = dict(_MADE)
_MINE = "SELECT object_id FROM core_logentry WHERE batch = %s AND action = %s"


@dataclass(frozen=True)
class Blocker:
    """Why an import cannot be taken back: what, how many, and the first few to look at."""

    label: str
    count: int
    examples: list[str]


def blockers(batch: ImportBatch) -> list[Blocker]:
    with connection.cursor() as cursor:
        return [*_touched(cursor, batch), *_pointed_at(cursor, batch)]


def _touched(cursor: Any, batch: ImportBatch) -> Iterator[Blocker]:
    """Later log entries about what the import made or changed; looking at a number is not touching it."""
    looks = [code for code, action in log.declared().items() if action.sensitive]
    cursor.execute(
        """
        SELECT mine.object_type, count(*), (array_agg(mine.object_label ORDER BY mine.object_id))[1:3] FROM (
            SELECT object_type, object_id, max(id) AS id, max(object_label) AS object_label FROM core_logentry
            WHERE batch = %s AND action = ANY(%s) GROUP BY object_type, object_id
        ) mine WHERE EXISTS (
            SELECT FROM core_logentry later WHERE later.object_type = mine.object_type AND later.object_id = mine.object_id
            AND later.id > mine.id AND later.batch IS DISTINCT FROM %s AND NOT later.action = ANY(%s)
        ) GROUP BY mine.object_type ORDER BY mine.object_type
        """,
        [batch.uid, [*actions.ADDING, *actions.CHANGING], batch.uid, looks],
    )
    names = {
        "properties.unit": _("房屋"),
        "owners.owner": _("住户"),
        "owners.tenure": _("人房关系"),
        "owners.vehicle": _("车辆"),
    }
    for kind, count, labels in cursor.fetchall():
        yield Blocker(_("%s已有后来的改动") % names.get(kind, _("楼栋")), count, labels)


def _pointed_at(cursor: Any, batch: ImportBatch) -> Iterator[Blocker]:
    """Rows of any floor that hang on what the import made and were not made by it."""
    for model, action in _MADE:
        for relation in model._meta.related_objects:
            table, column = _where_it_points_from(relation)
            own, parameters = _own(relation.related_model, batch)
            cursor.execute(
                f"SELECT count(*) FROM {table} r WHERE r.{column} IN ({_MINE}) {own}",  # noqa: S608  names of our own models
                [batch.uid, action, *parameters],
            )
            if count := cursor.fetchone()[0]:
                yield Blocker(str(relation.related_model._meta.verbose_name), count, [])


def _where_it_points_from(relation: Any) -> tuple[str, str]:
    """Table and column of a relation; of one between many and many the table in between."""
    if relation.many_to_many:
        return relation.through._meta.db_table, relation.field.m2m_reverse_name()
    return relation.related_model._meta.db_table, relation.field.column


def _own(model: type[models.Model], batch: ImportBatch) -> tuple[str, list[Any]]:
    """The condition that leaves out what the import itself wrote into a table."""
    if model in _ACTION_OF:
        return f"AND r.id NOT IN ({_MINE})", [batch.uid, _ACTION_OF[model]]
    # Telephones and contacts belong to their person; a line of the timeline only tells what a log entry or another row proves.
    if model is UnitMark:
        return "AND r.source <> %s", [care.SOURCE]  # follows from the tenures that are judged themselves
    return ("AND false", []) if model in (OwnerPhone, EmergencyContact, TimelineEntry) else ("", [])


def undo(batch: ImportBatch, *, by: Any, progress: Progress) -> ImportBatch:
    """Removes what was made, restores what was changed; raises BusinessError and leaves all as it is when something is in the way."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            progress.hold()
            cursor.execute("SET LOCAL statement_timeout = 0")
            hold_written(cursor, batch)
            if found := blockers(batch):
                told = "；".join(f"{blocker.label} {blocker.count}" for blocker in found)
                raise BusinessError(_("不能整批撤销：%s") % told, _("请逐条处理"))
            _restore(cursor, batch)
            _remove(cursor, batch)
            batch.status, batch.undone_at = ImportStatus.UNDONE, timezone.now()
            batch.save(update_fields=["status", "undone_at"])
            log.record(
                actions.UNDONE, batch, by=by, changes={"added": batch.added, "changed": batch.changed}, batch=batch.uid
            )
    except (BusinessError, IntegrityError) as problem:
        ImportBatch.objects.filter(pk=batch.pk, status=ImportStatus.UNDOING).update(status=ImportStatus.DONE)
        if isinstance(problem, BusinessError):
            raise
        raise BusinessError(_("不能整批撤销：写入之后又有新的记录"), _("请逐条处理")) from problem
    return batch


def _restore(cursor: Any, batch: ImportBatch) -> None:
    """Old values back into what was changed, from the rows that changed it."""
    owners = set()
    if batch.mode != ImportMode.ADD:
        rows = ImportRow.objects.filter(batch=batch).exclude(payload="").order_by("id")
        with connection.cursor() as reading:
            reading.execute(*_sql(rows))
            sealed = reading.fetchall()
        changes = []
        for number, uid, cipher in sealed:
            row = stored(number, open_row(uid, cipher))
            for part, sets in row.sets.items():
                pk = {"unit": row.unit_id, "owner": row.owner_id, "tenure": row.tenure_id}[part]
                changes.append((part, pk, row.uid, {key: pair[0] for key, pair in sets.items()}))
            if row.owner_id:
                owners.add(row.owner_id)
        write_values(cursor, changes)
    _log_again(cursor, batch, actions.OBJECT_RESTORED, actions.CHANGING)
    batch.touched_owner_ids = sorted(owners)  # type: ignore[attr-defined]


def _sql(rows: models.QuerySet) -> tuple[str, tuple]:
    return rows.values_list("number", "uid", "payload").query.sql_with_params()


def _remove(cursor: Any, batch: ImportBatch) -> None:
    cursor.execute(
        "DELETE FROM owners_timelineentry WHERE source_type = 'owners.importbatch' AND source_id = %s", [batch.pk]
    )
    cursor.execute(
        f"DELETE FROM properties_unitmark WHERE source = %s AND unit_id IN ({_MINE})",  # noqa: S608
        [care.SOURCE, batch.uid, actions.UNIT_ADDED],
    )
    cursor.execute(
        f"SELECT DISTINCT unit_id FROM owners_tenure WHERE id IN ({_MINE})",  # noqa: S608
        [batch.uid, actions.TENURE_ADDED],
    )
    unit_ids = {row[0] for row in cursor.fetchall()}
    for model, action in _MADE:
        if model is Owner:
            for table in ("owners_ownerphone", "owners_emergencycontact"):
                cursor.execute(f"DELETE FROM {table} WHERE owner_id IN ({_MINE})", [batch.uid, action])  # noqa: S608
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id IN ({_MINE})", [batch.uid, action])  # noqa: S608
    _log_again(cursor, batch, actions.OBJECT_REMOVED, actions.ADDING)
    owner_ids = getattr(batch, "touched_owner_ids", ())
    refresh_owner(owner_ids)
    care.refresh_care(Unit.objects.filter(pk__in=unit_ids).values_list("pk", flat=True))


def _log_again(cursor: Any, batch: ImportBatch, action: str, of: tuple[str, ...]) -> None:
    """One entry for every object taken back, beside the one that tells of its making."""
    cursor.execute(
        """
        INSERT INTO core_logentry (action, actor_type, actor_id, actor_label, object_type, object_id, object_label, community_id,
                                   changes, reason, request_id, batch)
        SELECT %s, actor_type, actor_id, actor_label, object_type, object_id, object_label, community_id, '{}', '', '', batch
        FROM core_logentry WHERE batch = %s AND action = ANY(%s) ORDER BY id
        """,
        [action, batch.uid, list(of)],
    )
