"""A sheet of an .xlsx, .xls or .csv as rows: opened in the child process only."""

import csv
import os
import zipfile
from collections.abc import Iterable, Iterator
from posixpath import normpath
from typing import Any, NamedTuple

from defusedxml import ElementTree
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.excel.scan import MAX_COLUMNS, SheetScan, scan_sheet, write_trimmed
from core.excel.scan_xls import epoch_1904, read_stream, scan_xls

LONGEST_CELL = 40_000  # Excel's own limit is 32,767
_MAX_MERGES = 50_000


class Refused(Exception):
    """The file is refused; the argument is a code that `reader.py` words."""


class Source(NamedTuple):
    """One sheet, ready to be shipped."""

    name: str
    rows: Iterable[list[Any]]
    first_column: int
    scan: SheetScan
    merges: list[list[int]]
    epoch_1904: bool
    visible: list[str]
    hidden: list[str]


# --- xlsx ---------------------------------------------------------------------------------------


def open_xlsx(path: str, wanted: str, scratch: str) -> Source:
    with zipfile.ZipFile(path) as archive:
        sheets, is_1904 = sheets_of(archive)
        visible = [name for name, state, _member in sheets if state == "visible"]
        hidden = [name for name, state, _member in sheets if state != "visible"]
        for name, state, member in sheets:
            if name != wanted if wanted else state != "visible":
                continue
            scan = scan_sheet(archive, member)
            if scan.last_row or name == wanted:
                break
        else:
            raise Refused("empty")
        if scan.cut_rows or scan.cut_columns:
            # calamine would allocate every cell up to the farthest one.
            path = os.path.join(scratch, "trimmed.xlsx")
            write_trimmed(archive, member, path, lambda number: True, scan.last_row)
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_name(name)
    return Source(name, _calamine_rows(sheet), _first_column(sheet), scan, _merges(sheet), is_1904, visible, hidden)


def sheets_of(archive: zipfile.ZipFile) -> tuple[list[tuple[str, str, str]], bool]:
    """(name, state, member) of each worksheet in the order of the tabs, and whether days count from 1904."""
    part = next((n for n in archive.namelist() if n.lower() in ("xl/workbook.xml", "xl/workbook2.xml")), None)
    if part is None:
        raise Refused("damaged")
    folder, _slash, file = part.rpartition("/")
    relations = ElementTree.fromstring(archive.read(f"{folder}/_rels/{file}.rels"))
    targets = {
        node.get("Id"): normpath(os.path.join("/" + folder, node.get("Target", ""))).lstrip("/")
        for node in relations
        if node.get("Type", "").endswith("/worksheet")
    }
    sheets, is_1904 = [], False
    for node in ElementTree.fromstring(archive.read(part)).iter():
        kind = node.tag.rpartition("}")[2]
        if kind == "sheet":
            relation = next((value for key, value in node.items() if key.endswith("}id")), None)
            if relation in targets:
                sheets.append((node.get("name", ""), node.get("state", "visible"), targets[relation]))
        elif kind == "workbookPr":
            is_1904 = node.get("date1904") in ("1", "true")
    return sheets, is_1904


def _calamine_rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    return iter(()) if sheet.start is None else sheet.iter_rows()


def _first_column(sheet: CalamineSheet) -> int:
    return sheet.start[1] if sheet.start else 0


def _merges(sheet: CalamineSheet) -> list[list[int]]:
    """[top row, left column, bottom row, right column]: rows from 1, columns from 0."""
    ranges = (sheet.merged_cell_ranges or [])[:_MAX_MERGES]
    return [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in ranges]


# --- xls ----------------------------------------------------------------------------------------


def open_xls(path: str, wanted: str, scratch: str) -> Source:
    workbook = CalamineWorkbook.from_path(path)
    tabs = workbook.sheets_metadata
    is_visible = [tab.visible == SheetVisibleEnum.Visible for tab in tabs]
    names = [tab.name for tab in tabs]
    for index, tab in enumerate(tabs):
        if tab.typ != SheetTypeEnum.WorkSheet or (tab.name != wanted if wanted else not is_visible[index]):
            continue
        sheet = workbook.get_sheet_by_index(index)
        if sheet.start is not None or tab.name == wanted:
            break
    else:
        raise Refused("empty")
    stream = read_stream(path)
    return Source(
        tab.name,
        _calamine_rows(sheet),
        _first_column(sheet),
        scan_xls(stream, index),
        _merges(sheet),
        epoch_1904(stream),
        [name for name, shown in zip(names, is_visible, strict=True) if shown],
        [name for name, shown in zip(names, is_visible, strict=True) if not shown],
    )


# --- csv ----------------------------------------------------------------------------------------


def open_csv(path: str, encoding: str) -> Source:
    csv.field_size_limit(2 * MAX_COLUMNS * LONGEST_CELL)
    with open(path, encoding=encoding, newline="") as file:
        sample = file.read(20_000)
    delimiter = max(",\t;|", key=sample.count)
    return Source("CSV", _csv_rows(path, encoding, delimiter), 0, SheetScan(), [], False, ["CSV"], [])


def _csv_rows(path: str, encoding: str, delimiter: str) -> Iterator[list[Any]]:
    errors = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"))
    with open(path, encoding=encoding, newline="") as file:
        for row in csv.reader(file, delimiter=delimiter):
            if not errors.isdisjoint(row):
                yield [{"e": cell} if cell in errors else cell for cell in row]
            else:
                yield row
