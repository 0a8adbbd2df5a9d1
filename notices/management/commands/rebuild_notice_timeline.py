"""The lines of announcements in the histories of households, written anew; changes nothing when they were true."""

import time
from typing import Any

from core.management.operator import OperatorCommand
from notices.services.timeline import rebuild_timeline


class Command(OperatorCommand):
    help = "Rewrite the lines of announcements in the households' history from the deliveries."

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        return rebuild_timeline() | {"seconds": round(time.monotonic() - started, 2)}
