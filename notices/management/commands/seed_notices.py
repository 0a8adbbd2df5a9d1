"""`manage.py seed_notices`: announcements of the sample communities, written by the demo's staff."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from notices.seeding import load


class Command(BaseCommand):
    help = (
        "Writes announcements in every state for the demo communities; needs seed_demo and create_demo_accounts first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same receipts")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("示例数据不能写入生产环境（MULIN_ENV=production）")
        try:
            written = load(options["seed"])
        except LookupError as error:
            raise CommandError(error.args[0]) from error
        if options["json"]:
            self.stdout.write(json.dumps({"seed": options["seed"], "loaded": written}))
        elif written:
            self.stdout.write(f"写入 {sum(written.values())} 条通知。")
        else:
            self.stdout.write("示例通知已经在库里，没有改动。")
