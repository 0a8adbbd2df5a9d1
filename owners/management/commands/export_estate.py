"""The estate in the template's layout: `export_estate --community CODE --out FILE [--plain --reason TEXT] [--user NAME]`."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from audit.access import Scope
from audit.models import FieldVisibility, User
from core.actors import SYSTEM, SystemActor
from core.management.operator import OperatorCommand, Refused
from owners.exporting import EstateExport
from properties.models import Community

WRONG = 2  # exit status: an argument names nothing, or lacks its reason


class _OperatorAccess:
    """At the machine itself there is no grant to look up; the log says who."""

    def scope(self, permission: str) -> Scope:
        return Scope(everything=True)

    def visibility(self, name: str, community_id: int | None) -> str:
        return FieldVisibility.PLAIN if name == "name" else FieldVisibility.MASKED


class Operator(SystemActor):
    """The operator at the terminal, who holds the database anyway; he stands in the log as the system."""

    is_authenticated = True
    access = _OperatorAccess()

    def has_perm(self, permission: str) -> bool:
        return True


class Command(OperatorCommand):
    help = "Writes a community's units and people into a workbook that import_estate reads."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--community", required=True, help="code of the community")
        parser.add_argument("--out", required=True, type=Path)
        parser.add_argument(
            "--plain", action="store_true", help="telephone and identity numbers in full; needs --reason"
        )
        parser.add_argument("--reason", default="")
        parser.add_argument("--user", default="", help="whose rights the export has; without one, the operator's")

    def work(self, **options: Any) -> dict[str, Any]:
        started = time.monotonic()
        out, plain, reason = options["out"], options["plain"], options["reason"]
        if plain and not reason.strip():
            raise Refused(_("明文导出须用 --reason 写明事由"), WRONG)
        export = EstateExport(_community(options["community"]), _actor(options["user"]), plain=plain)
        try:
            _refuse_place(out)
            count, digest = export.write(out)
        except OSError as problem:
            why = {"file": out, "why": problem.strerror or problem}
            raise Refused(_("无法写入文件 %(file)s：%(why)s") % why) from None
        export.log(count, digest, reason)
        return {"file": str(out), "rows": count, "sha256": digest, "seconds": round(time.monotonic() - started, 2)}

    def say(self, facts: dict[str, Any]) -> str:
        return _("%(file)s: %(rows)d 行，SHA-256 %(sha256)s") % facts


def _refuse_place(out: Path) -> None:
    """Told before the first row is read: an export of a city takes minutes."""
    if not out.parent.is_dir():
        raise Refused(_("没有文件夹 %(folder)s，请先建立或换一个 --out") % {"folder": out.parent}, WRONG)
    if out.is_dir():
        raise Refused(_("%(file)s 是文件夹，请在 --out 写出文件名") % {"file": out}, WRONG)


def _community(code: str) -> Community:
    found = Community.objects.filter(code=code).first()
    if found is None:
        raise Refused(_("没有编码为 %(code)s 的项目") % {"code": code}, WRONG)
    return found


def _actor(name: str) -> Any:
    actor = User.objects.filter(username=name).first() if name else Operator(*_facts())
    if actor is None:
        raise Refused(_("没有账号 %(name)s") % {"name": name}, WRONG)
    return actor


def _facts() -> tuple[Any, ...]:
    return SYSTEM.actor_type, SYSTEM.actor_id, SYSTEM.actor_label
