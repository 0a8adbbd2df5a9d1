"""Laying finished orders aside, in the background."""

from core.models import Job
from core.tasks import Progress, job_task
from workorders.services.archiving import archive_ready


@job_task("workorders.archive_orders")
def archive_orders(job: Job, progress: Progress) -> dict[str, int]:
    return {"archived": archive_ready()}
