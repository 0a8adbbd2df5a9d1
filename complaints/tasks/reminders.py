"""Deadlines that tell, in the background: those of cases, of what others have promised, and of what was to be improved after them."""

from dataclasses import asdict

from complaints.services import escalations, improvements, promises
from core.models import Job
from core.tasks import Progress, job_task


@job_task("complaints.send_reminders")
def send_complaint_reminders(job: Job, progress: Progress) -> dict[str, int]:
    told = asdict(escalations.send_reminders(hold=progress.hold))
    return told | {
        "improvements": improvements.send_reminders(hold=progress.hold).steps,
        "promises": promises.send_reminders(hold=progress.hold),
    }
