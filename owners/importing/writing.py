"""Job step 2: the confirmed rows go into the database, chunk by chunk, by two processes when there are many.

Each chunk is one transaction that also marks it as written: a worker that is killed leaves whole chunks, and the next one goes on
with the rest. Every chunk is judged again against the database of now; rows for which the answer is no longer the one that was
confirmed come back as errors.
"""

import logging
import threading
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

import psycopg
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import log
from owners.importing import actions, chunks, payload
from owners.importing.checking import Progress, Quietly, collecting_later, ground_of, judge
from owners.importing.chunk import ChunkWriter, Pair
from owners.importing.columns import import_columns
from owners.importing.labels import Labels
from owners.importing.locking import hold_chunk
from owners.importing.parallel import Side
from owners.importing.plans import FileRow
from owners.importing.preparing import Prepared, Preparer
from owners.importing.problems import Blame
from owners.models import ImportBatch, ImportChunk, ImportMode, ImportRow, ImportStatus

logger = logging.getLogger(__name__)
_ATTEMPTS = 5
_RETRIED = ("40P01", "40001", "23505")  # deadlock, serialisation, somebody was first


def write(batch: ImportBatch, progress: Progress) -> ImportBatch:
    """Writes what is left of a confirmed batch and closes it."""
    with collecting_later():
        if chunks.prepare(batch) > 1 and _may_fork():
            with Side(lambda pipe: _help(batch, pipe)) as side:
                _write_all(batch, progress)
                if problem := side.failure():  # what it left undone has been done here
                    logger.warning("the second process of import %s gave up: %r", batch.uid, problem)
        else:
            _write_all(batch, progress)
    return _finish(batch, progress)


def _may_fork() -> bool:
    """Not inside a transaction, which the other process could not see, and not beside other threads of a server, whose locks would
    stay closed in the copy for good. Workers and commands run their work in the main thread."""
    return not connection.in_atomic_block and threading.current_thread() is threading.main_thread()


def _write_all(batch: ImportBatch, progress: Progress) -> None:
    writer, total = Writer(batch, progress), batch.row_count
    while writer.write_next():
        progress(total - chunks.rows_left(batch), total, _("写入"))


def _help(batch: ImportBatch, pipe: Connection) -> None:
    """The second process: it stops when the first one is gone, which closes the pipe."""
    writer = Writer(batch, Quietly())
    while not pipe.poll() and writer.write_next():
        pass


class Writer:
    """One process that writes chunks over its own connection."""

    def __init__(self, batch: ImportBatch, progress: Progress) -> None:
        self.batch, self.progress = batch, progress
        letters = {column["key"]: column["letter"] for column in batch.report["columns"] if column["key"]}
        self.ground = ground_of(batch, Blame(letters, {column.key: column.title for column in import_columns()}))
        self.labels, self.preparer = Labels(), Preparer()
        self.outcomes = ["added"] if batch.mode == ImportMode.ADD else ["added", "changed"]

    def write_next(self) -> bool:
        """Writes the next chunk; False when none is left. Begins anew when somebody else was first."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._write_chunk()
            except (DatabaseError, psycopg.Error) as problem:  # COPY raises the driver's own
                cause = problem if isinstance(problem, psycopg.Error) else problem.__cause__
                if attempt == _ATTEMPTS or getattr(cause, "sqlstate", "") not in _RETRIED:
                    raise
                time.sleep(0.05 * attempt)
        return False

    def _write_chunk(self) -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            # A crash of the database may lose the last chunks; that they were written is lost with them.
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL gin_pending_list_limit = '256MB'")
            self.progress.hold()
            chunk = chunks.take(self.batch)
            if chunk is None:
                return False
            prepared = [self.preparer.prepared(*row) for row in self._sealed(cursor, chunk)]
            if prepared:
                hold_chunk(chunk, prepared)
                self._write_rows(cursor, chunk, prepared)
            chunks.finish(chunk)
        return True

    def _sealed(self, cursor: Any, chunk: ImportChunk) -> list[tuple[int, int, str, str]]:
        """id, number, uid, ciphertext of the rows that are to be written."""
        cursor.execute(
            "SELECT id, number, uid::text, payload FROM owners_importrow"
            " WHERE batch_id = %s AND id BETWEEN %s AND %s AND outcome = ANY(%s) ORDER BY id",
            [self.batch.pk, chunk.first_row, chunk.last_row, self.outcomes],
        )
        rows: list[tuple[int, int, str, str]] = cursor.fetchall()
        return rows

    def _write_rows(self, cursor: Any, chunk: ImportChunk, prepared: Sequence[Prepared]) -> None:
        rows = [_file_row(item) for item in prepared]
        units = judge(self.batch, self.ground, rows)
        if self.batch.mode == ImportMode.ADD:
            for row in rows:
                row.sets = {}
        pairs: list[Pair] = []
        moved: list[Pair] = []
        for item, row in zip(prepared, rows, strict=True):
            (pairs if _as_confirmed(item, row, self.batch.mode) else moved).append((item, row))
        if moved:
            # Decide again without them: what they would have made must not be counted on.
            _return_rows(moved)
            if pairs:
                self._write_rows(cursor, chunk, [item for item, _row in pairs])
            return
        ChunkWriter(cursor, self.batch, self.labels, units).write(pairs, chunk.first_number or 1)
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


def _finish(batch: ImportBatch, progress: Progress) -> ImportBatch:
    """Counts as they came out, the log entry of the whole and the bell."""
    with transaction.atomic():
        progress.hold()
        if not ImportBatch.objects.filter(pk=batch.pk, status=ImportStatus.WRITING).update(status=ImportStatus.DONE):
            raise RuntimeError("another worker has closed this import")
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
