"""Reminders of deadlines from the command line: what beat runs every minute."""

import time
from dataclasses import asdict
from typing import Any

from core.management.operator import OperatorCommand
from workorders.services.escalations import send_overdue_reminders


class Command(OperatorCommand):
    help = "Tell the people concerned of the orders that have used 80%, 100%, 150% and 200% of their time."

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        told = asdict(send_overdue_reminders())
        return {**told, "seconds": round(time.monotonic() - started, 2)}

    def say(self, facts: dict[str, Any]) -> str:
        return "told {steps} steps in {messages} messages, {supervisions} supervisions, {postponed} wait for working hours".format(
            **facts
        )
