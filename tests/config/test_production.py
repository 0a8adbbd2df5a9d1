"""Production starts from the environment alone, and says what it lacks; load balancers are answered."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client


def environment(folder: Path, **values: str) -> dict[str, str]:
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    wanted = {
        "MULIN_ENV": "production", "MULIN_VAR": str(folder), "DATABASE_URL": "postgresql://mulin_app:word@db.internal/mulin",
        "DATABASE_OWNER_URL": "postgresql://mulin_owner:word@db.internal/mulin", "REDIS_URL": "redis://broker.internal/0",
        "SECRET_KEY": secrets.token_urlsafe(64), "FIELD_KEYS": f"k1:{key}", "INDEX_KEY": key, "ALLOWED_HOSTS": "crm.example.com",
    }  # fmt: skip
    system = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {name: value for name, value in (system | wanted | values).items() if value}


def check(folder: Path, *words: str, **values: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "check", *words]
    return subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment(folder, **values), capture_output=True, text=True, timeout=300
    )


def test_the_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_missing_keys_stop_the_start_with_their_names(tmp_path: Path) -> None:
    done = check(tmp_path, SECRET_KEY="", FIELD_KEYS="", ALLOWED_HOSTS="")
    assert done.returncode != 0
    assert all(name in done.stderr for name in ("SECRET_KEY", "FIELD_KEYS", "ALLOWED_HOSTS"))
    assert "INDEX_KEY" not in done.stderr and "Traceback" not in done.stderr


@pytest.mark.django_db
def test_a_process_says_that_it_lives_and_whether_it_may_take_traffic() -> None:
    alive = Client().get("/livez", headers={"host": "10.0.0.7"})
    assert alive.status_code == 200  # probes come by address, which no host list holds
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")
