"""Background work of the owners floor: the steps of an import and the estate export."""

import tempfile
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import OutOfScope
from core.models import Job
from core.services.attachments import store_result
from core.tasks import JobResult, Progress, job_task
from owners.exporting import KEEP, export_job
from owners.importing import batches, checking, error_rows, undoing, writing
from owners.merging import REFRESH_CARE
from owners.models import ImportBatch, ImportStatus
from owners.queries.imports import visible_batches
from owners.services import call_plans, call_rounds, care, corrections, portrait, sign_in


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


@job_task(error_rows.ERRORS)
def write_import_errors(job: Job, progress: Progress) -> JobResult:
    """Rights are those of the moment it runs; the file goes with the others after 72 hours."""
    user: Any = job.created_by  # asked for by a person on the page
    batch = visible_batches(user).filter(pk=job.args["batch"]).first()
    if batch is None:
        raise OutOfScope(_("您已没有查看这次导入的权限"))
    progress(0, 0, _("读取文件"))
    with tempfile.TemporaryDirectory(prefix="mulin-errors-") as folder:
        path = error_rows.write_errors(batch, folder, by=user)
        kept = store_result(job, path, error_rows.file_name(batch), by=user, expires_at=timezone.now() + KEEP)
    url = reverse("core:attachment_download", args=[kept.uid])
    sentence = _("%(file)s 的错误行已生成，文件保留 72 小时") % {"file": batch}
    return JobResult(url, sentence, {"rows": batch.errors})


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


@job_task(sign_in.SEND_CODE)
def send_login_code(job: Job, progress: Progress) -> dict[str, int]:
    """The code itself is made in the worker and leaves it only towards the phone."""
    return {"made": int(bool(sign_in.carry_code(job.args["code"])))}


@job_task("owners.purge_sign_in")
def purge_sign_in(job: Job, progress: Progress) -> dict[str, int]:
    return sign_in.purge()


@job_task("owners.forget_corrections")
def forget_corrections(job: Job, progress: Progress) -> dict[str, int]:
    return {"forgotten": corrections.forget_values()}


@job_task(call_plans.BEGIN)
def begin_call_rounds(job: Job, progress: Progress) -> dict[str, int]:
    return call_rounds.begin_due_rounds()


@job_task("owners.export_estate")
def export_estate(job: Job, progress: Progress) -> JobResult:
    return export_job(job, progress)


def _counts(batch: ImportBatch) -> dict[str, Any]:
    return {name: getattr(batch, name) for name in ("added", "changed", "unchanged", "errors")}


def _sentence(beginning: str, batch: ImportBatch) -> str:
    counts = _("：新增 %(added)d，更新 %(changed)d，不变 %(unchanged)d，错误 %(errors)d") % _counts(batch)
    return beginning % {"file": batch} + counts
