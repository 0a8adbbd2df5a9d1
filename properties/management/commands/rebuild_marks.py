"""Marks of units, written anew from what each floor says today; changes nothing when they were true."""

import time
from typing import Any

from core.management.operator import OperatorCommand
from properties.services import marks


class Command(OperatorCommand):
    help = "Rewrite the marks of units (care, ...) from the facts of the floors that own them."

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        counts = {source: marks.rebuild_marks(source) for source in marks.sources()}
        return {"marks": counts, "total": sum(counts.values()), "seconds": round(time.monotonic() - started, 2)}
