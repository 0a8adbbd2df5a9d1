"""A pytest plugin, loaded before Django's settings: gives the run its servers.

`make test` brings a cluster along and stops it. Called by hand (`python -m pytest tests/owners`), the same cluster in
var/test is started and left running, so that the next call begins at once; `python -m config.embedded stop --var var/test`
ends it.
"""

import contextlib
import gc
import itertools
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import template

BASE_DIR = Path(__file__).resolve().parent.parent
_TEMPLATE = pytest.StashKey[subprocess.Popen]()


def _provide_servers() -> None:
    from config import embedded
    from config.keys import demo_keys

    os.environ.setdefault("MULIN_VAR", str(BASE_DIR / "var" / "test"))
    var = os.environ["MULIN_VAR"]
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        for name, value in embedded.start(var, test=True).environment().items():
            os.environ.setdefault(name, value)
    demo_keys(var)
    Path(var, "static").mkdir(exist_ok=True)  # whitenoise warns about a missing one, and warnings are errors here


def _own_broker_database() -> None:
    """Every xdist worker gets a Redis database of its own: gw0 -> 1, gw1 -> 2. The settings must not have been read yet."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker.startswith("gw"):
        place, _, _ = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{place}/{int(worker.removeprefix('gw')) + 1}"


os.environ["MULIN_ENV"] = "demo"
os.environ.pop("MULIN_DB_ROLE", None)
# Playwright drives an event loop in the tests' own thread; Django must not take its presence for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
_provide_servers()
_own_broker_database()


def pytest_configure(config: Any) -> None:
    """Where tests are spread over workers, these copy one migrated database. A single process migrates its own when a test needs it."""
    if getattr(config.option, "numprocesses", None) and not config.option.collectonly:
        config.stash[_TEMPLATE] = template.begin(Path(os.environ["MULIN_VAR"]), BASE_DIR)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is imported here stays until the end: looking through it for garbage, now or during the tests, would find none."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: Any, items: list[pytest.Item]) -> None:
    """Every worker begins with its share of the long tests: drawn last, one of them leaves the other workers idle until it ends.

    Each worker gets an equal run of consecutive tests first (worksteal), so the long ones are dealt to the beginnings of these runs.
    A database that is kept is emptied by Django, which wants such tests to come last.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1 or config.option.reuse_db:
        return
    long = [
        item for item in items if "live_server" in getattr(item, "fixturenames", ()) or item.get_closest_marker("slow")
    ]
    shares = [len(items) * (worker + 1) // workers - len(items) * worker // workers for worker in range(workers)]
    dealt = [long[worker::workers][:share] for worker, share in enumerate(shares)]
    first = set(itertools.chain(*dealt))
    rest = iter([item for item in items if item not in first])
    ordered: list[pytest.Item] = []
    for begins, share in zip(dealt, shares, strict=True):
        ordered += [*begins, *itertools.islice(rest, share - len(begins))]
    items[:] = ordered


def pytest_unconfigure(config: Any) -> None:
    if making := config.stash.get(_TEMPLATE, None):
        making.terminate()
        making.wait()
        with contextlib.suppress(Exception):  # it is made anew next time
            template.drop()
