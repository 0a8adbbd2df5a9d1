"""The embedded servers: started, stopped, crashed and started again, with the rights that production has."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config import embedded
from config.servers import ServerError, postgres

BASE_DIR = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One cluster for the module: each test leaves it running. pytest's own folders are closed to other accounts."""
    folder = tmp_path_factory.mktemp("embedded") / "var"
    embedded.start(folder, test=True)
    yield folder
    embedded.destroy(folder)
    assert not (folder / "postgres").exists()


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url, autocommit=True, connect_timeout=5)


def postmaster_pid(state: embedded.State) -> int:
    return int((state.postgres_data / "postmaster.pid").read_text().splitlines()[0])


def test_start_when_running_returns_the_same_places_and_starts_nothing(var: Path) -> None:
    before = embedded.state(var)
    began = time.monotonic()
    again = embedded.start(var, test=True)
    assert again == before
    assert again.started == ()
    assert time.monotonic() - began < 2


def test_record_with_the_passwords_is_private(var: Path) -> None:
    assert (var / "embedded.json").stat().st_mode & 0o777 == 0o600
    assert (embedded.state(var).postgres_data).stat().st_mode & 0o777 == 0o700


def test_owner_role_may_create_and_is_no_superuser(var: Path) -> None:
    with connect(embedded.state(var).database_owner_url) as owner:
        assert owner.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone() == (False, True, False, False)
        owner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        # Plain C would see no letters in this name, and a search by parts of it would find nobody.
        assert owner.execute("SELECT cardinality(show_trgm('欧阳小明'))").fetchone() == (5,)
        assert owner.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert owner.execute("SELECT '乙' COLLATE \"default\" < '甲'").fetchone() == (True,)  # by code point


def test_app_role_reads_and_writes_only_what_it_was_given(var: Path) -> None:
    state = embedded.state(var)
    with connect(state.database_owner_url) as owner:
        owner.execute("DROP TABLE IF EXISTS given, kept")
        owner.execute(
            "CREATE TABLE given (n int); CREATE TABLE kept (n int); GRANT SELECT, INSERT ON given TO mulin_app"
        )
    with connect(state.database_url) as app:
        app.execute("INSERT INTO given VALUES (1)")
        assert app.execute("SELECT n FROM given").fetchall() == [(1,)]
        for refused in (
            "UPDATE given SET n = 2",
            "TRUNCATE given",
            "SELECT n FROM kept",
            "CREATE TABLE mine (n int)",
            "DROP TABLE given",
            "CREATE DATABASE mine",
            "SET ROLE mulin_owner",
            "SET ROLE postgres",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)


def test_nobody_gets_in_without_the_right_password_and_the_superuser_never(var: Path) -> None:
    url = embedded.state(var).database_url
    password = url.split(":")[2].split("@")[0]
    for wrong in (url.replace(password, "guess"), url.replace("mulin_app", "postgres")):
        with pytest.raises(psycopg.OperationalError):
            connect(wrong)
    address = embedded.state(var).redis_url.partition("@")[2]
    with redis.Redis.from_url(f"redis://:guess@{address}") as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_broker_keeps_messages_over_a_restart_and_never_evicts(var: Path) -> None:
    url = embedded.state(var).redis_url
    with redis.Redis.from_url(url) as client:
        client.rpush("queue", "message")
        wanted = {"appendonly": "yes", "appendfsync": "everysec", "maxmemory-policy": "noeviction", "bind": "127.0.0.1"}
        assert {name: client.config_get(name)[name] for name in wanted} == wanted
    embedded.stop(var)
    assert embedded.is_running(var) == {"postgres": False, "valkey": False}
    restarted = embedded.start(var, test=True)
    assert restarted.started == ("postgres", "valkey")
    assert restarted.redis_url == url
    with redis.Redis.from_url(url) as client:
        assert client.lrange("queue", 0, -1) == [b"message"]


def test_start_after_a_kill_recovers_what_was_committed(var: Path) -> None:
    state = embedded.state(var)
    with connect(state.database_owner_url) as owner:
        owner.execute("SET synchronous_commit = on")  # as in production; a test cluster may lose its last moment
        owner.execute("DROP TABLE IF EXISTS ledger")
        owner.execute("CREATE TABLE ledger AS SELECT 7 AS n")
    os.kill(postmaster_pid(state), signal.SIGKILL)
    assert embedded.start(var, test=True).started == ("postgres",)
    with connect(state.database_owner_url) as owner:
        assert owner.execute("SELECT n FROM ledger").fetchone() == (7,)


def test_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(var: Path) -> None:
    """After a power cut the old number may belong to any program; killing it or giving up would both be wrong."""
    state = embedded.state(var)
    lines = (state.postgres_data / "postmaster.pid").read_text().splitlines()
    embedded.stop(var)
    pid_file = state.postgres_data / "postmaster.pid"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        os.chown(pid_file, state.postgres_data.stat().st_uid, -1)  # as PostgreSQL itself would have written it
        assert embedded.is_running(var)["postgres"] is False
        embedded.start(var, test=True)
        assert stranger.poll() is None
        stranger.communicate(b"\n")
    assert embedded.is_running(var) == {"postgres": True, "valkey": True}


def test_port_taken_by_another_program_is_replaced_and_recorded(var: Path) -> None:
    embedded.stop(var)
    old = json.loads((var / "embedded.json").read_text())
    with socket.create_server(("127.0.0.1", old["postgres_port"])):
        state = embedded.start(var, test=True)
    assert str(old["postgres_port"]) not in state.database_url
    assert embedded.state(var).database_url == state.database_url
    with connect(state.database_url) as app:
        assert app.execute("SELECT 1").fetchone() == (1,)


def test_starts_at_the_same_time_wait_for_each_other(var: Path) -> None:
    embedded.stop(var)
    done: list[tuple[str, ...]] = []
    threads = [threading.Thread(target=lambda: done.append(embedded.start(var, test=True).started)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [(), (), ("postgres", "valkey")]


def test_lost_record_is_refused_instead_of_losing_the_data(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(ServerError, match="restore or remove"):
        embedded.start(tmp_path)
    assert not (tmp_path / "embedded.json").exists()


def test_data_of_another_major_version_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("14\n")
    server = postgres.Postgres(tmp_path, postgres.bin_folder(), postgres.Account())
    with pytest.raises(ServerError, match="written by PostgreSQL 14"):
        server.start(1)


def test_state_before_the_first_start_is_none_and_stop_is_quiet(tmp_path: Path) -> None:
    assert embedded.state(tmp_path) is None
    embedded.stop(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_command_line_reports_and_exits_honestly(var: Path, tmp_path: Path) -> None:
    def status(folder: Path) -> tuple[int, dict]:
        command = [sys.executable, "-m", "config.embedded", "status", "--var", str(folder)]
        done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout)

    assert status(var) == (0, {"postgres": True, "valkey": True})
    assert status(tmp_path) == (1, {"postgres": False, "valkey": False})


def test_embedded_module_needs_no_django() -> None:
    """The servers have to be up before the settings can be read."""
    code = "import sys, config.embedded, config.keys; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, check=False).returncode == 0
