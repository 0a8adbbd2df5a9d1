"""The estate in the template's layout: `export_estate --community CODE --out FILE [--plain --reason TEXT] [--user NAME]`."""

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from audit.access import Scope
from audit.models import FieldVisibility, User
from core.actors import SYSTEM, SystemActor
from core.errors import BusinessError
from owners.exporting import EstateExport
from properties.models import Community


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


class Command(BaseCommand):
    help = "Writes a community's units and people into a workbook that import_estate reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--community", required=True, help="code of the community")
        parser.add_argument("--out", required=True, type=Path)
        parser.add_argument(
            "--plain", action="store_true", help="telephone and identity numbers in full; needs --reason"
        )
        parser.add_argument("--reason", default="")
        parser.add_argument("--user", default="", help="whose rights the export has; without one, the operator's")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, community: str, out: Path, plain: bool, reason: str, user: str, **options: Any) -> None:
        started = time.monotonic()
        if plain and not reason.strip():
            raise CommandError(_("明文导出须用 --reason 写明事由"), returncode=2)
        place = Community.objects.filter(code=community).first()
        if place is None:
            raise CommandError(_("没有编码为 %(code)s 的项目") % {"code": community}, returncode=2)
        actor: Any = User.objects.filter(username=user).first() if user else Operator(*_facts())
        if actor is None:
            raise CommandError(_("没有账号 %(name)s") % {"name": user}, returncode=2)
        try:
            export = EstateExport(place, actor, plain=plain)
            count, digest = export.write(out)
            export.log(count, digest, reason)
        except (BusinessError, OSError) as problem:
            raise CommandError(str(problem)) from None
        facts = {"rows": count, "sha256": digest, "seconds": round(time.monotonic() - started, 2)}
        line = _("%(file)s: %(count)d 行，SHA-256 %(digest)s") % {"file": out, "count": count, "digest": digest}
        self.stdout.write(json.dumps(facts) if options["json"] else line)


def _facts() -> tuple[Any, ...]:
    return SYSTEM.actor_type, SYSTEM.actor_id, SYSTEM.actor_label
