"""Deadlines that tell, in the background."""

from dataclasses import asdict

from core.models import Job
from core.tasks import Progress, job_task
from workorders.services.escalations import send_overdue_reminders


@job_task("workorders.send_overdue_reminders")
def send_reminders(job: Job, progress: Progress) -> dict[str, int]:
    return asdict(send_overdue_reminders(hold=progress.hold))
