"""Operator commands: accounts of the demo and of a first start."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client

from audit.models import Grant, User
from audit.services.demo import ACCOUNTS
from core.models import LogEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("estate")]


@pytest.fixture(autouse=True)
def var(settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("MULIN_DEMO_PASSWORD", raising=False)
    return tmp_path


def run(name: str, *words: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *words, stdout=out, **options)
    return out.getvalue()


def refused(name: str, *words: str) -> tuple[int, str]:
    """Exit status and reason of a command that does not do what was asked; JSON and standard error tell the same."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command(name, *words, "--json", stdout=out, stderr=err)
    told = json.loads(out.getvalue())
    assert told["ok"] is False
    assert told["error"] in err.getvalue()
    return stop.value.code, told["error"]


def test_demo_accounts_can_sign_in_with_the_printed_password(var: Path, client: Client) -> None:
    result = json.loads(run("create_demo_accounts", json=True))
    assert [line["username"] for line in result["accounts"]] == [account.username for account in ACCOUNTS]
    file = var / "demo-accounts.txt"
    assert result["password"] in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert client.post("/sign-in/", {"username": "kefu", "password": result["password"]}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert result["password"] not in str(list(LogEntry.objects.values()))


def test_demo_roles_reach_all_communities_and_admin_may_import() -> None:
    run("create_demo_accounts")
    held = {
        account.username: sorted(
            Grant.objects.filter(user__username=account.username).values_list("role__code", flat=True)
        )
        for account in ACCOUNTS
    }
    assert held == {account.username: sorted(account.roles) for account in ACCOUNTS}
    grant = Grant.objects.get(user__username="admin", role__code="file_importer")
    assert grant.community_ids == [11, 12, 13]


def test_running_again_changes_nothing() -> None:
    first = json.loads(run("create_demo_accounts", json=True))
    users, grants = list(User.objects.values("pk", "password")), Grant.objects.count()
    again = json.loads(run("create_demo_accounts", json=True))
    assert again["password"] == first["password"]
    assert {line["state"] for line in again["accounts"]} == {"kept"}
    assert (list(User.objects.values("pk", "password")), Grant.objects.count()) == (users, grants)


def test_a_given_password_counts_and_must_meet_the_rules(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MULIN_DEMO_PASSWORD", "short")
    with pytest.raises(CommandError, match="12"):
        run("create_demo_accounts")
    monkeypatch.setenv("MULIN_DEMO_PASSWORD", "Quiet-River-58-Lantern")
    run("create_demo_accounts")
    assert client.post("/sign-in/", {"username": "jingli", "password": "Quiet-River-58-Lantern"}).status_code == 302


def test_demo_accounts_are_refused_in_production(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        run("create_demo_accounts")
    assert not User.objects.exists()


def test_the_first_administrators_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MULIN_ADMIN_PASSWORD", "Quiet-River-58-Lantern")
    run("create_administrator", "root1", "周系统")
    run("create_administrator", "root2", "郑安全", kind="security")
    assert User.objects.get(username="root1").must_change_password
    assert User.objects.get(username="root2").has_perm("audit.grant_role_user")
    with pytest.raises(CommandError, match="already"):
        run("create_administrator", "root3", "第三人")


def test_an_administrator_needs_a_good_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MULIN_ADMIN_PASSWORD", "admin12345678")
    with pytest.raises(CommandError):
        run("create_administrator", "admin1234567", "周系统")
    assert not User.objects.exists()


def test_a_user_is_made_with_roles_and_places() -> None:
    assert refused("create_user", "lili", "李丽", "--role", "clerk") == (1, "请至少选择一个项目或组织节点")
    assert refused("create_user", "lili", "李丽", "--role", "nope")[0] == 2
    assert not User.objects.filter(username="lili").exists()
    result = json.loads(run("create_user", "lili", "李丽", role=["system_admin"], json=True))
    assert result["ok"] is True
    assert User.objects.get(username="lili").check_password(result["password"])


def test_a_lock_is_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    run("create_user", "lili", "李丽")
    assert refused("unlock_user", "nobody") == (2, "no account named nobody")
    assert refused("unlock_user", "lili") == (1, "这个账号没有被锁定")
    monkeypatch.setattr("audit.services.users.is_locked", lambda username: True)
    assert json.loads(run("unlock_user", "lili", json=True)) == {"ok": True, "username": "lili", "unlocked": True}
    assert run("unlock_user", "lili").strip() == "lili"
