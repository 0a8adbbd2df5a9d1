"""System checks for what a deployment must not get wrong."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from core import blind_index, crypto


@register(Tags.security)
def keys_are_usable(app_configs: Any, **_: Any) -> list[Any]:
    """Broken keys stop the start instead of the first save."""
    problems: list[Any] = []
    for name, probe in (("FIELD_KEYS", crypto.ring), ("INDEX_KEY", lambda: blind_index.whole("check", "1"))):
        try:
            probe()
        except Exception as error:  # noqa: BLE001  whatever is wrong with a key is reported by name, never by value
            problems.append(Error(f"{name}: {type(error).__name__}: {error}", id="mulin.E001"))
    return problems


@register(Tags.security, deploy=True)
def database_roles_are_split(app_configs: Any, **_: Any) -> list[Any]:
    """Without a second role the application could change its own log."""
    if settings.DATABASE_APP_ROLE != settings.DATABASE_OWNER_ROLE:
        return []
    return [
        Warning(
            "DATABASE_OWNER_URL is not set, or its role is the application's own: the operation log is not protected.",
            hint="Create a second role that owns the tables (docs/settings.md).",
            id="mulin.W001",
        )
    ]
