"""A second process for work that bounds an import: parsing, sealing, writing. Forked, so that it starts in a millisecond and
inherits what was read; it speaks through one pipe and never touches the database connection it inherited.

multiprocessing cannot be used: Celery's workers are daemons, which it forbids to have children.
"""

import os
import signal
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Self

from django.db import connection as database


class Side:
    """`work(connection)` runs in the forked process; `connection` here is the other end. Leaving the block ends the process."""

    def __init__(self, work: Callable[[Connection], None]) -> None:
        self.connection, theirs = Pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self._run(work, theirs)
        theirs.close()

    def _run(self, work: Callable[[Connection], None], theirs: Connection) -> None:
        code = 1
        try:
            self.connection.close()
            # Django opens another one if the work needs it. The driver never ends a session from a process that did not begin it.
            self._inherited, database.connection = database.connection, None
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGUSR1):
                signal.signal(name, signal.SIG_DFL)
            work(theirs)
            code = 0
        except (EOFError, BrokenPipeError, KeyboardInterrupt):
            pass  # the other side is gone: nobody is waiting
        except Exception as problem:
            theirs.send(problem)
        finally:
            os._exit(code)  # no clean-up of sockets and files that belong to the parent

    def get(self) -> Any:
        answer = self.connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def failure(self) -> Exception | None:
        """What the other process gave up with. None too when it is done and gone: the end of a pipe is there to be read as well."""
        try:
            return self.connection.recv() if self.connection.poll() else None
        except EOFError:
            return None

    def put(self, value: Any) -> None:
        self.connection.send(value)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.connection.close()
        if _exc[0] is not None:
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
