"""What waits for somebody, as the frame of every page shows it."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.models import InboxItem, Job, JobStatus

# The bell says 99+ from here on; a supervisor on holiday comes back to ten thousand, and they would be counted for every page.
MOST = 99
# Written out, because it runs on every page and saying it to the ORM takes longer than answering it.
_WAITING = f"""
SELECT (SELECT count(*) FROM (SELECT FROM {InboxItem._meta.db_table} WHERE user_id = %(user)s AND read_at IS NULL LIMIT {MOST + 1}) AS unread),
       job.id, job.title, job.kind, job.progress_done, job.progress_total
  FROM (SELECT 1) AS always
  LEFT JOIN LATERAL (
       SELECT * FROM {Job._meta.db_table}
        WHERE created_by_id = %(user)s AND visible AND status IN (%(new)s, %(running)s)
        ORDER BY id DESC LIMIT 1) AS job ON true
"""  # noqa: S608  names of tables, values are parameters


@dataclass(frozen=True)
class Waiting:
    """`unread` messages (MOST + 1 stands for all above), and the newest own job still open as {title, percent, url}, or None."""

    unread: int
    job: dict[str, Any] | None


def waiting(user_id: int) -> Waiting:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"user": user_id, "new": JobStatus.NEW.value, "running": JobStatus.RUNNING.value})
        unread, pk, title, kind, done, total = cursor.fetchone()
    if pk is None:
        return Waiting(unread, None)
    job = Job(pk=pk, title=title, kind=kind, status=JobStatus.RUNNING, progress_done=done, progress_total=total)
    return Waiting(unread, {"title": title, "percent": job.percent, "url": job.get_absolute_url()})
