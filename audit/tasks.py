from django.utils import timezone

from audit.services import calendar_reminders, sessions
from core.models import Job
from core.tasks import Progress, job_task
from core.tasks.periodic import database_now


@job_task("audit.purge_sessions")
def purge_sessions(job: Job, progress: Progress) -> dict[str, int]:
    return {"sessions": sessions.purge_sessions()}


@job_task("audit.check_calendars")
def check_calendars(job: Job, progress: Progress) -> dict[str, int]:
    today = timezone.localdate(database_now())
    return {"missing": calendar_reminders.remind_of_missing_year(today)}
