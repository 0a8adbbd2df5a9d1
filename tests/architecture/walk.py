"""What the architecture tests look at: the routes, and the source files of our apps."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from core.web.access import declared


@dataclass(frozen=True)
class Route:
    """One address: its full name ("audit:user_list"), the view, and the arguments its path takes."""

    name: str
    view: Any
    arguments: dict[str, Any]

    @property
    def permission(self) -> str | None:
        return declared(self.view)[0]

    @property
    def public_reason(self) -> str | None:
        return declared(self.view)[1]


# A value that fits each converter and names nothing.
_NOTHING = {
    "IntConverter": 0,
    "StringConverter": "none",
    "SlugConverter": "none",
    "UUIDConverter": "00000000-0000-0000-0000-000000000000",
    "PathConverter": "none",
}


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[Route]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern, inner)
        elif isinstance(pattern, URLPattern):
            arguments = {key: _NOTHING[type(c).__name__] for key, c in pattern.pattern.converters.items()}
            yield Route(f"{namespace}{pattern.name}", pattern.callback, arguments)


def app_folders() -> list[Path]:
    return [Path(config.path) for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR]


def sources(*parts: str) -> Iterator[Path]:
    """Python files of our apps; with parts, only those in such a folder or module ("views" = views.py and views/)."""
    for folder in app_folders():
        for path in sorted(folder.rglob("*.py")):
            inside = path.relative_to(folder)
            if "migrations" in inside.parts:
                continue
            if not parts or inside.parts[0] in parts or inside.parts[0].removesuffix(".py") in parts:
                yield path


def shown(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))
