"""Background work: one row is job and outbox, written in the business transaction; the relay publishes it (SECURITY 1.1)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.actors import user_id
from core.errors import BusinessError
from core.models import Job, JobStatus


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


def cancel_job(job: Job, *, by: Any) -> Job:
    """Takes a job back that no worker has claimed yet."""
    changed = Job.objects.filter(pk=job.pk, status=JobStatus.NEW).update(status=JobStatus.CANCELLED)
    if not changed:
        raise BusinessError(_("任务已经开始，不能取消"))
    job.refresh_from_db()
    return job
