from audit.services import sessions
from core.models import Job
from core.tasks import Progress, job_task


@job_task("audit.purge_sessions")
def purge_sessions(job: Job, progress: Progress) -> dict[str, int]:
    return {"sessions": sessions.purge_sessions()}
