"""System checks for what a deployment must not get wrong."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connection

from core import blind_index, crypto


@register(Tags.security)
def keys_are_usable(app_configs: Any, **_: Any) -> list[Any]:
    """Broken keys stop the start instead of the first save."""
    problems: list[Any] = []
    for name, probe in (("FIELD_KEYS", crypto.ring), ("INDEX_KEY", lambda: blind_index.whole("check", "1"))):
        try:
            probe()
        except Exception as error:
            problems.append(Error(f"{name}: {type(error).__name__}: {error}", id="mulin.E001"))
    return problems


@register(Tags.database)
def log_is_protected(app_configs: Any, databases: Any = None, **_: Any) -> list[Any]:
    """Asks the database itself (`check --database default`): may the application's role change what it has logged?"""
    if "default" not in (databases or ()):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_logentry') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        cursor.execute("SELECT has_table_privilege(%s, 'core_logentry', 'UPDATE')", [settings.DATABASE_APP_ROLE])
        if not cursor.fetchone()[0]:
            return []
    return [
        Warning(
            f"The role {settings.DATABASE_APP_ROLE} may change the operation log.",
            hint="Set DATABASE_OWNER_URL to a second role that owns the tables and run migrate as that role (docs/settings.md).",
            id="mulin.W001",
        )
    ]
