"""Acts that happen at the same moment, each on a connection of its own."""

import threading
import time
from typing import Any

from django.db import connection

from core.errors import BusinessError


def race(*acts: Any) -> list[Any]:
    """Runs the acts at once; their outcomes in order: a value or the business error."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Any) -> None:
        try:
            start.wait()
            outcomes[place] = act()
        except BusinessError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return outcomes


def until_somebody_waits(other_ended: threading.Event, seconds: float = 10) -> None:
    """Returns as soon as another session of this database waits for a lock, or when the other act has ended without waiting. With it
    an act stands where the other one needs what it holds, whatever the machine is doing meanwhile."""
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while not other_ended.wait(0.02) and time.monotonic() < end:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
            if cursor.fetchone()[0]:
                return
