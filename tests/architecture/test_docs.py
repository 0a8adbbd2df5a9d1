"""docs/ names every operator command with its options, and every setting that is read from the environment."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import load_command_class

from tests.architecture.walk import app_folders

DOCS = settings.BASE_DIR / "docs"
# Names config reads that nobody sets by hand, and why.
INTERNAL = {"MULIN_DB_ROLE": "manage.py chooses it by the command"}
_READ = re.compile(r"(?:env\.[a-z]+\(|environ(?:\.get\(|\[)|getenv\()\s*\"([A-Z][A-Z0-9_]{3,})\"")


def commands() -> list[tuple[str, str]]:
    return [
        (folder.name, path.stem)
        for folder in app_folders()
        for path in sorted((folder / "management" / "commands").glob("[!_]*.py"))
    ]


@pytest.mark.parametrize(("app", "name"), commands())
def test_every_command_stands_in_the_docs_with_its_options(app: str, name: str) -> None:
    lines = [line for line in (DOCS / "commands.md").read_text("utf-8").splitlines() if line.startswith(f"| `{name}")]
    assert len(lines) == 1, name
    parser = load_command_class(app, name).create_parser("manage.py", name)
    common = {action.dest for action in _plain_parser()._actions}
    own = [action for action in parser._actions if action.dest not in common]
    missing = [option for action in own for option in action.option_strings if f"`{option}" not in lines[0]]
    assert missing == []
    assert all(action.dest.upper() in lines[0] for action in own if not action.option_strings)


def _plain_parser():
    from django.core.management.base import BaseCommand

    return BaseCommand().create_parser("manage.py", "nothing")


def test_docs_name_no_command_that_is_gone() -> None:
    named = set(re.findall(r"^\| `([a-z_]+)", (DOCS / "commands.md").read_text("utf-8"), re.MULTILINE))
    assert named == {name for _app, name in commands()}


def read_names() -> set[str]:
    names = set()
    for path in [*(settings.BASE_DIR / "config").rglob("*.py"), *_command_files()]:
        text = path.read_text("utf-8")
        names |= set(_READ.findall(text)) | set(re.findall(r"\"(MULIN_[A-Z_]+)\"", text))
    return names - INTERNAL.keys() - {"DJANGO_SETTINGS_MODULE", "PATH", "HOME"}


def _command_files() -> list[Path]:
    return [settings.BASE_DIR / app / "management" / "commands" / f"{name}.py" for app, name in commands()]


def test_every_setting_stands_in_the_docs() -> None:
    told = "".join((DOCS / name).read_text("utf-8") for name in ("settings.md", "commands.md"))
    assert {"DATABASE_URL", "FIELD_KEYS", "MULIN_ENV", "MULIN_VAR"} <= read_names()
    assert sorted(name for name in read_names() if f"`{name}`" not in told) == []
