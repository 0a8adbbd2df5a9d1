"""An account from the command line, with roles; the one-time password is printed once."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit import scope_choices
from audit.models import Role
from audit.services.grants import grant_role
from audit.services.users import create_user
from core.actors import SYSTEM
from core.errors import BusinessError


class Command(BaseCommand):
    help = "Creates an account with a one-time password and, if wanted, roles on communities."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("display_name")
        parser.add_argument("--role", action="append", default=[], help="code of a role; may be repeated")
        parser.add_argument("--community", action="append", default=[], help="code of a community; may be repeated")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        roles = self._found("role", options["role"], {role.code: role for role in Role.objects.all()})
        places = {row.code: row.id for row in scope_choices.communities()}
        communities = self._found("community", options["community"], places)
        try:
            with transaction.atomic():
                user = create_user(by=SYSTEM, username=options["username"], display_name=options["display_name"])
                for role in roles:
                    grant_role(user, by=SYSTEM, role=role, communities=communities)
        except BusinessError as error:
            raise CommandError(error.sentence) from None
        result = {"username": user.username, "password": user.new_password, "roles": options["role"]}
        self.stdout.write(json.dumps(result) if options["json"] else f"{user.username} {user.new_password}")

    @staticmethod
    def _found(what: str, codes: list[str], known: dict[str, Any]) -> list[Any]:
        missing = [code for code in codes if code not in known]
        if missing:
            raise CommandError(f"unknown {what}: {', '.join(missing)}; known: {', '.join(sorted(known)) or 'none'}")
        return [known[code] for code in codes]
