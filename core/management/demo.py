"""Commands that write sample data: never in production, the same for the same seed, told as a sentence or as JSON."""

import json
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class DemoCommand(BaseCommand):
    """`load(seed)` gives {community code: how many}; raises LookupError, with a sentence, when something has to be run first.
    `seeded` is what the seed decides, `written` says what was written (%d), `nothing` that it was there."""

    load: Callable[[int], dict[str, int]]
    seeded: str
    written: str
    nothing: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help=f"the same seed gives the same {self.seeded}")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("示例数据不能写入生产环境（MULIN_ENV=production）")
        try:
            loaded = type(self).load(options["seed"])
        except LookupError as error:
            raise CommandError(error.args[0]) from error
        if options["json"]:
            self.stdout.write(json.dumps({"seed": options["seed"], "loaded": loaded}))
        else:
            self.stdout.write(self.written % sum(loaded.values()) if loaded else self.nothing)
