"""The four processes side by side in one terminal: honcho's manager, with the stopping made gentle and sure."""

import contextlib
import os
import signal
import time
from collections.abc import Callable

import honcho.manager

# The worker gives its running tasks twenty seconds to end before it puts them back; nobody is killed sooner.
honcho.manager.KILL_WAIT = 30


class _Leaders:
    """honcho signals whole process groups, which kills Celery's pool children in the middle of a task. Each of our programs
    looks after its own children, so only the program is told; a forced kill still takes the group."""

    def terminate(self, pid: int) -> None:
        _quietly(os.kill, pid, signal.SIGTERM)

    def kill(self, pid: int) -> None:
        _quietly(os.killpg, pid, signal.SIGKILL)


def _quietly(send: Callable[[int, int], None], pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        send(pid, number)


class Processes(honcho.manager.Manager):
    """`on_start` is called once all processes have been forked. A second Ctrl-C kills what has not stopped yet."""

    def __init__(self, on_start: Callable[[], object] = lambda: None):
        super().__init__()
        self._procmgr = _Leaders()
        self._on_start = on_start
        self.asked_to_stop = False

    def _start(self) -> None:
        # A closed terminal must not take the forked readers of the output with it: their last event says who stopped.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        super()._start()
        # After the base class has set its own handlers.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked)
        signal.signal(signal.SIGALRM, self._asked)
        self._on_start()

    def _asked(self, number: int, _frame: object) -> None:
        if not self._all_started():
            # The base class knows no pids yet and would fail with the children left running: come back shortly.
            signal.setitimer(signal.ITIMER_REAL, 0.1)
        elif self.asked_to_stop and number != signal.SIGALRM:
            self.kill()
        else:
            self.asked_to_stop = True
            self.terminate()

    def pids(self) -> list[int]:
        return [entry["pid"] for entry in self._processes.values() if entry.get("pid")]

    def finish(self) -> None:
        """Make sure that nothing outlives us when the loop ended by an exception (a closed terminal cannot be written to)."""
        self.terminate()
        deadline = time.monotonic() + honcho.manager.KILL_WAIT
        for entry in self._processes.values():
            if reader := entry.get("process"):
                reader.join(max(0.1, deadline - time.monotonic()))
        if any(entry.get("process") and entry["process"].is_alive() for entry in self._processes.values()):
            self.kill()

    def terminate(self) -> None:
        with contextlib.suppress(OSError):
            super().terminate()
