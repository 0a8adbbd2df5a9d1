from core.models import Job
from core.tasks import Progress, job_task
from notices.services import channels


@job_task("notices.purge_requests")
def purge_requests(job: Job, progress: Progress) -> dict[str, int]:
    return {"requests": channels.purge_requests()}
