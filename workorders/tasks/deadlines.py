"""What follows from a change of the working calendar, in the background."""

from core.models import Job
from core.tasks import Progress, job_task
from workorders.services.deadlines import RECOMPUTE, recompute_all


@job_task(RECOMPUTE)
def recompute_deadlines(job: Job, progress: Progress) -> dict[str, int]:
    return {"moved": recompute_all(job.args["communities"], tell=progress)}
