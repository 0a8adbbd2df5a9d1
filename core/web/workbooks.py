"""Small tables in and out by workbook: read the upload, show what it would change, write when somebody has seen it. What dictionaries,
materials and prices have in common; people and flats have an import of their own."""

import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.results import Result, RowResult
from tablib import Dataset

from core.errors import BadFile, BusinessError
from core.excel.inspect import inspect_upload
from core.excel.reader import Sheet, read_workbook
from core.normalise import clean_text
from core.services.attachments import safe_name

MAX_ROWS, PREVIEW_SECONDS = 5000, 3600
KINDS = {
    RowResult.IMPORT_TYPE_NEW: ("green", gettext_lazy("新增")),
    RowResult.IMPORT_TYPE_UPDATE: ("blue", gettext_lazy("修改")),
}


def read_table(upload: Any, *, heads: Sequence[str], needed: Sequence[str]) -> tuple[Dataset, list[int]]:
    """The rows under the header in the order of `heads`, with their numbers in the file; parsed in a child process. Raises BadFile
    without the heads that are needed."""
    with tempfile.TemporaryDirectory(prefix="mulin-table-") as folder:
        path = Path(folder) / f"upload.{safe_name(upload.name).rpartition('.')[2]}"
        with path.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        with read_workbook(path, kind=inspect_upload(path)) as sheet:
            return _rows_of(sheet, heads, needed)


def _rows_of(sheet: Sheet, wanted: Sequence[str], needed: Sequence[str]) -> tuple[Dataset, list[int]]:
    heads: list[str] = []
    # Heads are compared as they are cleaned: （元） and (元) are one.
    asked = {clean_text(head) for head in needed}
    dataset, numbers = Dataset(headers=list(wanted)), []
    for row in sheet.rows:
        cells = [_text(cell) for cell in row.cells]
        if not heads:
            heads = cells if asked <= set(cells) else []
            continue
        found = dict(zip(heads, cells, strict=False))
        if not any(found.get(head) for head in asked):
            continue
        dataset.append([found.get(clean_text(head), "") for head in wanted])
        numbers.append(row.number)
        if len(numbers) > MAX_ROWS:
            raise BadFile(_("文件最多 %(n)d 行") % {"n": MAX_ROWS})
    if not heads:
        raise BadFile(_("找不到表头"), _("需要有这些列：%(heads)s") % {"heads": "、".join(needed)})
    if not numbers:
        raise BadFile(_("文件里没有内容"))
    return dataset, numbers


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()
    return clean_text("" if cell is None else "".join(map(str, cell)) if isinstance(cell, tuple) else str(cell))


def preview_of(
    resource: Callable[..., Any], result: Result, dataset: Dataset, numbers: list[int], *, named: Sequence[int]
) -> dict[str, Any]:
    """Counts, the rows that would change with old and new, the rows that cannot go in (by the columns `named`), and the rows to write."""
    wrong = [(row.number - 1, _reason(error.error)) for row in result.error_rows for error in row.errors[:1]]
    wrong += [(row.number - 1, "；".join(row.error.messages)) for row in result.invalid_rows]
    kept = [(place, row) for place, row in enumerate(result.rows) if row.import_type in KINDS]
    changes = [
        {
            "number": numbers[place],
            "cells": list(zip(_before(resource, row), dataset[place], strict=True)),
            "colour": KINDS[row.import_type][0],
            "word": KINDS[row.import_type][1],
        }
        for place, row in kept
    ]
    totals, heads = result.totals, list(dataset.headers or ())
    return {
        "heads": heads, "changes": changes, "new": totals["new"], "changed": totals["update"], "unchanged": totals["skip"],
        "named": [heads[at] for at in named], "rows": [list(dataset[place]) for place, _row in kept],
        "errors": [
            {"number": numbers[place], "cells": [dataset[place][at] for at in named], "why": why} for place, why in wrong
        ],
    }  # fmt: skip


def _before(resource: Callable[..., Any], row: RowResult) -> list[str]:
    """What stood in the cells of a changed row, "" where nothing changes."""
    known = resource()
    columns = [known.fields[name] for name in known.get_export_order()]
    if row.import_type != RowResult.IMPORT_TYPE_UPDATE:
        return [""] * len(columns)
    old, new = ([str(column.export(item)) for column in columns] for item in (row.original, row.instance))
    return [before if before != after else "" for before, after in zip(old, new, strict=True)]


def _reason(error: Any) -> str:
    return error.sentence if isinstance(error, BusinessError) else str(error)
