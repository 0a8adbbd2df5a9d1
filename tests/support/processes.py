"""The product's own background processes beside a test: a real worker and a real relay on the test's database and broker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.conf import settings
from django.db import connection

Found = TypeVar("Found")
WORKER = ("celery", "-A", "config.celery", "worker", "--concurrency", "1", "--without-gossip", "--without-mingle")


def start(*command: str, broker: str) -> subprocess.Popen:
    """`python -m command`, connected to the same test database with the same role."""
    role = connection.settings_dict
    address = f"postgresql://{role['USER']}:{role['PASSWORD']}@{role['HOST']}:{role['PORT']}/{role['NAME']}"
    environment = os.environ | {
        "DATABASE_URL": address,
        "REDIS_URL": broker,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def background(broker: str) -> Iterator[None]:
    """Worker and relay while the block runs."""
    processes = [start(*WORKER, broker=broker), start("tests.support.relay", broker=broker)]
    try:
        yield
    finally:
        for process in processes:
            end(process)


def wait_for(condition: Callable[[], Found], seconds: float = 60) -> Found:
    """The first true answer; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("nothing happened in time")
