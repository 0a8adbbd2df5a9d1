"""A complaint of few stars, in the background."""

from complaints.services.low_ratings import RAISE, raise_from_rating
from core.models import Job
from core.tasks import Progress, job_task


@job_task(RAISE)
def raise_complaint(job: Job, progress: Progress) -> dict[str, str]:
    case = raise_from_rating(job.args["rating"])
    return {"complaint": case.number if case else ""}
