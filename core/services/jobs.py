"""Background work: one row is job and outbox, written in the business transaction; the relay publishes it (SECURITY 1.1)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from core.actors import user_id
from core.errors import BusinessError
from core.log import declare, record
from core.models import Job, JobStatus

CANCELLED = declare("core.job.cancelled", _lazy("取消了后台任务"))
RESUMED = declare("core.job.resumed", _lazy("让后台任务再次运行"))


def enqueue(
    kind: str,
    *,
    by: Any,
    args: dict[str, Any] | None = None,
    title: str = "",
    dedup_key: str | None = None,
    visible: bool = True,
    community_id: int | None = None,
    next_at: datetime | None = None,
) -> Job:
    """Writes the job row of a task (`kind` is the task's name, `args` holds ids only). With a dedup key, the open job of that key
    is returned instead of a second one."""
    job = Job(
        kind=kind,
        args=args or {},
        title=title,
        dedup_key=dedup_key,
        visible=visible,
        community_id=community_id,
        created_by_id=user_id(by),
    )
    if next_at is not None:
        job.next_at = next_at
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        return Job.objects.get(dedup_key=dedup_key, status__in=[JobStatus.NEW, JobStatus.RUNNING])
    return job


@transaction.atomic
def cancel_job(job: Job, *, by: Any) -> Job:
    """Takes a job back that no worker has claimed yet."""
    changed = Job.objects.filter(pk=job.pk, status=JobStatus.NEW).update(status=JobStatus.CANCELLED, finished_at=Now())
    if not changed:
        raise BusinessError(_("任务已经开始，不能取消"), _("请等它结束"))
    job.refresh_from_db()
    record(CANCELLED, job, by=by)
    return job


@transaction.atomic
def withdraw_job(job: Job, *, by: Any) -> Job:
    """Ends an open job whose purpose is gone, also one that runs: its worker loses its hold and writes nothing more."""
    open_ = Job.objects.filter(pk=job.pk, status__in=[JobStatus.NEW, JobStatus.RUNNING])
    if open_.update(status=JobStatus.CANCELLED, finished_at=Now(), lease_until=None):
        record(CANCELLED, job, by=by)
    job.refresh_from_db()
    return job


def resume_job(job: Job, *, by: Any) -> Job:
    """Runs a failed job again from its beginning, an interrupted one (its lease is over) at once, before the sweep."""
    interrupted = Q(status=JobStatus.RUNNING, lease_until__lt=Now())
    again = {
        "published_at": None,
        "next_at": Now(),
        "lease_until": None,
        "attempts": 0,
        "error": "",
        "finished_at": None,
    }
    try:
        with transaction.atomic():
            rows = Job.objects.filter(Q(status=JobStatus.FAILED) | interrupted, pk=job.pk)
            if not rows.update(status=JobStatus.NEW, **again):
                raise BusinessError(_("任务正在进行或已经结束，不能再次运行"))
            record(RESUMED, job, by=by)
    except IntegrityError:
        raise BusinessError(_("同样的任务已经在进行"), _("请在任务中心查看")) from None
    job.refresh_from_db()
    return job
