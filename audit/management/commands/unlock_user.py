"""Lifts the lock of an account from the command line, for the day the last security administrator locks himself out."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import User
from audit.services.users import unlock_user
from core.actors import SYSTEM
from core.errors import BusinessError


class Command(BaseCommand):
    help = "Lifts the lock after too many wrong passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"no account named {options['username']}")
        try:
            unlock_user(user, by=SYSTEM)
        except BusinessError as error:
            raise CommandError(error.sentence) from None
        self.stdout.write(
            json.dumps({"username": user.username, "unlocked": True}) if options["json"] else user.username
        )
