"""What makes a job run once although its message may be delivered twice, late, or to a process that is killed.

The message carries the job's id. A worker claims the row by compare-and-swap: one more attempt, a lease, a new fencing number.
Whoever comes second finds the lease taken and leaves. A worker that lost its lease (killed, frozen, cut off) finds another
fencing number on the row and cannot write any more: `progress` raises LostLease and the finish is dropped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import Any

import structlog
from celery import shared_task
from django.db import transaction
from django.db.models import DurationField, F, Q, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from core import context, inbox_kinds
from core.errors import BusinessError
from core.models import InboxItem, Job, JobStatus
from core.services.inbox import notify

logger = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
LEASE = timedelta(seconds=120)
# A progress bar is read by people; two writes a second are plenty.
PROGRESS_SECONDS = 0.5
RETRY_SECONDS = (5, 30, 120)


class LostLease(Exception):
    """Another worker has taken the job over; this one must stop without writing anything more."""


@dataclass
class JobResult:
    """What a task may return: where the result stands, the sentence for the inbox, figures for the task page."""

    url: str = ""
    sentence: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    lease: timedelta
    max_attempts: int


class Progress:
    """Given to every task. `progress(done, total, message)` moves the bar and renews the lease, `progress.hold()` locks the job
    row inside the task's own transaction, so that a chunk commits only while the lease is still ours."""

    def __init__(self, job: Job, terms: Terms) -> None:
        self.job = job
        self.terms = terms
        self._written = 0.0

    def __call__(self, done: int, total: int = 0, message: str = "") -> None:
        now = time.monotonic()
        last = bool(total) and done >= total
        if not last and now - self._written < PROGRESS_SECONDS:
            return
        self._written = now
        values: dict[str, Any] = {
            "progress_done": done,
            "progress_total": total,
            "lease_until": _until(self.terms.lease),
        }
        if message:
            values["message"] = message[:200]
        if not _held(self.job).update(**values):
            raise LostLease(self.job.pk)

    def hold(self) -> None:
        """Call it first in a chunk's transaction; raises LostLease when another worker has the job."""
        if not _held(self.job).select_for_update().values_list("pk", flat=True):
            raise LostLease(self.job.pk)


Work = Callable[[Job, Progress], Any]


def job_task(name: str, *, lease: timedelta = LEASE, max_attempts: int = MAX_ATTEMPTS) -> Callable[[Work], Any]:
    """Makes `function(job, progress)` the Celery task `name`. It returns None, a dict (kept as result) or a JobResult; a
    BusinessError fails the job with its sentence, any other exception is tried again up to `max_attempts`."""
    terms = Terms(lease, max_attempts)

    def wrap(function: Work) -> Any:
        @shared_task(name=name)
        @wraps(function)
        def run(job_id: int) -> None:
            execute(job_id, function, terms)

        return run

    return wrap


def execute(job_id: int, function: Work, terms: Terms) -> None:
    """Claim, run, finish. Quiet when there is nothing to claim: a duplicate delivery is no error."""
    job = claim(job_id, terms)
    if job is None:
        return
    with context.facts(context.RequestFacts(request_id=f"job:{job.pk}")):
        try:
            outcome = function(job, Progress(job, terms))
        except LostLease:
            logger.warning("job_lease_lost", job=job.pk, kind=job.kind)
        except BusinessError as error:
            _fail(job, f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}")
        except Exception:
            logger.exception("job_failed", job=job.pk, kind=job.kind, attempt=job.attempts)
            _try_again(job, terms)
        else:
            _finish(job, outcome)


def claim(job_id: int, terms: Terms) -> Job | None:
    """Takes the lease, or returns None. The row lock is waited for, not skipped: the relay holds it while it publishes, and a
    message that arrives before the relay's commit would otherwise find nothing to do."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
    with transaction.atomic():
        job = (
            Job.objects.select_for_update()
            .filter(free, pk=job_id, status__in=[JobStatus.NEW, JobStatus.RUNNING])
            .first()
        )
        if job is None:
            return None
        if job.attempts >= terms.max_attempts:
            _fail(job, _("多次中断后停止，没有完成。请稍后重试，仍不成功请联系系统管理员"))
            return None
        Job.objects.filter(pk=job.pk).update(
            status=JobStatus.RUNNING,
            attempts=F("attempts") + 1,
            fence=F("fence") + 1,
            lease_until=_until(terms.lease),
            started_at=Coalesce("started_at", Now()),
        )
        job.refresh_from_db()
    return job


def _until(lease: timedelta) -> Any:
    """The database's clock decides, not the worker's."""
    return Now() + Value(lease, output_field=DurationField())


def _held(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, fence=job.fence, status__in=[JobStatus.NEW, JobStatus.RUNNING])


@transaction.atomic
def _finish(job: Job, outcome: Any) -> bool:
    result = outcome if isinstance(outcome, JobResult) else JobResult(data=outcome or {})
    url = result.url or job.result_url
    values = {"result": result.data, "result_url": url, "error": "", "status": JobStatus.DONE}
    if not _held(job).update(finished_at=Now(), lease_until=None, **values):
        return False
    _tell(job, result.sentence or _("%(title)s已完成") % {"title": job}, InboxItem.Level.DONE, url)
    return True


@transaction.atomic
def _fail(job: Job, sentence: str) -> bool:
    values = {"error": sentence[:500], "status": JobStatus.FAILED}
    if not _held(job).update(finished_at=Now(), lease_until=None, **values):
        return False
    _tell(job, _("%(title)s没有完成：%(why)s") % {"title": job, "why": sentence}, InboxItem.Level.WARNING, "")
    return True


def _try_again(job: Job, terms: Terms) -> None:
    if job.attempts >= terms.max_attempts:
        _fail(job, _("系统出错，没有完成。请稍后重试，仍不成功请把任务编号 %(id)s 告诉系统管理员") % {"id": job.pk})
        return
    wait = timedelta(seconds=RETRY_SECONDS[min(job.attempts, len(RETRY_SECONDS)) - 1])
    _held(job).update(status=JobStatus.NEW, lease_until=None, published_at=None, next_at=_until(wait))


def _tell(job: Job, sentence: str, level: str, url: str) -> None:
    if job.visible and job.created_by is not None:
        notify(
            job.created_by,
            sentence,
            url=url or job.get_absolute_url(),
            level=level,
            dedup_key=f"job:{job.pk}:{job.fence}",
            kind=inbox_kinds.JOB.code,
        )
