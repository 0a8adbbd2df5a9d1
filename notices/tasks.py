"""Announcements in the background: deliveries written, messages sent, schedules kept, next channels taken."""

import threading
import time
from typing import Any

import structlog
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import BusinessError
from core.models import Job
from core.services import jobs
from core.tasks import JobResult, Progress, job_task
from notices.channels import registry
from notices.models import Notice
from notices.services import channels as channel_services
from notices.services import fallback, sending, staff
from notices.services.figures import refresh_read_counts
from notices.services.materialising import materialise
from notices.services.notices import MATERIALISE, expire_notice, publish_notice
from notices.states import Outcome, OwnerChannel, Status

logger = structlog.get_logger(__name__)

# A sender keeps one of the workers busy for so long at most, then lets others have their turn.
WINDOW_SECONDS = 300
THREADS = 4
LOOK_SECONDS = 1.0


@job_task(MATERIALISE)
def materialise_notice(job: Job, progress: Progress) -> JobResult:
    notice = Notice.objects.select_related("author", "notice_type").get(pk=job.args["notice"])
    materialise(notice, hold=progress.hold, tell=lambda done, total: progress(done, total, _("正在写入送达记录")))
    fallback.start_sending()
    words = {"title": notice.title, "households": f"{notice.household_count:,}", "persons": f"{notice.person_count:,}"}
    sentence = _("“%(title)s”发送给 %(households)s 户 / %(persons)s 人") % words
    data = {"households": notice.household_count, "persons": notice.person_count}
    return JobResult(notice.get_absolute_url(), sentence, data)


@job_task("notices.keep_schedule")
def keep_schedule(job: Job, progress: Progress) -> dict[str, int]:
    """Publishes what is due and ends what is over."""
    now, done = timezone.now(), {"published": 0, "expired": 0}
    for notice in Notice.objects.filter(status=Status.APPROVED, publish_at__lte=now).order_by("publish_at"):
        try:
            publish_notice(notice)
            done["published"] += 1
        except BusinessError as error:
            staff.tell_not_published(notice, error)
    for notice in Notice.objects.filter(status=Status.PUBLISHED, expires_at__lte=now):
        try:
            expire_notice(notice)
            done["expired"] += 1
        except BusinessError as error:  # withdrawn this moment
            logger.info("notice_not_expired", notice=notice.pk, why=error.sentence)
    return done


@job_task("notices.take_next_channel")
def take_next_channel(job: Job, progress: Progress) -> dict[str, int]:
    count = sum(fallback.fall_back(notice) for notice in fallback.notices_to_follow())
    if count:
        fallback.start_sending()
    return {"deliveries": count, "figures": refresh_read_counts(), "told": staff.tell_troubles()}


@job_task(staff.CARRY)
def carry_message(job: Job, progress: Progress) -> dict[str, list[str]]:
    """A message of the staff inbox by the other ways its reader has chosen."""
    return {"carried": staff.carry_item(job.args["item"], job.args["ways"], job.args.get("attempt", 1))}


@job_task("notices.purge_requests")
def purge_requests(job: Job, progress: Progress) -> dict[str, int]:
    return {"requests": channel_services.purge_requests()}


@job_task(fallback.SEND)
def send_deliveries(job: Job, progress: Progress) -> dict[str, int]:
    """Sends what is due on all channels, some threads on each; whatever is due after the window is left to a job of its own."""
    sent = _Count()
    deadline = time.monotonic() + WINDOW_SECONDS
    _before()
    while time.monotonic() < deadline:
        channels = [code for code in sending.due_channels() if code not in sent.broken]
        if not channels:
            break
        _run(channels, deadline, sent, progress)
    sending.follow_leads()
    sending.ask_about_unknown()
    if set(sending.due_channels()) - sent.broken:
        jobs.enqueue(fallback.SEND, by=sending.SYSTEM, dedup_key=f"{fallback.SEND}:{job.pk}", visible=False)
    return {"handed_over": sent.value}


def _before() -> None:
    sending.sweep()
    off = [code for code in OwnerChannel.values if code not in registry.enabled_codes() | {OwnerChannel.IN_APP}]
    sending.fail_disabled(off)


class _Count:
    """A number several threads add to, and the channels on which one of them failed: they wait for the next job."""

    def __init__(self) -> None:
        self.value, self.broken, self._lock = 0, set[str](), threading.Lock()

    def add(self) -> None:
        with self._lock:
            self.value += 1


def _run(channels: list[str], deadline: float, sent: _Count, progress: Progress) -> None:
    """One round: until every channel has run dry. The main thread keeps the job's lease meanwhile."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_work, args=(code, deadline, sent, stop), daemon=True)
        for code in channels
        for _place in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            threads[0].join(LOOK_SECONDS) if threads[0].is_alive() else time.sleep(0.05)
            progress(sent.value)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _work(code: str, deadline: float, sent: _Count, stop: threading.Event) -> None:
    try:
        channel: Any = registry.get(code)
        rate = float(getattr(channel, "rate", 0) or 0)
        while not stop.is_set() and time.monotonic() < deadline:
            began = time.monotonic()
            delivery = sending.deliver_next(code, channel)
            if delivery is None:
                return
            if delivery.status != Outcome.WAITING:
                sent.add()
            # Its share of the channel's rate: asked more slowly than the vendor allows, it is rarely told to wait.
            share = THREADS / rate if rate else 0.0
            stop.wait(max(0.0, share - (time.monotonic() - began)))
    except Exception:
        sent.broken.add(code)
        logger.exception("sender_failed", channel=code)
    finally:
        connection.close()
