"""Documents on paper: a Typst template and data become a PDF.

Data reaches the template as JSON and is never read as markup. Fonts come with the program and no others are used, so that a document
looks the same wherever it is made.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone

from core.excel.writer import ExportColumn, ExportKind, Sheet

_FONT_PACKAGE, _FONT_FOLDER = "justmytype_intl_cjk", "fonts/ofl/notosanssc"
_TEMPLATES = "templates/typst"
_NUMBERS = frozenset({ExportKind.INTEGER, ExportKind.MONEY, ExportKind.AREA, ExportKind.PRICE, ExportKind.PERCENT})


@cache
def _fonts() -> typst.Fonts:
    """Noto Sans SC alone; its folder is looked through once."""
    found = find_spec(_FONT_PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"{_FONT_PACKAGE} is not installed")
    folder = Path(found.origin).parent / _FONT_FOLDER
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """`template` is a file under templates/typst/; `data` must go into JSON."""
    folder = Path(settings.BASE_DIR) / _TEMPLATES
    document: bytes = typst.compile(
        str(folder / template), root=str(folder), font_paths=_fonts(), timestamp=timezone.now().replace(microsecond=0),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    return document


def paper_table(sheet: Sheet) -> dict[str, Any]:
    """A table as the template sheets.typ draws it: every cell as text, numbers to the right, the share of a bar beside each row."""
    shares = _shares(sheet)
    return {
        "title": sheet.title, "note": sheet.note, "summed": sheet.summed,
        "columns": [{"title": column.title, "number": column.kind in _NUMBERS} for column in sheet.columns],
        "rows": [[cell_text(column, value) for column, value in zip(sheet.columns, row, strict=True)] for row in sheet.rows],
        "bars": shares,
    }  # fmt: skip


def _shares(sheet: Sheet) -> list[float]:
    if sheet.bar is None:
        return []
    numbers = [float(str(row[sheet.bar] or 0)) for row in sheet.rows]
    most = max(numbers[:-1] if sheet.summed else numbers, default=0)
    return [min(1.0, number / most) if most else 0.0 for number in numbers]


def cell_text(column: ExportColumn, value: object) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if column.kind is ExportKind.PERCENT:
        return f"{value}%"
    return f"{value:,}" if column.kind in _NUMBERS else str(value)
