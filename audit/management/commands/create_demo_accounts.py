"""The demo's accounts with one generated password; refused in production."""

import json
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import User
from audit.services.demo import ACCOUNTS, create_demo_accounts
from audit.services.passwords import one_time_password
from core.errors import BusinessError


class Command(BaseCommand):
    help = "Creates the demo accounts and writes their password to var/demo-accounts.txt (demo only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo accounts are not for production. Use: manage.py create_administrator")
        password, reset = self._password()
        try:
            lines = create_demo_accounts(password, reset=reset)
        except BusinessError as error:
            raise CommandError(f"The accounts were not made: {error.sentence}") from None
        path = self._write(password)
        if options["json"]:
            self.stdout.write(
                json.dumps({"accounts": lines, "password": password, "file": str(path)}, ensure_ascii=False)
            )
            return
        self.stdout.write(path.read_text(encoding="utf-8"))

    @staticmethod
    def _stored() -> str:
        path = settings.VAR_DIR / "demo-accounts.txt"
        if not path.exists():
            return ""
        lines = path.read_text(encoding="utf-8").splitlines()
        return next((line.split(maxsplit=1)[1] for line in lines if line.startswith("password ")), "")

    def _password(self) -> tuple[str, bool]:
        """(password, whether existing accounts get it too): given, else the one in the file, else a new one for everybody."""
        given = os.environ.get("MULIN_DEMO_PASSWORD", "")
        if given:
            return given, True
        stored = self._stored()
        if stored:
            return stored, False
        known = User.objects.filter(username__in=[account.username for account in ACCOUNTS]).exists()
        return one_time_password(), known

    @staticmethod
    def _write(password: str) -> Any:
        path = settings.VAR_DIR / "demo-accounts.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        names = "\n".join(f"{account.username:<10} {account.position} {account.display_name}" for account in ACCOUNTS)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(f"{names}\n\npassword {password}\n")
        path.chmod(0o600)
        return path
