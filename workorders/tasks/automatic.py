"""Dispatch by itself, in the background."""

from core.models import Job
from core.tasks import Progress, job_task
from workorders.services.automatic import dispatch_waiting


@job_task("workorders.auto_dispatch")
def auto_dispatch(job: Job, progress: Progress) -> dict[str, int]:
    report = dispatch_waiting()
    return {"sent": len(report.sent), "left": len(report.left)}
