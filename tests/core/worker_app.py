"""What the worker test's processes run: the product's Celery app, one task with a short lease, a relay that sweeps at once."""

import signal
import sys
import time
from datetime import timedelta

import django

django.setup()

from config.celery import app  # noqa: E402
from core import relay  # noqa: E402
from core.tasks.skeleton import job_task  # noqa: E402


@job_task("tests.slow_then_fast", lease=timedelta(seconds=2))
def slow_then_fast(job, progress):
    """The first attempt never ends by itself; it holds its lease by telling its progress."""
    while job.attempts == 1:
        progress(1, 10)
        time.sleep(0.2)
    return {"attempt": job.attempts}


if __name__ == "__main__" and sys.argv[1] == "relay":
    relay.REPUBLISH_ABANDONED = timedelta(seconds=1)
    loop = relay.Relay(app)
    signal.signal(signal.SIGTERM, lambda *_: loop.stop.set())
    loop.run()
