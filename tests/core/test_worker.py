"""A real worker and a real relay on a real broker: a killed process loses no job, and no job runs for ever (SECURITY F2, F4)."""

import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from core.actors import SYSTEM
from core.models import Heartbeat, Job
from core.services.jobs import enqueue

pytestmark = pytest.mark.django_db(transaction=True)


def start(*command, broker):
    role = connection.settings_dict
    address = f"postgresql://{role['USER']}:{role['PASSWORD']}@{role['HOST']}:{role['PORT']}/{role['NAME']}"
    environment = os.environ | {"DATABASE_URL": address, "REDIS_URL": broker, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def worker(broker):
    options = ("--concurrency", "1", "--without-gossip", "--without-mingle")
    return start("celery", "-A", "tests.core.worker_app", "worker", *options, broker=broker)


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("nothing happened in time")


@pytest.fixture
def processes():
    started = []
    yield started
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def state(job):
    job.refresh_from_db()
    return job.status


def test_killed_worker_loses_nothing(broker, processes):
    relay = start("tests.core.worker_app", "relay", broker=broker)
    first = worker(broker)
    processes += [relay, first]
    job = enqueue("tests.slow_then_fast", by=SYSTEM, title="慢任务")
    wait_for(lambda: state(job) == "running")
    os.killpg(first.pid, signal.SIGKILL)
    processes.append(worker(broker))
    wait_for(lambda: state(job) == "done")
    assert (job.attempts, job.result) == (2, {"attempt": 2})
    assert Heartbeat.objects.filter(name="relay").exists()
    relay.send_signal(signal.SIGTERM)
    assert relay.wait(5) == 0
    assert Job.objects.count() == 1
