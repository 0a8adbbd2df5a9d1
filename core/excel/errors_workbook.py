"""Rows that failed, given back in the user's own layout with a last column 错误原因.

Fixed and uploaded again, the file reads like the first one: the title rows, the header and the
values are where and what they were, and the header match leaves the added column out.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from core.errors import BadFile
from core.excel.headers import ERROR_TITLE, HeaderMap
from core.excel.merges import MergedColumns
from core.excel.reader import ErrorCell, FormulaWithoutValue, Sheet, run_child
from core.excel.rows import CellError
from core.excel.writer import LONGEST_TEXT, CellWriter, ExportKind, cell_writer

STYLED_ROWS = 20_000
_REASON_WIDTH = 60


def reasons_by_row(errors: Iterable[CellError]) -> dict[int, str]:
    """What `write_error_workbook` wants: one text a row, each complaint with its column."""
    rows: dict[int, list[str]] = {}
    for error in errors:
        rows.setdefault(error.row, []).append(f"{error.header} {error.cause}")
    return {row: "；".join(texts) for row, texts in sorted(rows.items())}


def write_error_workbook(
    source: str | Path,
    target: str | Path,
    *,
    sheet: Sheet,
    header: HeaderMap,
    failures: Mapping[int, str],
) -> bool:
    """Writes the .xlsx at `target`; `failures` maps row numbers of `source` to reasons.

    Returns whether the formatting was kept: up to 20,000 failed rows of an .xlsx it is, beyond
    that, for .xls and .csv, and when its styles cannot be read, the cells come back without it.
    """
    if sheet.kind.kind == "xlsx" and len(failures) <= STYLED_ROWS:
        try:
            _write_styled(Path(source), Path(target), sheet, header, failures)
        except BadFile:  # its cells were read before: only the styles can be at fault
            pass
        else:
            return True
    _write_plain(Path(target), sheet, header, failures)
    return False


def _write_styled(source: Path, target: Path, sheet: Sheet, header: HeaderMap, failures: Mapping[int, str]) -> None:
    tall = [merge for merge in sheet.merges if merge.bottom > merge.top and merge.bottom > header.row]
    run_child(
        {
            "task": "errors",
            "path": str(source.resolve()),
            "sheet": sheet.name,
            "target": str(target.resolve()),
            "header_row": header.row,
            "failures": {row: reason[:LONGEST_TEXT] for row, reason in failures.items()},
            "merges": tall,
            "title": ERROR_TITLE,
        }
    )


def _write_plain(target: Path, sheet: Sheet, header: HeaderMap, failures: Mapping[int, str]) -> None:
    reason_place = next((place for place, text in header.headers.items() if text == ERROR_TITLE), None)
    if reason_place is None:
        reason_place = _widest(sheet, header, failures)
    merged = MergedColumns(sheet.merges, range(reason_place), header.row)
    options = {"constant_memory": True, "tmpdir": str(target.parent), "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as workbook:
        out = workbook.add_worksheet("".join(c for c in sheet.name if c not in "[]:*?/\\'")[:31] or "Sheet")
        write = _any_cell_writer(workbook, out)
        red = workbook.add_format({"font_color": "#C0392B"})
        out.set_column(0, max(reason_place - 1, 0), 14)
        out.set_column(reason_place, reason_place, _REASON_WIDTH)
        number = header.row
        for row in sheet.rows:
            cells = _filled(merged, row.number, row.cells) if merged else row.cells
            if row.number > header.row and row.number not in failures:
                continue
            # Title rows keep their numbers, so that the header stays where it was.
            line = row.number - 1 if row.number <= header.row else number
            number += row.number > header.row
            for place, value in enumerate(cells[:reason_place]):
                write(line, place, value)
            if row.number == header.row:
                out.write_string(line, reason_place, ERROR_TITLE)
            elif row.number > header.row:
                out.write_string(line, reason_place, failures[row.number][:LONGEST_TEXT], red)


def _widest(sheet: Sheet, header: HeaderMap, failures: Mapping[int, str]) -> int:
    """The first place to the right of everything that is kept."""
    widest = max(header.headers, default=0) + 1
    for row in sheet.rows:
        if row.number in failures:
            filled = len(row.cells)
            while filled > widest and row.cells[filled - 1] == "":
                filled -= 1
            widest = max(widest, filled)
    return widest


def _filled(merged: MergedColumns, number: int, cells: list[Any]) -> list[Any]:
    cells = list(cells)
    for place in range(len(cells)):
        if (merge := merged.covering(number, place)) is not None:
            value = merged.value(number, place, cells, merge)
            cells[place] = value if cells[place] == "" else cells[place]
    return cells


def _any_cell_writer(workbook: xlsxwriter.Workbook, out: Worksheet) -> CellWriter:
    """Writes a cell as what it was: text as text, numbers as numbers, dates as dates, errors as errors."""
    text = cell_writer(out, ExportKind.TEXT, None)
    day = cell_writer(out, ExportKind.DATE, workbook.add_format({"num_format": "yyyy-mm-dd"}))
    moment = cell_writer(out, ExportKind.DATETIME, workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))

    def write(row: int, place: int, value: object) -> None:
        if value == "":
            return
        if isinstance(value, bool):
            out.write_boolean(row, place, value)
        elif isinstance(value, (int, float)) and value - value == 0:
            out.write_number(row, place, value)
        elif isinstance(value, date):
            (day if type(value) is date else moment)(row, place, value)
        elif isinstance(value, (ErrorCell, FormulaWithoutValue)):
            # An error must come back as one: a blank would be taken for "keep".
            code = getattr(value, "text", "#VALUE!")
            out.write_formula(row, place, "=" + code, None, code)
        else:
            text(row, place, getattr(value, "text", value))

    return write
