"""`python -m tests.support.template`: the migrated database that every worker of a run copies, made once while they still import.

Migrating takes as long as hundreds of tests, and every worker needs the same tables. Whoever starts the workers holds the lock file
through this process: the kernel frees it when the database is there, and also when this process dies.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

NAME = "test_mulin_template"
_READY = "ready"
_FILE = "MULIN_TEST_TEMPLATE"


def begin(folder: Path, base: Path) -> subprocess.Popen:
    """Starts making it, and lets the processes started from now on know where to wait."""
    place = folder / "template.lock"
    os.environ[_FILE] = str(place)
    with place.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, "-m", "tests.support.template"]
        return subprocess.Popen(command, cwd=base, pass_fds=[lock.fileno()], stdin=subprocess.DEVNULL)


def ready() -> str | None:
    """Its name as soon as it can be copied; None when nobody makes one, or when it failed: then whoever asks migrates, and sees why."""
    if not os.environ.get(_FILE):
        return None
    with open(os.environ[_FILE]) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        return NAME if lock.read() == _READY else None


def drop() -> None:
    _as_owner(f"DROP DATABASE IF EXISTS {NAME}")


def _as_owner(*statements: str) -> None:
    import psycopg

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement)


def _inside(url: str) -> str:
    return f"{url.rpartition('/')[0]}/{NAME}"


def main() -> None:
    _as_owner(f"DROP DATABASE IF EXISTS {NAME}", f"CREATE DATABASE {NAME}")
    for role in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        os.environ[role] = _inside(os.environ[role])
    os.environ |= {"MULIN_DB_ROLE": "owner", "DJANGO_SETTINGS_MODULE": "config.settings"}
    from django.core.management import execute_from_command_line
    from django.db import connections

    execute_from_command_line(["manage.py", "migrate", "--no-input", "--verbosity", "0"])
    connections.close_all()  # what somebody is connected to cannot be copied
    Path(os.environ[_FILE]).write_text(_READY)


if __name__ == "__main__":
    main()
