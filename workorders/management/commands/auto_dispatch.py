"""Automatic dispatch from the command line: what beat runs every minute."""

import time
from typing import Any

from core.management.operator import OperatorCommand
from workorders.services.automatic import dispatch_waiting


class Command(OperatorCommand):
    help = "Dispatch the waiting orders of the communities that have automatic dispatch switched on."

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        report = dispatch_waiting()
        sent = [{"order": order.full_number, "to": str(user)} for order, user in report.sent]
        left = [{"order": order.full_number, "reason": reason} for order, reason in report.left]
        return {"sent": sent, "left": left, "seconds": round(time.monotonic() - started, 2)}

    def say(self, facts: dict[str, Any]) -> str:
        lines = [f"{row['order']} → {row['to']}" for row in facts["sent"]]
        lines += [f"{row['order']}: {row['reason']}" for row in facts["left"]]
        return "\n".join([*lines, f"sent {len(facts['sent'])}, left {len(facts['left'])}"])
