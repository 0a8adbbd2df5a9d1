"""Every text for people goes through gettext, in Python and in templates, so that the English catalogue can arrive whole."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.architecture.walk import shown, sources

CJK = re.compile(r"[\u3400-\u9fff]")

# Chinese that is data, not text of the interface: file (or folder) and why.
DATA: dict[str, str] = {
    "audit/services/demo.py": "names and posts of the demo's people",
    "config/formats": "patterns of dates",
    "config/launch.py": "speaks both languages at the terminal, before Django is there",
    "core/actors.py": "the label of the machine in the log, stored with the entry",
    "core/excel": "words to recognise in spreadsheets",
    "core/management/demo.py": "speaks at the terminal of the demo",
    "core/normalise": "what people write: words to recognise, not words to show",
    "core/pinyin.py": "readings of surnames",
    "core/resources.py": "column names of the dictionary workbook, which comes back by these names",
    "core/views/dictionary_files.py": "column names of the dictionary workbook, which comes back by these names",
    "notices/management/commands/seed_notices.py": "the demo's announcements",
    "workorders/management/commands/seed_workorders.py": "the demo's repairs",
    "workorders/seeding": "the demo's repairs",
    "workorders/seeds.py": "items of the dictionaries and the checklists of repairs",
    "notices/services/channels.py": "ways out that a registered text has to name, to be recognised",
    "notices/seeding": "the demo's announcements",
    "notices/seeds.py": "items of the dictionary and the ready texts of announcements",
    "owners/forms/fields.py": "the word that clears a value, as people type it",
    "owners/forms/people.py": "the label a second phone is stored with",
    "owners/importing/columns.py": "synonyms of columns and words, and the rows that show how to fill them in",
    "owners/importing/parsing.py": "footers of other people's workbooks, to be recognised",
    "owners/importing/payload.py": "the word that clears a value, as people type it",
    "owners/importing/people.py": "ends of company names, to be recognised",
    "owners/indexing.py": "the range of characters a plain name is made of",
    "owners/management/commands/seed_demo.py": "the demo's estate",
    "owners/seeding": "the demo's people and their stories",
    "owners/seeds.py": "items of the data dictionaries and synonyms of columns",
    "properties/models": "address words that are stored in labels (3栋2单元1502)",
    "properties/naming.py": "spellings of addresses to recognise and to store",
    "complaints/seeds.py": "items of the dictionaries of complaints",
    "complaints/enquiry_seeds.py": "items of the dictionaries, the first ready answers and keywords",
    "complaints/management/commands/seed_complaints.py": "the demo's complaints",
    "complaints/management/commands/seed_enquiries.py": "the demo's conversations",
    "owners/management/commands/seed_call_backs.py": "the demo's call-backs",
    "owners/queries/call_scripts.py": "placeholders that stand in stored scripts, as people write them",
    "complaints/seeding": "the demo's complaints, conversations and opinions",
    "workorders/hours.py": "words to recognise in hours as people write them",
    "workorders/resources.py": "column names and words of the workbooks, which come back by these names",
    "properties/seeds.py": "items of the data dictionaries and synonyms of columns",
}


def _is_data(path: Path) -> bool:
    return any(shown(path) == name or shown(path).startswith(f"{name}/") for name in DATA)


def _gettext_names(tree: ast.AST) -> set[str]:
    """What the file calls the translation functions: `_`, `lazy`, …"""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {alias.asname or alias.name for alias in node.names if "gettext" in alias.name}
    return names


def _loose_strings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed: set[int] = set()
    spoken = _gettext_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in spoken:
            passed |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))  # docstrings
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CJK.search(node.value)
            and id(node) not in passed
        ):
            yield f"{shown(path)}:{node.lineno}: {node.value[:40]}"


def test_python_text_goes_through_gettext() -> None:
    found = [line for path in sources() if not _is_data(path) for line in _loose_strings(path)]
    assert found == []


def test_data_exemptions_are_still_needed() -> None:
    for name in DATA:
        path = settings.BASE_DIR / name
        files = [path] if path.is_file() else list(path.rglob("*.py"))
        assert any(list(_loose_strings(file)) for file in files), name


_SPOKEN = re.compile(
    r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}|{%\s*(?:blocktrans|blocktranslate)\b.*?{%\s*end(?:blocktrans|blocktranslate)\s*%}"
    r"|{%\s*(?:trans|translate)\b.*?%}|_\((\"[^\"]*\"|'[^']*')\)|<!--.*?-->",
    re.DOTALL,
)


def test_template_text_goes_through_trans() -> None:
    found = []
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        text = _SPOKEN.sub(lambda match: "\n" * match[0].count("\n"), path.read_text(encoding="utf-8"))
        found += [
            f"{shown(path)}:{n}: {line.strip()[:60]}" for n, line in enumerate(text.splitlines(), 1) if CJK.search(line)
        ]
    assert found == []


def test_no_raw_separator_stands_in_templates() -> None:
    found = [
        shown(path)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if "·" in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_templates_carry_no_inline_script_or_style() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", re.IGNORECASE)
    found = [
        shown(path)
        for path in (settings.BASE_DIR / "templates").rglob("*.html")
        if inline.search(path.read_text("utf-8"))
    ]
    assert found == []
