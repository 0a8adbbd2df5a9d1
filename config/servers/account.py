"""Under which operating-system account the servers run.

PostgreSQL refuses to run as root, and a demo must not create users on somebody's machine. Started by root, the servers
therefore run as an account every Unix has (`nobody`), or as whoever owns an existing data folder.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.servers import ServerError

# Every PG* variable of the caller (PGPORT, PGDATA, PGOPTIONS) would silently redirect the tools; so nothing is inherited
# but what a dynamic linker may need.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


def clean_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    kept.setdefault("PATH", "/usr/local/bin:/usr/bin:/bin")
    return kept | {"LANG": "C", "LC_ALL": "C"}


@dataclass(frozen=True)
class Account:
    """`uid` is None when the servers run as whoever called us."""

    uid: int | None = None
    gid: int = -1  # of no meaning without a uid

    @property
    def foreign(self) -> bool:
        return self.uid is not None

    def _options(self) -> dict:
        options: dict[str, Any] = {"cwd": "/", "env": clean_environment(), "close_fds": True}
        if self.foreign:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def run(
        self, command: list, *, text: str | None = None, timeout: float = 150, detached: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; what it printed is collected in `stdout`, unless `detached`.

        A program that leaves a daemon behind must be `detached`: the daemon would keep a pipe open and the call would
        never return.
        """
        options = self._options()
        options["stdout"] = subprocess.DEVNULL if detached else subprocess.PIPE
        options["stderr"] = subprocess.DEVNULL if detached else subprocess.STDOUT
        if text is None:
            options["stdin"] = subprocess.DEVNULL
        else:
            options["input"] = text
        return subprocess.run([str(part) for part in command], text=True, timeout=timeout, check=False, **options)

    def can_use(self, *paths: Path) -> bool:
        """Whether the account reaches these paths. Asked of the kernel, as the account: modes alone miss ACLs and mounts."""
        checks = self.run(["/bin/sh", "-c", 'for p; do test -x "$p" || exit 1; done', "sh", *paths])
        return checks.returncode == 0

    def write(self, path: Path, text: str) -> None:
        """Write a private file as the account. Root never writes into a folder that another account may fill with links."""
        done = self.run(["/bin/sh", "-c", 'umask 077 && cat > "$1"', "sh", path], text=text)
        if done.returncode:
            raise ServerError(f"Cannot write {path}: {done.stdout.strip()}")

    def own(self, folder: Path) -> None:
        """Give a folder that we have just made to the account."""
        folder.chmod(0o700)
        if self.uid is not None:
            os.chown(folder, self.uid, self.gid)


def account_for(data: Path) -> Account:
    """The account that must run a server whose data folder is `data` (which may not exist yet)."""
    if os.geteuid() != 0:
        return Account()
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ServerError(
            "PostgreSQL does not run as root and this machine has no account 'nobody'; start as an ordinary user."
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)
