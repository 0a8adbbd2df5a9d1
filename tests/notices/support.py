"""People at their desks and outcomes of races, for the tests of announcements."""

import threading
from typing import Any

from django.db import connection

from core.errors import BusinessError
from tests.factories.audit import user_with

WRITE = ("notices.view_notice", "notices.add_notice", "notices.change_notice", "notices.view_delivery")
REVIEW = ("notices.view_notice", "notices.approve_notice", "notices.publish_notice", "notices.withdraw_notice")
ALL = (
    *WRITE, *REVIEW, "notices.publish_urgent_notice", "notices.export_notice", "notices.export_delivery",
    "notices.tell_delivery", "notices.resend_delivery",
)  # fmt: skip


def writer(*communities: Any, **options: Any) -> Any:
    return user_with(*WRITE, communities=communities, **options)


def reviewer(*communities: Any, **options: Any) -> Any:
    return user_with(*REVIEW, communities=communities, **options)


def everything(*communities: Any, **options: Any) -> Any:
    return user_with(*dict.fromkeys(ALL), communities=communities, **options)


def race(*acts: Any) -> list[Any]:
    """Runs the acts at once, each on a connection of its own; their outcomes in order: a value or the business error."""
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
