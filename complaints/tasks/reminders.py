"""Deadlines that tell, in the background."""

from dataclasses import asdict

from complaints.services.escalations import send_reminders
from core.models import Job
from core.tasks import Progress, job_task


@job_task("complaints.send_reminders")
def send_complaint_reminders(job: Job, progress: Progress) -> dict[str, int]:
    return asdict(send_reminders(hold=progress.hold))
