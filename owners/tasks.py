"""Background work of the owners floor: the steps of an import and the estate export."""

from typing import Any

from django.utils.translation import gettext as _

from core.models import Job
from core.tasks import JobResult, Progress, job_task
from owners.exporting import export_job
from owners.importing import batches, checking, undoing, writing
from owners.merging import REFRESH_CARE
from owners.models import ImportBatch, ImportStatus
from owners.services import care, portrait


def _batch(job: Job) -> ImportBatch:
    return ImportBatch.objects.select_related("community", "created_by").get(pk=job.args["batch"])


@job_task(batches.CHECK)
def check_import(job: Job, progress: Progress) -> JobResult | None:
    batch = _batch(job)
    if batch.status != ImportStatus.CHECKING:
        return None  # a second delivery after the first one finished
    checking.check(batch, progress)
    if batch.status == ImportStatus.REFUSED:
        return JobResult(
            batch.get_absolute_url(), _("%(file)s 未能读取：%(why)s") % {"file": batch, "why": batch.refusal}
        )
    return JobResult(batch.get_absolute_url(), _sentence(_("%(file)s 已核对"), batch), _counts(batch))


@job_task(batches.WRITE)
def write_import(job: Job, progress: Progress) -> JobResult | None:
    batch = _batch(job)
    if batch.status != ImportStatus.WRITING:
        return None
    writing.write(batch, progress)
    return JobResult(batch.get_absolute_url(), _sentence(_("%(file)s 已写入"), batch), _counts(batch))


@job_task(batches.UNDO)
def undo_import(job: Job, progress: Progress) -> JobResult | None:
    batch = _batch(job)
    if batch.status != ImportStatus.UNDOING:
        return None
    undoing.undo(batch, by=job.created_by, progress=progress)
    return JobResult(batch.get_absolute_url(), _("%s 的导入已撤销") % batch)


@job_task("owners.purge_imports")
def purge_imports(job: Job, progress: Progress) -> dict[str, int]:
    return batches.purge_imports()


@job_task("owners.expire_tags")
def expire_tags(job: Job, progress: Progress) -> dict[str, int]:
    return {"expired": portrait.expire_tags(), "marks": care.refresh_care()}


@job_task(REFRESH_CARE)
def refresh_care(job: Job, progress: Progress) -> dict[str, int]:
    """After a tag became, or ceased to be, one that marks care."""
    return {"marks": care.refresh_care()}


@job_task("owners.export_estate")
def export_estate(job: Job, progress: Progress) -> JobResult:
    return export_job(job, progress)


def _counts(batch: ImportBatch) -> dict[str, Any]:
    return {name: getattr(batch, name) for name in ("added", "changed", "unchanged", "errors")}


def _sentence(beginning: str, batch: ImportBatch) -> str:
    counts = _("：新增 %(added)d，更新 %(changed)d，不变 %(unchanged)d，错误 %(errors)d") % _counts(batch)
    return beginning % {"file": batch} + counts
