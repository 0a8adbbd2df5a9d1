"""The import without its pages: `import_estate FILE --community CODE --mode {add,upsert,check} --user NAME [--json]`."""

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from audit.models import User
from core.errors import BusinessError
from owners.importing import batches, checking, writing
from owners.models import ImportBatch, ImportMode, ImportStatus
from properties.models import Community

REFUSED = 2


class Command(BaseCommand):
    help = "Imports a workbook of buildings, units and people into a community."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", required=True, help="code of the community")
        parser.add_argument("--mode", required=True, choices=ImportMode.values)
        parser.add_argument(
            "--user", required=True, help="whose rights and scope the import has, and who stands in the log"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, community: str, mode: str, user: str, **options: Any) -> None:
        started = time.monotonic()
        as_json = options["json"]
        try:
            batch = self._run(file, _community(community), mode, _user(user))
        except BusinessError as problem:
            self._refuse(f"{problem.sentence}{f'。{problem.fix}' if problem.fix else ''}", as_json, started)
        if batch.status == ImportStatus.REFUSED:
            self._refuse(batch.refusal, as_json, started)
        self._print(result(batch, time.monotonic() - started), as_json)

    def _run(self, file: Path, community: Community, mode: str, user: User) -> ImportBatch:
        if not file.is_file():
            raise BusinessError(_("找不到文件 %(file)s") % {"file": file})
        if not user.has_perm(checking.PERMISSION):
            raise BusinessError(_("%(user)s 没有导入权限") % {"user": user})
        with file.open("rb") as content:
            batch = batches.start_import(community, by=user, file=content, name=file.name, mode=mode, queued=False)
        if batch.job_id:
            raise BusinessError(_("同一份文件正在处理"), _("请在任务中心查看"))
        quietly = checking.Quietly()
        checking.check(batch, quietly)
        if batch.status == ImportStatus.PREVIEW and mode != ImportMode.CHECK:
            batches.confirm_import(batch, by=user, mode=mode, queued=False)
            writing.write(batch, quietly)
        return batch

    def _refuse(self, reason: str, as_json: bool, started: float) -> None:
        if as_json:
            self._print({"refused": reason, "seconds": round(time.monotonic() - started, 2)}, True)
        raise CommandError(reason, returncode=REFUSED)

    def _print(self, facts: dict[str, Any], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        told = _("新增 %(added)d，更新 %(changed)d，不变 %(unchanged)d，错误 %(error_rows)d，用时 %(seconds).2f 秒")
        self.stdout.write(told % facts)
        for error in facts["errors"]:
            self.stdout.write(_("第 %(row)d 行 %(column)s 列 %(message)s") % error)


def result(batch: ImportBatch, seconds: float) -> dict[str, Any]:
    """Rows by outcome, each counted once, and every complaint with its place."""
    errors = [
        {
            "row": number,
            "column": problem["column"],
            "message": f"{problem['header']} {problem['reason']}{'，' + problem['fix'] if problem['fix'] else ''}".strip(),
        }
        for number, problems in batch.rows.filter(outcome="error").order_by("number").values_list("number", "problems")
        for problem in problems
        if not problem.get("notice")
    ]
    return {
        "batch": batch.pk, "mode": batch.mode, "rows": batch.row_count, "added": batch.added, "changed": batch.changed,
        "unchanged": batch.unchanged, "error_rows": batch.errors, "errors": errors, "warnings": batch.report.get("warnings", []),
        "unknown_words": batch.report.get("unknown_words", {}), "seconds": round(seconds, 2),
    }  # fmt: skip


def _community(code: str) -> Community:
    found = Community.objects.filter(code=code).first()
    if found is None:
        raise BusinessError(_("没有编码为 %(code)s 的项目") % {"code": code})
    return found


def _user(name: str) -> User:
    found = User.objects.filter(username=name).first()
    if found is None:
        raise BusinessError(_("没有账号 %(name)s") % {"name": name})
    return found
