"""The services behind the import pages: upload, correct, confirm, undo, purge."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import log
from core.errors import BusinessError, OutOfScope
from core.excel.inspect import inspect_upload
from core.models import ImportMapping, Job, JobStatus
from core.services import jobs
from owners.importing import actions
from owners.importing.checking import KIND, PERMISSION
from owners.importing.columns import by_key, import_columns
from owners.models import ImportBatch, ImportMode, ImportRow, ImportStatus

CHECK, WRITE, UNDO = "owners.check_import", "owners.write_import", "owners.undo_import"
UNDO_WINDOW = timedelta(hours=24)
FILE_KEPT = timedelta(days=7)
BUSY = (ImportStatus.CHECKING, ImportStatus.WRITING, ImportStatus.UNDOING)


def require_place(user: Any, community: Any) -> None:
    """The whole community, or single buildings of it: rows elsewhere are told one by one."""
    scope = user.access.scope(PERMISSION)
    if scope.covers_community(community.pk) or community.pk in scope.building_community_ids:
        return
    raise OutOfScope(_("您没有在“%s”导入的权限") % community)


def start_import(community: Any, *, by: Any, file: Any, name: str, mode: str, queued: bool = True) -> ImportBatch:
    """Takes a file in and queues its check. The same file that is being worked on is not taken twice: that batch is returned."""
    require_place(by, community)
    digest = _digest(file)
    batch = ImportBatch(community=community, mode=mode, file_name=Path(name).name[-160:], sha256=digest, created_by=by)
    batch.file.save(f"imports/{batch.uid}{Path(name).suffix.lower()[:5]}", File(file), save=False)
    try:
        inspect_upload(batch.file.path)
        with transaction.atomic():
            batch.save(force_insert=True)
            log.record(
                actions.UPLOADED, batch, by=by, changes={"file": batch.file_name, "sha256": digest}, batch=batch.uid
            )
            if queued:
                queue(batch, CHECK, _("核对导入文件 %s") % batch.file_name, by)
    except IntegrityError:
        batch.file.delete(save=False)
        return ImportBatch.objects.get(community=community, sha256=digest, status__in=BUSY)
    except BaseException:
        batch.file.delete(save=False)
        raise
    return batch


def _digest(file: Any) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(1 << 20):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()


def queue(batch: ImportBatch, kind: str, title: str, by: Any) -> None:
    batch.job = jobs.enqueue(
        kind,
        by=by,
        args={"batch": batch.pk},
        title=title,
        dedup_key=f"{kind}:{batch.pk}",
        community_id=batch.community_id,
    )
    batch.save(update_fields=["job"])


def hold(batch: ImportBatch) -> ImportBatch:
    """The import as it is now, its job and itself locked, in the order of its worker: whose lease was over and who goes on all the
    same holds the job when it comes to the import."""
    while True:
        point = transaction.savepoint()
        job_id = ImportBatch.objects.values_list("job_id", flat=True).get(pk=batch.pk)
        list(Job.objects.select_for_update().filter(pk=job_id))
        held = ImportBatch.objects.select_for_update(of=("self",)).select_related("job", "community").get(pk=batch.pk)
        if held.job_id == job_id:
            transaction.savepoint_commit(point)
            return held
        transaction.savepoint_rollback(point)  # another step began in between


def not_now(batch: ImportBatch) -> BusinessError:
    batch.refresh_from_db()
    return BusinessError(_("这次导入现在是“%s”，不能这样做") % batch.get_status_display(), _("请刷新页面"))


def move(batch: ImportBatch, sources: tuple[str, ...], target: str) -> None:
    """Compare-and-swap of the status; two people cannot confirm the same import."""
    try:
        with transaction.atomic():
            moved = ImportBatch.objects.filter(pk=batch.pk, status__in=sources).update(status=target)
    except IntegrityError:
        raise BusinessError(_("同一份文件正在处理"), _("请在任务中心查看")) from None
    if not moved:
        raise not_now(batch)
    batch.refresh_from_db()


@transaction.atomic
def correct_mapping(
    batch: ImportBatch,
    *,
    by: Any,
    columns: dict[str, str],
    words: dict[str, dict[str, Any]],
    forget: bool = False,
    queued: bool = True,
) -> ImportBatch:
    """Remembers what the user corrected for this community and checks the file again. `columns` maps column letters of this file
    to keys ("" leaves a column out), `words` unknown words to dictionary values."""
    if not ImportBatch.objects.filter(pk=batch.pk, status=ImportStatus.PREVIEW).exists():
        raise not_now(batch)  # at once: the job of one that moves may be held for seconds
    hold(batch)
    move(batch, (ImportStatus.PREVIEW,), ImportStatus.CHECKING)
    if batch.job is not None:
        # The check that wrote the preview may not have ended yet. Asked for now, a job under the same key would be that one again,
        # which does nothing more.
        jobs.withdraw_job(batch.job, by=by)
    mapping, _new = ImportMapping.objects.select_for_update().get_or_create(kind=KIND, community_id=batch.community_id)
    if forget:
        mapping.columns, mapping.words = {}, {}
    known = by_key(import_columns())
    headers = {column["letter"]: column for column in batch.report.get("columns", [])}
    for letter, key in columns.items():
        found = headers.get(letter)
        if found is not None and key != found["key"] and (not key or key in known):
            mapping.columns[found["header"]] = key or None
    for key, pairs in words.items():
        column = known.get(key)
        if column is None or column.choices is None:
            continue
        values = {str(choice.value): choice.value for choice in column.choices()}
        chosen = {word: values[str(value)] for word, value in pairs.items() if str(value) in values}
        mapping.words.setdefault(key, {}).update(chosen)
    mapping.updated_at = timezone.now()
    mapping.save()
    if queued:
        queue(batch, CHECK, _("核对导入文件 %s") % batch.file_name, by)
    return batch


@transaction.atomic
def confirm_import(batch: ImportBatch, *, by: Any, mode: str, queued: bool = True) -> ImportBatch:
    """The preview was read: write it. 仅校验 ends here."""
    require_place(by, batch.community)
    if mode not in ImportMode.values:
        raise BusinessError(_("请选择写入方式"))
    if mode == ImportMode.CHECK:
        raise BusinessError(_("仅校验，不会写入"), _("要写入请改选“新增并更新”或“仅新增”"))
    move(batch, (ImportStatus.PREVIEW,), ImportStatus.WRITING)
    batch.mode = mode
    batch.save(update_fields=["mode"])
    log.record(actions.CONFIRMED, batch, by=by, changes={"mode": batch.get_mode_display()}, batch=batch.uid)
    if queued:
        queue(batch, WRITE, _("写入导入文件 %s") % batch.file_name, by)
    return batch


def may_undo(batch: ImportBatch) -> bool:
    return (
        batch.status == ImportStatus.DONE
        and batch.written_at is not None
        and timezone.now() - batch.written_at < UNDO_WINDOW
    )


@transaction.atomic
def queue_undo(batch: ImportBatch, *, by: Any) -> ImportBatch:
    require_place(by, batch.community)
    if not may_undo(batch):
        raise BusinessError(_("写入后 24 小时内才能撤销"))
    move(batch, (ImportStatus.DONE,), ImportStatus.UNDOING)
    queue(batch, UNDO, _("撤销导入 %s") % batch.file_name, by)
    return batch


def purge_imports() -> dict[str, int]:
    """Files go after seven days, values of rows when the undo window has closed: personal data that nobody needs any more."""
    now = timezone.now()
    dead = Q(status=ImportStatus.CHECKING) & (
        Q(job__isnull=True) | Q(job__status__in=[JobStatus.FAILED, JobStatus.CANCELLED])
    )
    left = ImportBatch.objects.filter(dead, created_at__lt=now - FILE_KEPT)
    ImportBatch.objects.filter(pk__in=list(left.values_list("pk", flat=True))).update(status=ImportStatus.DISCARDED)
    files = 0
    for batch in ImportBatch.objects.exclude(file="").filter(created_at__lt=now - FILE_KEPT).exclude(status__in=BUSY):
        batch.file.delete(save=True)
        files += 1
    closed = ImportBatch.objects.filter(
        written_at__lt=now - UNDO_WINDOW, status__in=[ImportStatus.DONE, ImportStatus.UNDONE]
    )
    # Given up above: what an earlier check of such a file had found is left over from its preview.
    left_behind = [ImportStatus.PREVIEW, ImportStatus.REFUSED, ImportStatus.DISCARDED]
    stale = ImportBatch.objects.filter(created_at__lt=now - FILE_KEPT, status__in=left_behind)
    rows = ImportRow.objects.filter(batch__in=closed | stale).exclude(payload="").update(payload="")
    stale.exclude(status=ImportStatus.DISCARDED).update(status=ImportStatus.DISCARDED)
    return {"files": files, "rows": rows}
