"""Announcements to the whole city: how long publishing takes, what it and the sending do to the pages of others, and the board.

The product's own worker and relay do the work. Pages are asked idle and busy in turns, because the machine is not quiet by itself.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.bench.pages import Asked, Client, Samples
from tests.bench.processes import BASE_DIR
from tests.bench.report import Report, p95

TURNS, TURN_SECONDS = 4, 12.0
RATE = 50
MOST_SECONDS = 180.0
WORKER = (
    "-m",
    "celery",
    "-A",
    "config.celery:app",
    "worker",
    "--loglevel",
    "ERROR",
    "--without-gossip",
    "--without-mingle",
)
PAGES = ("unit list", "owner list")


class Pages:
    """The two lists, asked in turns over one connection."""

    def __init__(self, port: int, session: str, token: str, samples: Samples) -> None:
        self.client = Client(port, session, token)
        self.asked: dict[str, list[Asked]] = {"unit list": list(samples.lists), "owner list": list(samples.owner_lists)}
        self.at = 0

    def ask(self, times: dict[str, list[float]], seconds: float, until: "Done | None" = None) -> None:
        self.client.connection.close()  # the server has closed it when nobody asked for a while
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until is not None and until()):
            self.at += 1
            for name, paths in self.asked.items():
                times[name].append(self.client.seconds(paths[self.at % len(paths)]))


class Done:
    """Whether a job has ended; looked up once in a while only."""

    def __init__(self, job: int) -> None:
        self.job, self.looked = job, 0.0

    def __call__(self) -> bool:
        from core.models import Job

        if time.monotonic() - self.looked < 0.5:
            return False
        self.looked = time.monotonic()
        return not Job.objects.open().filter(pk=self.job).exists()


@contextmanager
def _child(*words: str, **environment: str) -> Iterator[subprocess.Popen]:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "CHANNEL_HOSTS": "127.0.0.1"} | environment
    process = subprocess.Popen(
        [sys.executable, *words], cwd=BASE_DIR, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGCONT)
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def measure(report: Report, port: int, session: str, token: str, samples: Samples) -> None:
    _forget()
    pages = Pages(port, session, token, samples)
    pages.ask(_times(), 3)  # only warms up
    with _child("-m", "tests.bench.vendor") as vendor, _child("manage.py", "run_relay"):
        assert vendor.stdout is not None
        _set_up(int(vendor.stdout.readline()))
        with _child(*WORKER, CHANNEL_TIMEOUT_SECONDS="60") as worker:
            _publishing(report, pages)
            _sending(report, pages, worker)
    _board(report, pages)


def _times() -> dict[str, list[float]]:
    return {name: [] for name in PAGES}


def _publishing(report: Report, pages: Pages) -> None:
    """In-app only, so that nothing is sent afterwards; the first time nobody asks for pages."""
    notice = _publish("in_app")
    _wait(Done(notice[1]))
    seconds, rows = _taken(notice)
    report.add("notices: publishing to the city, alone", seconds, "s", at_most=60, beside=f"{rows:,} deliveries")
    idle, busy = _times(), _times()
    for _turn in range(2):
        pages.ask(idle, TURN_SECONDS)
        notice = _publish("in_app")
        pages.ask(busy, MOST_SECONDS, Done(notice[1]))
        report.add("notices: publishing beside pages asked without a pause", _taken(notice)[0], "s", at_most=60)
    pages.ask(idle, TURN_SECONDS)
    _compare(report, "publishing", idle, busy)


def _sending(report: Report, pages: Pages, worker: subprocess.Popen) -> None:
    """The worker is halted and let go on in turns."""
    from notices.models import Delivery

    notice, job = _publish("sms")
    _wait(Done(job))
    time.sleep(3)
    idle, busy, sent, busy_seconds = _times(), _times(), 0, 0.0
    rows = Delivery.objects.filter(source_type="notices.notice", source_id=notice, status="sent")
    for _turn in range(TURNS):
        os.killpg(worker.pid, signal.SIGSTOP)
        time.sleep(1)  # the statements it has left with the database end
        pages.ask(idle, TURN_SECONDS)
        before, began = rows.count(), time.monotonic()
        os.killpg(worker.pid, signal.SIGCONT)
        pages.ask(busy, TURN_SECONDS)
        busy_seconds += time.monotonic() - began
        sent += rows.count() - before
    report.add(
        "notices: sending, messages a second", sent / busy_seconds, "1/s", beside=f"the channel's rate is {RATE}"
    )
    _compare(report, "sending", idle, busy)


def _compare(report: Report, what: str, idle: dict[str, list[float]], busy: dict[str, list[float]]) -> None:
    for name in PAGES:
        quiet, loud = p95(idle[name]), p95(busy[name])
        beside = f"{loud:.0f} ms against {quiet:.0f} idle, {len(busy[name])} and {len(idle[name])} requests"
        report.add(f"notices: {name} while {what}, p95 times idle", loud / quiet, "x", at_most=1.5, beside=beside)


def _board(report: Report, pages: Pages) -> None:
    """Two announcements: to the owners of all households, about 200,000 deliveries; and to everybody in them."""
    from django.contrib.auth import get_user_model

    from notices.models import Delivery, Notice
    from notices.queries import board
    from tests.bench.world import USER

    user = get_user_model().objects.get(username=USER)
    for notice in (
        Notice.objects.filter(channels=["sms"]).latest("pk"),
        Notice.objects.filter(channels=["in_app"]).latest("pk"),
    ):
        count = Delivery.objects.filter(source_type="notices.notice", source_id=notice.pk).count()
        times = [_timed(lambda notice=notice: board.board(notice, user)) for _ in range(22)][2:]
        at_most = 200 if notice.channels == ["sms"] else None
        report.add(f"notices: board over {count:,} deliveries alone, p95", p95(times), "ms", at_most=at_most)
        pages.client.connection.close()
        asked = [pages.client.seconds(Asked(notice.get_absolute_url())) for _ in range(22)][2:]
        report.add("notices: the page with this board, p95", p95(asked), "ms")


def _timed(act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _forget() -> None:
    """What an earlier run has written; as the owner, because the table is emptied at once. No other announcements stand here."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("TRUNCATE notices_delivery")
        connection.execute("DELETE FROM owners_timelineentry WHERE source_type = 'notices.notice'")
        connection.execute("UPDATE core_job SET status = 'cancelled' WHERE status IN ('new', 'running')")
        connection.execute("VACUUM (ANALYZE) owners_timelineentry")


def _set_up(port: int) -> None:
    import json
    from decimal import Decimal

    from notices.models import ChannelSetting

    ChannelSetting.objects.filter(channel="sms").update(enabled=False)
    ChannelSetting.objects.filter(code="sms_gateway").update(
        enabled=True, base_url=f"http://127.0.0.1:{port}", rate_per_second=Decimal(RATE), secrets="",
        options={"path": "/", "success_path": "code", "success_values": "0", "id_path": "id"},
        templates=json.loads('{"notice": {"text": "{community}：{title}，详情{url}", "code": "1"}}'),
    )  # fmt: skip


def _publish(channel: str) -> tuple[int, int]:
    """(announcement, job). Urgent, because a benchmark may run at night."""
    from django.contrib.auth import get_user_model

    from core.models import DictItem, Job
    from notices.models import AudienceRule, Notice
    from notices.services.notices import create_notice, publish_urgently
    from properties.models import Community
    from tests.bench.world import USER

    user = get_user_model().objects.get(username=USER)
    notice: Notice = create_notice(
        by=user, communities=Community.objects.all(), title="Benchmark", body="Benchmark", urgency="urgent",
        notice_type=DictItem.objects.of("notice_type").get(code="reminder"), channels=[channel],
    )  # fmt: skip
    AudienceRule.objects.create(notice=notice, kind="all")
    if channel == "sms":
        AudienceRule.objects.create(notice=notice, kind="role", role="owner")
    publish_urgently(notice, by=user, reason="benchmark")
    return notice.pk, Job.objects.get(kind="notices.materialise", args__notice=notice.pk).pk


def _wait(done: Done) -> None:
    end = time.monotonic() + MOST_SECONDS
    while not done():
        if time.monotonic() > end:
            raise RuntimeError("the job did not end")
        time.sleep(0.2)


def _taken(notice: tuple[int, int]) -> tuple[float, int]:
    """(seconds of the job, deliveries written)."""
    from core.models import Job
    from notices.models import Delivery

    job = Job.objects.get(pk=notice[1])
    if job.status != "done" or job.started_at is None or job.finished_at is None:
        raise RuntimeError(f"publishing ended as {job.status}: {job.error}")
    count = Delivery.objects.filter(source_type="notices.notice", source_id=notice[0]).count()
    return (job.finished_at - job.started_at).total_seconds(), count
