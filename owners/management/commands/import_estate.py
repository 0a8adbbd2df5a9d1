"""The import without its pages: `import_estate FILE --community CODE --mode {add,upsert,check} --user NAME [--json]`."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from audit.models import User
from core.errors import BusinessError
from core.management.operator import OperatorCommand, Refused
from owners.importing import batches, checking, writing
from owners.models import ImportBatch, ImportMode, ImportStatus
from properties.models import Community

REFUSED = 2


class Command(OperatorCommand):
    help = "Imports a workbook of buildings, units and people into a community."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", required=True, help="code of the community")
        parser.add_argument("--mode", required=True, choices=ImportMode.values)
        parser.add_argument(
            "--user", required=True, help="whose rights and scope the import has, and who stands in the log"
        )

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        try:
            user = _user(options["user"])
            batch = self._run(options["file"], _community(options["community"]), options["mode"], user)
        except BusinessError as problem:
            raise _refused(f"{problem.sentence}{f'。{problem.fix}' if problem.fix else ''}", started) from None
        if batch.status == ImportStatus.REFUSED:
            raise _refused(batch.refusal, started)
        return result(batch, time.monotonic() - started)

    def say(self, facts: dict[str, Any]) -> str:
        told = _("新增 %(added)d，更新 %(changed)d，不变 %(unchanged)d，错误 %(error_rows)d，用时 %(seconds).2f 秒")
        line = _("第 %(row)d 行 %(column)s 列 %(message)s")
        return "\n".join([told % facts, *(line % error for error in facts["errors"])])

    def _run(self, file: Path, community: Community, mode: str, user: User) -> ImportBatch:
        if not file.is_file():
            raise BusinessError(_("找不到文件 %(file)s") % {"file": file})
        if not user.has_perm(checking.PERMISSION):
            raise BusinessError(_("%(user)s 没有导入权限") % {"user": user})
        try:
            content = file.open("rb")
        except OSError as problem:
            raise BusinessError(_("无法读取文件 %(file)s") % {"file": file}, problem.strerror or "") from None
        with content:
            batch = batches.start_import(community, by=user, file=content, name=file.name, mode=mode, queued=False)
        if batch.job_id:
            raise BusinessError(_("同一份文件正在处理"), _("请在任务中心查看"))
        quietly = checking.Quietly()
        checking.check(batch, quietly)
        if batch.status == ImportStatus.PREVIEW and mode != ImportMode.CHECK:
            batches.confirm_import(batch, by=user, mode=mode, queued=False)
            writing.write(batch, quietly)
        return batch


def _refused(reason: str, started: float) -> Refused:
    return Refused(reason, REFUSED, refused=reason, seconds=round(time.monotonic() - started, 2))


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
