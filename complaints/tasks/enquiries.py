"""Conversations, in the background."""

from complaints.services import telling
from core.models import Job
from core.tasks import Progress, job_task


@job_task("complaints.tell_enquiries")
def tell_enquiries(job: Job, progress: Progress) -> dict[str, int]:
    return {
        "owners": telling.tell_away_owners(hold=progress.hold),
        "overdue": telling.tell_overdue(hold=progress.hold),
    }


@job_task("complaints.end_silent_enquiries")
def end_silent(job: Job, progress: Progress) -> dict[str, int]:
    return {"ended": telling.end_silent(hold=progress.hold)}
