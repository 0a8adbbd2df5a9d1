"""The first accounts of a production system: one system administrator, one security administrator. No default password."""

import getpass
import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from audit.models import Grant, Role, User
from audit.services.grants import grant_role
from audit.services.passwords import check_rules
from audit.services.seeds import SECURITY_ADMIN, SYSTEM_ADMIN
from audit.services.users import create_user
from core.actors import SYSTEM
from core.errors import BusinessError

ROLES = {"system": SYSTEM_ADMIN, "security": SECURITY_ADMIN}


class Command(BaseCommand):
    help = (
        "Creates an administrator (system or security). The password comes from MULIN_ADMIN_PASSWORD or is asked for; "
        "it must be changed at the first sign-in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("display_name")
        parser.add_argument("--kind", choices=sorted(ROLES), default="system")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        role = Role.objects.get(code=ROLES[options["kind"]])
        if Grant.objects.in_force().filter(role=role, user__disabled_at__isnull=True).exists():
            raise CommandError("There is an administrator of this kind already; further ones are made on the pages.")
        password = self._password()
        username, name = options["username"], options["display_name"]
        try:
            check_rules(password, User(username=username, display_name=name))
            with transaction.atomic():
                user = create_user(by=SYSTEM, username=username, display_name=name, password=password)
                grant_role(user, by=SYSTEM, role=role)
        except BusinessError as error:
            raise CommandError(error.sentence) from None
        result = {"username": user.username, "kind": options["kind"]}
        self.stdout.write(
            json.dumps(result) if options["json"] else f"{options['kind']} administrator: {user.username}"
        )

    @staticmethod
    def _password() -> str:
        given = os.environ.get("MULIN_ADMIN_PASSWORD", "")
        if given:
            return given
        if not sys.stdin.isatty():
            raise CommandError("Set MULIN_ADMIN_PASSWORD, or run this at a terminal.")
        first, second = getpass.getpass("Password: "), getpass.getpass("Again: ")
        if first != second:
            raise CommandError("The two passwords differ.")
        return first
