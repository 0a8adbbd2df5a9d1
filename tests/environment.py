"""A pytest plugin, loaded before Django's settings: gives the run its servers.

`make test` brings a cluster along and stops it. Called by hand (`python -m pytest tests/owners`), the same cluster in
var/test is started and left running, so that the next call begins at once; `python -m config.embedded stop --var var/test`
ends it.
"""

import contextlib
import gc
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


def pytest_unconfigure(config: Any) -> None:
    if making := config.stash.get(_TEMPLATE, None):
        making.terminate()
        making.wait()
        with contextlib.suppress(Exception):  # it is made anew next time
            template.drop()
