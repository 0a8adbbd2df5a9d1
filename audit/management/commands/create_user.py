"""An account from the command line, with roles; the one-time password is printed once."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from audit import scope_choices
from audit.models import Role
from audit.services.grants import grant_role
from audit.services.users import create_user
from core.actors import SYSTEM
from core.management.operator import OperatorCommand, Refused


class Command(OperatorCommand):
    help = "Creates an account with a one-time password and, if wanted, roles on communities."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username")
        parser.add_argument("display_name")
        parser.add_argument("--role", action="append", default=[], help="code of a role; may be repeated")
        parser.add_argument("--community", action="append", default=[], help="code of a community; may be repeated")

    def work(self, **options: Any) -> dict[str, Any]:
        roles = self._found("role", options["role"], {role.code: role for role in Role.objects.all()})
        places = {row.code: row.id for row in scope_choices.communities()}
        communities = self._found("community", options["community"], places)
        with transaction.atomic():
            user = create_user(by=SYSTEM, username=options["username"], display_name=options["display_name"])
            for role in roles:
                grant_role(user, by=SYSTEM, role=role, communities=communities)
        return {"username": user.username, "password": user.new_password, "roles": options["role"]}

    def say(self, facts: dict[str, Any]) -> str:
        return f"{facts['username']} {facts['password']}"

    @staticmethod
    def _found(what: str, codes: list[str], known: dict[str, Any]) -> list[Any]:
        missing = [code for code in codes if code not in known]
        if missing:
            raise Refused(f"unknown {what}: {', '.join(missing)}; known: {', '.join(sorted(known)) or 'none'}", 2)
        return [known[code] for code in codes]
