"""What the task centre shows about a job."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Job, JobStatus
from core.models.jobs import JOB_COLOURS
from core.queries.heartbeat import last_beats

# Three missed beats: then somebody should look.
SILENT_SECONDS = 180


def with_creator(rows: models.QuerySet) -> models.QuerySet:
    return rows.select_related("created_by")


def is_interrupted(job: Job) -> bool:
    """Its worker is gone: running by the row, but the lease is over."""
    return job.status == JobStatus.RUNNING and job.lease_until is not None and job.lease_until < timezone.now()


def left_text(job: Job) -> str:
    """约剩 40 秒, from the pace so far; nothing before the first tenth is done."""
    begun = job.progress_done and job.progress_done * 10 >= job.progress_total
    if job.status != JobStatus.RUNNING or job.started_at is None or not begun:
        return ""
    passed = (timezone.now() - job.started_at).total_seconds()
    seconds = int(passed / job.progress_done * (job.progress_total - job.progress_done))
    if seconds < 60:
        return _("约剩 %(n)d 秒") % {"n": max(seconds, 1)}
    return _("约剩 %(n)d 分钟") % {"n": -(-seconds // 60)}


def progress_facts(job: Job, poll_url: str) -> dict[str, Any]:
    """The context of components/_job_progress.html."""
    interrupted = is_interrupted(job)
    word = _("已中断") if interrupted else job.get_status_display()
    return {
        "id": job.pk,
        "title": str(job),
        "done_text": f"{job.progress_done:,}",
        "total_text": f"{job.progress_total:,}" if job.progress_total else "",
        "percent": job.percent,
        "running": job.is_open,
        "status": {"word": word, "colour": "orange" if interrupted else JOB_COLOURS[JobStatus(job.status)]},
        "message": _("执行进程中断，稍后自动继续")
        if interrupted
        else ("" if job.status == JobStatus.DONE else job.message or (_("排队中") if job.is_open else "")),
        "left_text": "" if interrupted else left_text(job),
        "result_url": job.result_url if job.status == JobStatus.DONE else "",
        "error": job.error,
        "poll_url": poll_url,
    }


def silent_processes() -> list[str]:
    """Background processes without a sign of life; the task centre says so, since nothing moves without them."""
    beats, now = last_beats(), timezone.now()
    names = {"relay": _("任务发送（relay）"), "beat": _("定时与执行（beat、worker）")}
    return [
        word
        for name, word in names.items()
        if name not in beats or (now - beats[name]).total_seconds() > SILENT_SECONDS
    ]
