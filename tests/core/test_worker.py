"""A real worker and a real relay on a real broker: a killed process loses no job, and no job runs for ever (SECURITY F2, F4)."""

import os
import signal

import pytest

from core.actors import SYSTEM
from core.models import Heartbeat, Job
from core.services.jobs import enqueue
from tests.support.processes import end, start, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def worker(broker):
    options = ("--concurrency", "1", "--without-gossip", "--without-mingle")
    return start("celery", "-A", "tests.core.worker_app", "worker", *options, broker=broker)


@pytest.fixture
def processes():
    started = []
    yield started
    for process in started:
        end(process)


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
