"""Job step 2: the confirmed rows go into the database, chunk by chunk.

Each chunk is one transaction that holds the job's row, so that nobody else can have it, and moves the checkpoint: a worker that
is killed leaves whole chunks, and the next one goes on behind them. Every chunk is judged again against the database of now;
rows for which the answer is no longer the one that was confirmed come back as errors.
"""

import marshal
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import log
from owners.importing import actions, payload
from owners.importing.checking import Progress, collecting_later, ground_of, judge
from owners.importing.chunk import ChunkWriter, Pair
from owners.importing.columns import import_columns
from owners.importing.ground import Ground
from owners.importing.labels import Labels
from owners.importing.parallel import Side
from owners.importing.plans import FileRow
from owners.importing.preparing import Prepared, SealedRow, received, serve
from owners.importing.problems import Blame
from owners.models import ImportBatch, ImportMode, ImportRow, ImportStatus

_ATTEMPTS = 5
_RETRIED = ("40P01", "40001", "23505")  # deadlock, serialisation, somebody was first


def write(batch: ImportBatch, progress: Progress) -> ImportBatch:
    """Writes what is left of a confirmed batch and closes it."""
    ends: list[int] = batch.report["chunks"]
    ground = ground_of(batch, _blame(batch))
    outcomes = ["added"] if batch.mode == ImportMode.ADD else ["added", "changed"]
    total = batch.row_count
    labels = Labels()
    with collecting_later(), Side(serve) as side:
        chunks = Chunks(side, batch, ends, outcomes)
        for place in range(batch.checkpoint, len(ends)):
            _write_chunk(batch, ground, labels, chunks, place, progress)
            progress(min(total, (place + 1) * total // len(ends)), total, _("写入"))
    return _finish(batch)


def _blame(batch: ImportBatch) -> Blame:
    letters = {column["key"]: column["letter"] for column in batch.report["columns"] if column["key"]}
    return Blame(letters, {column.key: column.title for column in import_columns()})


class Chunks:
    """Prepared chunks in their order; the other process works one ahead of the one being written."""

    def __init__(self, side: Side, batch: ImportBatch, ends: list[int], outcomes: list[str]) -> None:
        self.side = side
        self.ends = ends
        self.batch = batch
        self.outcomes = outcomes
        self.asked: dict[int, bool] = {}
        self.ready: dict[int, list[Prepared]] = {}

    def ask(self, place: int) -> None:
        """Hands a chunk to the other process. Reads the database: not while something else is under way there."""
        if place >= len(self.ends) or place in self.asked:
            return
        rows = _sealed(self.batch, self.ends, place, self.outcomes)
        self.asked[place] = bool(rows)
        if rows:
            self.side.connection.send_bytes(marshal.dumps(rows))

    def take(self, place: int) -> list[Prepared]:
        if place not in self.ready:
            self.ask(place)
            self.ready[place] = received(self.side.connection.recv_bytes()) if self.asked[place] else []
        return self.ready.pop(place)

    def look_ahead(self, place: int) -> None:
        """Takes the next chunk off the pipe if it is there by now."""
        if self.asked.get(place) and place not in self.ready and self.side.connection.poll():
            self.ready[place] = received(self.side.connection.recv_bytes())


def _sealed(batch: ImportBatch, ends: list[int], place: int, outcomes: list[str]) -> list[SealedRow]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, number, uid::text, payload FROM owners_importrow"
            " WHERE batch_id = %s AND id > %s AND id <= %s AND outcome = ANY(%s) ORDER BY id",
            [batch.pk, ends[place - 1] if place else 0, ends[place], outcomes],
        )
        return cursor.fetchall()


def _write_chunk(
    batch: ImportBatch, ground: Ground, labels: Labels, chunks: Chunks, place: int, progress: Progress
) -> None:
    prepared = chunks.take(place)
    chunks.ask(place + 1)
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # A crash of the database may lose the last chunks; their checkpoint is lost with them.
                cursor.execute("SET LOCAL synchronous_commit = off")
                cursor.execute("SET LOCAL statement_timeout = 0")
                cursor.execute("SET LOCAL gin_pending_list_limit = '256MB'")
                progress.hold()
                if prepared:
                    _write_rows(cursor, batch, ground, labels, prepared, lambda: chunks.look_ahead(place + 1))
                _advance(cursor, batch, place)
            batch.checkpoint = place + 1
            return
        except (DatabaseError, psycopg.Error) as problem:  # COPY raises the driver's own
            cause = problem if isinstance(problem, psycopg.Error) else problem.__cause__
            if attempt == _ATTEMPTS or getattr(cause, "sqlstate", "") not in _RETRIED:
                raise
            time.sleep(0.05 * attempt)


def _write_rows(
    cursor: Any,
    batch: ImportBatch,
    ground: Ground,
    labels: Labels,
    prepared: Sequence[Prepared],
    meanwhile: Callable[[], None],
) -> None:
    rows = [_file_row(item) for item in prepared]
    units = judge(batch, ground, rows, lock=True)
    if batch.mode == ImportMode.ADD:
        for row in rows:
            row.sets = {}
    pairs: list[Pair] = []
    moved: list[Pair] = []
    for item, row in zip(prepared, rows, strict=True):
        (pairs if _as_confirmed(item, row, batch.mode) else moved).append((item, row))
    if moved:
        # Decide again without them: what they would have made must not be counted on.
        _return_rows(moved)
        if pairs:
            _write_rows(cursor, batch, ground, labels, [item for item, _row in pairs], meanwhile)
        return
    ChunkWriter(cursor, batch, labels, units).write(pairs, meanwhile)
    for row in rows:
        row.unit = row.person = None  # rows and their plans point at each other, and nobody collects in between


def _file_row(item: Prepared) -> FileRow:
    kept = item.stored
    row = FileRow(kept.number, dict(kept.values), kept.room)
    row.uid, row.name_key = kept.uid, kept.values.get("name", "") if kept.uid else ""
    row.id_index, row.digests = item.id_index, item.digests
    return row


def _as_confirmed(item: Prepared, row: FileRow, mode: str) -> bool:
    kept = item.stored
    if row.errors:
        return False
    unit_id = row.unit.fact.id if row.unit and row.unit.fact else 0
    tenure_id = row.tenure.id if row.tenure else 0
    if (unit_id, tenure_id) != (kept.unit_id, kept.tenure_id):
        return False
    fact = row.person.fact if row.person else None
    if fact is not None and fact.uid != kept.uid:
        return False
    if kept.owner_id and fact is None:
        return False
    return mode == ImportMode.ADD or payload.packed_sets(row) == kept.sets


def _return_rows(moved: Sequence[tuple[Prepared, FileRow]]) -> None:
    """Rows whose ground has moved since the preview become errors of the result."""
    for item, row in moved:
        error = row.errors[0] if row.errors else None
        problem = {
            "column": error.column_letter if error else "", "header": error.header if error else "", "shown": "",
            "reason": error.reason if error else _("核对之后，这套房屋或这位住户已被他人改动"),
            "fix": error.fix if error else _("请重新上传这一行"), "kind": _("核对之后有改动"),
        }  # fmt: skip
        ImportRow.objects.filter(pk=item.pk).update(outcome=ImportRow.Outcome.ERROR, problems=[problem], payload="")


def _advance(cursor: Any, batch: ImportBatch, place: int) -> None:
    cursor.execute(
        "UPDATE owners_importbatch SET checkpoint = %s WHERE id = %s AND checkpoint = %s AND status = %s",
        [place + 1, batch.pk, place, ImportStatus.WRITING],
    )
    if cursor.rowcount != 1:
        raise RuntimeError("another worker has gone past this chunk")


def _finish(batch: ImportBatch) -> ImportBatch:
    """Counts as they came out, the log entry of the whole and the bell."""
    with transaction.atomic():
        count_outcomes(batch)
        batch.status, batch.written_at = ImportStatus.DONE, timezone.now()
        batch.save(update_fields=["added", "changed", "unchanged", "errors", "status", "written_at"])
        changes = {name: getattr(batch, name) for name in ("added", "changed", "unchanged", "errors")}
        log.record(actions.FINISHED, batch, by=batch.created_by, changes=changes, batch=batch.uid)
    return batch


def count_outcomes(batch: ImportBatch) -> None:
    """Rows by outcome; with 仅新增 what would change is skipped and counts as unchanged."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, count(*) FROM owners_importrow WHERE batch_id = %s GROUP BY outcome", [batch.pk]
        )
        counts = dict(cursor.fetchall())
    batch.added, batch.errors = counts.get("added", 0), counts.get("error", 0)
    batch.changed, batch.unchanged = counts.get("changed", 0), counts.get("unchanged", 0)
    if batch.mode == ImportMode.ADD:
        batch.changed, batch.unchanged = 0, batch.unchanged + batch.changed
