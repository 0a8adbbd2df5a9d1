"""`manage.py seed_demo --scale demo|project|city`: sample communities with their people."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from owners.seeding.load import Result, load
from owners.seeding.plan import SCALES

_TITLES = {
    "surnames": "姓氏", "ages": "年龄", "areas": "建筑面积（㎡）", "kinds": "房屋类别", "usage": "使用状态", "roles": "人房角色",
    "household": "每户人数",
}  # fmt: skip


class Command(BaseCommand):
    help = "Loads fictional sample communities: demo (400 units), project (5,000) or city (200,000 units, 520,000 persons)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scale", choices=SCALES, default="demo")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same data")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("示例数据不能写入生产环境（MULIN_ENV=production）")
        started = time.monotonic()
        try:
            result = load(
                options["scale"], options["seed"], (lambda _line: None) if options["json"] else self.stdout.write
            )
        except LookupError as error:
            raise CommandError(error.args[0]) from error
        seconds = round(time.monotonic() - started, 1)
        if options["json"]:
            facts = {"scale": options["scale"], "seed": options["seed"], "seconds": seconds, **vars(result)}
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
        else:
            self._tell(result, seconds)

    def _tell(self, result: Result, seconds: float) -> None:
        if not result.loaded:
            self.stdout.write("示例数据已经在库里，没有改动。")
            return
        totals = result.figures["totals"]
        self.stdout.write(
            f"写入 {len(result.loaded)} 个项目、{totals['units']:,} 套、{totals['persons']:,} 人、"
            f"{totals['vehicles']:,} 辆车，用时 {seconds} 秒。"
        )
        for name, title in _TITLES.items():
            parts = "，".join(f"{key} {share}%" for key, share in result.figures[name].items())
            self.stdout.write(f"{title}：{parts}")
        self.stdout.write(f"内容摘要 {result.digest}")
