"""What follows from a change of the working calendar, in the background."""

from complaints.services.deadlines import RECOMPUTE, recompute_all
from core.models import Job
from core.tasks import Progress, job_task


@job_task(RECOMPUTE)
def recompute_deadlines(job: Job, progress: Progress) -> dict[str, int]:
    return {"moved": recompute_all(job.args["communities"], tell=progress)}
