"""The base of commands that operators and scripts call: one line of JSON on request, and a reason when it fails."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.errors import BusinessError


class Refused(Exception):
    """The command cannot do what was asked. `code` is the exit status, `facts` join the JSON."""

    def __init__(self, reason: str, code: int = 1, **facts: Any) -> None:
        super().__init__(reason)
        self.code = code
        self.facts = facts


class OperatorCommand(BaseCommand):
    """Subclasses write `work(**options) -> dict` (what was done) and, where names need words, `say(facts)`."""

    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            facts = self.work(**options)
        except BusinessError as error:
            self._stop(options, f"{error.sentence} {error.fix}".strip(), 1, {})
        except Refused as error:
            self._stop(options, str(error), error.code, error.facts)
        else:
            self.stdout.write(self._json({"ok": True} | facts) if options["json"] else self.say(facts))

    def work(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def say(self, facts: dict[str, Any]) -> str:
        return "\n".join(f"{name}: {value}" for name, value in facts.items())

    @staticmethod
    def _json(facts: dict[str, Any]) -> str:
        return json.dumps(facts, ensure_ascii=False, default=str)

    def _stop(self, options: dict[str, Any], reason: str, code: int, facts: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(self._json({"ok": False, "error": reason} | facts))
        self.stderr.write(reason)
        raise SystemExit(code)
