"""Acts that happen at the same moment, each on a connection of its own."""

import threading
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
