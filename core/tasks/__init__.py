"""Celery tasks and the skeleton every task of the house is built on (SECURITY 1.1).

Apps write `@job_task("owners.import_rows")` over `function(job, progress)` in their own tasks.py and start it with
`core.services.jobs.enqueue`. The modules imported last register core's own tasks when Celery discovers this package.
"""

from core.tasks.skeleton import JobResult, LostLease, Progress, job_task

__all__ = ["JobResult", "LostLease", "Progress", "job_task"]

from core.tasks import dictionary, exports, periodic  # noqa: F401
