"""The clock: beat sends `core.tick` every minute; whatever is due becomes a job row, once per slot however many beats run."""

from datetime import datetime, timedelta

from celery import shared_task
from django.core.management import call_command
from django.db import connection, transaction

from core import periodic
from core.actors import SYSTEM
from core.models import Job, JobSlot, JobStatus
from core.services import attachments, dictionary_merging, drafts, heartbeat, jobs, links
from core.tasks.skeleton import Progress, job_task

KEEP_JOBS = timedelta(days=30)
KEEP_SLOTS = timedelta(days=40)


@shared_task(name="core.tick")
def tick() -> int:
    """Not a job itself: it writes the jobs. Its own run shows that beat and a worker are alive."""
    heartbeat.beat("beat")
    now = database_now()
    return sum(_start(entry, entry.slot(now)) for entry in periodic.entries())


def database_now() -> datetime:
    """Schedules follow the database's clock: a worker whose clock jumps must not fire a storm of slots."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now


@transaction.atomic
def _start(entry: periodic.Entry, slot: datetime) -> bool:
    """Takes the slot and writes its job in one transaction; the unique key lets only one scheduler through."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_jobslot (name, slot) VALUES (%s, %s) ON CONFLICT (name, slot) DO NOTHING",
            [entry.name, slot],
        )
        if not cursor.rowcount:
            return False
    jobs.enqueue(entry.kind, by=SYSTEM, dedup_key=f"periodic:{entry.name}", visible=False, title=entry.name)
    return True


@job_task("core.purge_expired")
def purge_expired(job: Job, progress: Progress) -> dict[str, int]:
    """Deletes what has served its time. Every part is small and idempotent."""
    now = database_now()
    done = {
        "drafts": drafts.purge_expired(),
        "attachments": attachments.purge_expired(),
        "links": links.purge_expired(),
        "merges": dictionary_merging.purge_expired(),
        "slots": JobSlot.objects.filter(slot__lt=now - KEEP_SLOTS).delete()[0],
        "buckets": _idle_buckets(),
        "jobs": Job.objects.filter(visible=False, status=JobStatus.DONE, finished_at__lt=now - KEEP_JOBS).delete()[0],
    }
    call_command("clearsessions")
    return done


def _idle_buckets() -> int:
    """A bucket untouched for two days is full again, whatever its rate."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_ratebucket WHERE at < now() - interval '2 days'")
        return int(cursor.rowcount)


periodic.every("core.purge_expired", kind="core.purge_expired", seconds=3600)
