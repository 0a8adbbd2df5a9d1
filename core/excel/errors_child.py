"""The error workbook with the user's own formatting, made in the child process: it parses styles.

openpyxl is slow and hungry, so it is given a copy of the file that holds the wanted rows only.
"""

import os
import zipfile
from copy import copy
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from core.excel.scan import MAX_COLUMNS, scan_sheet, write_trimmed
from core.excel.sources import Refused, sheets_of

_REASON_WIDTH = 60
_RED = "C0392B"


def write_styled(request: dict[str, Any]) -> dict[str, int]:
    """Asked for: path, sheet, target, header_row, failures (row -> reason), merges, title, scratch."""
    failures = {int(row): reason for row, reason in request["failures"].items()}
    trimmed = os.path.join(request["scratch"], "failed.xlsx")
    with zipfile.ZipFile(request["path"]) as archive:
        sheets, _is_1904 = sheets_of(archive)
        member = next((part for name, _state, part in sheets if name == request["sheet"]), None)
        if member is None:
            raise Refused("damaged")
        marks = scan_sheet(archive, member).marks
        tops = {merge[0] for merge in request["merges"]}
        others = [part for _name, _state, part in sheets if part != member]
        header_row = request["header_row"]
        write_trimmed(
            archive,
            member,
            trimmed,
            lambda row: row <= header_row or row in failures or row in tops,
            2**20,
            emptied=others,
        )
    workbook = load_workbook(trimmed, data_only=True)
    _compact(workbook, workbook[request["sheet"]], request, failures, marks)
    workbook.save(request["target"])
    return {"rows": len(failures)}


def _compact(
    workbook: Workbook,
    old: Worksheet,
    request: dict[str, Any],
    failures: dict[int, str],
    marks: dict[int, Any],
) -> None:
    """A sheet of the same workbook, so that style numbers stay valid, replaces the old one."""
    header_row, name = request["header_row"], old.title
    new = workbook.create_sheet("Mulin")
    kept = [*range(1, header_row + 1), *sorted(failures)]
    columns = min(old.max_column, MAX_COLUMNS)  # openpyxl looks at every cell for it
    widest = 0
    for number, row in enumerate(kept, start=1):
        widest = max(widest, _copy_row(old, new, row, number, columns))
        for column, mark in marks.get(row, {}).items():
            if "f" in mark:  # a formula without a result must not come back as a blank
                new.cell(number, column + 1, "#VALUE!").data_type = "e"
    _fill_merged(old, new, request["merges"], {row: place for place, row in enumerate(kept, start=1)})
    _copy_layout(old, new, header_row)
    _add_reasons(new, request, failures, kept, widest)
    for sheet in [sheet for sheet in workbook.worksheets if sheet is not new]:
        workbook.remove(sheet)
    workbook.defined_names.clear()  # names of what is no longer there make Excel offer repairs
    new.title = name
    workbook.active = 0


def _copy_row(old: Worksheet, new: Worksheet, row: int, number: int, columns: int) -> int:
    """Values and styles of a row; returns the last column with a value."""
    last = 0
    for column in range(1, columns + 1):
        source = old._cells.get((row, column))
        if source is None:
            continue
        target = new.cell(number, column)
        if isinstance(source, Cell) and source.value is not None:
            target.value = source.value
            target.data_type = source.data_type
            last = column
        if source.has_style:
            target._style = copy(source._style)
    height = old.row_dimensions[row].height if row in old.row_dimensions else None
    if height:
        new.row_dimensions[number].height = height
    return last


def _fill_merged(old: Worksheet, new: Worksheet, merges: list[list[int]], numbers: dict[int, int]) -> None:
    """Rows that a tall merged cell spoke for get its value: they no longer stand together."""
    for top, left, bottom, right in merges:
        source = old._cells.get((top, left + 1))
        for row in range(top, bottom + 1) if bottom - top < len(numbers) else list(numbers):
            if row in numbers and top <= row <= bottom and source is not None:
                for column in range(left + 1, min(right, MAX_COLUMNS - 1) + 2):
                    target = new.cell(numbers[row], column)
                    target.value = source.value
                    target.data_type = source.data_type


def _copy_layout(old: Worksheet, new: Worksheet, header_row: int) -> None:
    for letter, dimension in old.column_dimensions.items():
        target = new.column_dimensions[letter]
        target.width, target.min, target.max = dimension.width, dimension.min, dimension.max
        target._style = copy(dimension._style)
    for area in old.merged_cells.ranges:
        if area.max_row <= header_row:
            new.merge_cells(area.coord)
    new.freeze_panes = old.freeze_panes


def _add_reasons(
    new: Worksheet, request: dict[str, Any], failures: dict[int, str], kept: list[int], widest: int
) -> None:
    header_row = request["header_row"]
    # An error workbook that failed again already has the column.
    column = next((cell.column for cell in new[header_row] if cell.value == request["title"]), widest + 1)
    head = new.cell(header_row, column, request["title"])
    if column > 1:
        head._style = copy(new.cell(header_row, column - 1)._style)
    letter = head.column_letter
    new.column_dimensions[letter].width = _REASON_WIDTH
    style = None
    for number, row in enumerate(kept[header_row:], start=header_row + 1):
        cell = new.cell(number, column, failures[row])
        cell.data_type = "s"
        if style is None:
            cell.font, cell.alignment = Font(color=_RED), Alignment(wrap_text=True, vertical="top")
            style = cell._style
        cell._style = style
