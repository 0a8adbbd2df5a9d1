"""Reads the settings' raw values: the environment first, in demo mode the files of `var/` after it."""

import json
import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent


class MissingSettings(SystemExit):
    """Raised at start; its text names every variable that has to be set."""


def database(url: str) -> dict:
    """Django's connection dict for `postgresql://user:password@host:port/name?sslmode=...`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise MissingSettings(f"DATABASE_URL must start with postgresql://, not {parts.scheme!r}.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


class Environment:
    """Looks a name up in the environment, then among the embedded servers' urls and the demo keys (never in production)."""

    def __init__(self) -> None:
        self.name = os.environ.get("MULIN_ENV", "demo")
        if self.name not in {"demo", "production"}:
            raise MissingSettings(f"MULIN_ENV must be demo or production, not {self.name!r}.")
        self.production = self.name == "production"
        # Which kind of process this is (config/wsgi.py and config/celery.py say so), and whether it may change tables (manage.py).
        self.process = os.environ.get("MULIN_PROCESS", "command")
        self.owns_tables = os.environ.get("MULIN_DB_ROLE") == "owner"
        self.var = Path(os.environ.get("MULIN_VAR") or BASE_DIR / "var").resolve()
        self._fallback = {} if self.production else self._demo_values()
        self._missing: list[str] = []

    def _demo_values(self) -> dict[str, str]:
        values: dict[str, str] = {"ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver"}
        for name in ("embedded.json", "keys.json"):
            path = self.var / name
            if path.exists():
                stored = json.loads(path.read_text())
                values |= {key.upper(): value for key, value in stored.items() if isinstance(value, str)}
        return values

    def get(self, name: str, default: str = "") -> str:
        return os.environ.get(name) or self._fallback.get(name) or default

    def need(self, name: str) -> str:
        value = self.get(name)
        if not value:
            self._missing.append(name)
        return value

    def integer(self, name: str, default: int) -> int:
        raw = self.get(name, str(default))
        try:
            return int(raw)
        except ValueError:
            raise MissingSettings(f"{name} must be a whole number, not {raw!r}.") from None

    def listing(self, name: str) -> list[str]:
        return [part.strip() for part in self.get(name).split(",") if part.strip()]

    def stop_if_missing(self) -> None:
        if not self._missing:
            return
        names = ", ".join(self._missing)
        hint = (
            "Set them in the environment."
            if self.production
            else "Start with `make run`, which creates them, or set them."
        )
        raise MissingSettings(f"Missing settings: {names}. {hint}")
