"""The ways out of an import that does not go on: take up again what stopped, or give it up while nothing is written."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BusinessError
from core.queries.jobs import is_interrupted
from core.services import jobs
from owners.importing import actions
from owners.importing.batches import BUSY, CHECK, UNDO, WRITE, hold, move, queue, require_place
from owners.models import ImportBatch, ImportChunk, ImportStatus

# Until the first row is written.
UNWRITTEN = (ImportStatus.CHECKING, ImportStatus.PREVIEW, ImportStatus.REFUSED)
_STEPS = {
    ImportStatus.CHECKING: (CHECK, lazy("核对导入文件 %s")),
    ImportStatus.WRITING: (WRITE, lazy("写入导入文件 %s")),
    ImportStatus.UNDOING: (UNDO, lazy("撤销导入 %s")),
}


def is_stopped(batch: ImportBatch) -> bool:
    """Should be moving and is not: its job failed, was cancelled, is gone, or lost its worker."""
    return batch.status in BUSY and (batch.job is None or not batch.job.is_open or is_interrupted(batch.job))


def may_discard(batch: ImportBatch) -> bool:
    return batch.status in UNWRITTEN


@transaction.atomic
def retry_import(batch: ImportBatch, *, by: Any) -> ImportBatch:
    """Runs the step again that stopped. Checking begins anew, writing goes on behind the last chunk, undoing is whole or nothing."""
    require_place(by, batch.community)
    if not is_stopped(batch):
        raise _still_moving(batch)  # at once: the job of one that moves is held for as long as a chunk takes
    batch = hold(batch)
    if not is_stopped(batch):
        raise _still_moving(batch)
    if batch.status == ImportStatus.CHECKING and not batch.file:
        raise BusinessError(_("原文件已经删除，不能重新核对"), _("请放弃后重新上传"))
    if batch.job is not None:
        jobs.withdraw_job(batch.job, by=by)
    kind, title = _STEPS[ImportStatus(batch.status)]
    queue(batch, kind, str(title) % batch.file_name, by)
    log.record(actions.RETRIED, batch, by=by, changes={"status": batch.get_status_display()}, batch=batch.uid)
    return batch


def _still_moving(batch: ImportBatch) -> BusinessError:
    return BusinessError(_("这次导入没有停下，现在是“%s”") % batch.get_status_display(), _("请刷新页面"))


@transaction.atomic
def discard_import(batch: ImportBatch, *, by: Any) -> ImportBatch:
    """Nothing was written; the file goes at once. A check that still runs loses its job first: it writes no preview any more."""
    if batch.job is not None and batch.status == ImportStatus.CHECKING:
        jobs.withdraw_job(batch.job, by=by)
    move(batch, UNWRITTEN, ImportStatus.DISCARDED)
    batch.rows.all().delete()
    ImportChunk.objects.filter(batch=batch).delete()
    log.record(actions.DISCARDED, batch, by=by, batch=batch.uid)
    transaction.on_commit(lambda: batch.file.delete(save=True))
    return batch
