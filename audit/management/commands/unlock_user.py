"""Lifts the lock of an account from the command line, for the day the last security administrator locks himself out."""

from typing import Any

from django.core.management.base import CommandParser

from audit.models import User
from audit.services.users import unlock_user
from core.actors import SYSTEM
from core.management.operator import OperatorCommand, Refused


class Command(OperatorCommand):
    help = "Lifts the lock after too many wrong passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("username")

    def work(self, **options: Any) -> dict[str, Any]:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise Refused(f"no account named {options['username']}", 2)
        unlock_user(user, by=SYSTEM)
        return {"username": user.username, "unlocked": True}

    def say(self, facts: dict[str, Any]) -> str:
        return str(facts["username"])
