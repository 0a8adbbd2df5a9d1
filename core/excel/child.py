"""The process that opens other people's spreadsheets: `python -m core.excel.child`.

It limits itself before it touches the file, so that a file made to exhaust memory or time ends
this process only. Rows go to a spool (an unlinked file whose descriptor the parent passes) as
JSON lines of 500 rows, and one JSON object about the sheet to standard output. No Django here,
and no sentences: the parent words what the codes mean.
"""

import csv
import datetime
import json
import os
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from posixpath import normpath
from typing import NamedTuple

from defusedxml import ElementTree
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from core.excel.scan import (
    MAX_COLUMNS,
    MAX_EMPTY_ROWS,
    MAX_ROWS,
    SheetRefused,
    SheetScan,
    SheetTooLong,
    scan_sheet,
    write_trimmed,
)
from core.excel.scan_xls import epoch_1904, read_stream, scan_xls

MEMORY_BYTES = 2**30
CPU_SECONDS = 60
SPOOL_BYTES = 2**30
_CHUNK_ROWS = 500
_CHUNK_CHARACTERS = 8 << 20
_LONGEST_CELL = 40_000  # Excel's own limit is 32,767
_MAX_MERGES = 50_000


class Refused(Exception):
    """The file is refused; the argument is a code that `reader.py` words."""


class Source(NamedTuple):
    """One sheet, ready to be shipped."""

    name: str
    rows: Iterable[list]
    first_column: int
    scan: SheetScan
    merges: list[list[int]]
    epoch_1904: bool
    visible: list[str]
    hidden: list[str]


def limit_this_process() -> None:
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: SPOOL_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS has no RLIMIT_AS; the wall clock still holds there
            continue


# --- xlsx ---------------------------------------------------------------------------------------


def open_xlsx(path: str, wanted: str, scratch: str) -> Source:
    with zipfile.ZipFile(path) as archive:
        sheets, is_1904 = _sheets_of(archive)
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
    return Source(
        name, _calamine_rows(sheet), _first_column(sheet), scan, _merges(sheet), is_1904, visible, hidden
    )


def _sheets_of(archive: zipfile.ZipFile) -> tuple[list[tuple[str, str, str]], bool]:
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


def _calamine_rows(sheet: CalamineSheet) -> Iterator[list]:
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
    csv.field_size_limit(2 * MAX_COLUMNS * _LONGEST_CELL)
    with open(path, encoding=encoding, newline="") as file:
        sample = file.read(20_000)
    delimiter = max(",\t;|", key=sample.count)
    return Source("CSV", _csv_rows(path, encoding, delimiter), 0, SheetScan(), [], False, ["CSV"], [])


def _csv_rows(path: str, encoding: str, delimiter: str) -> Iterator[list]:
    errors = frozenset(("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"))
    with open(path, encoding=encoding, newline="") as file:
        for row in csv.reader(file, delimiter=delimiter):
            if not errors.isdisjoint(row):
                row = [{"e": cell} if cell in errors else cell for cell in row]
            yield row


# --- shipping -----------------------------------------------------------------------------------


def ship(source: Source, spool: int) -> tuple[list[int], int]:
    """Writes the rows that hold anything; returns the length of each chunk and the row count."""
    lengths: list[int] = []
    chunk: list[tuple[int, list]] = []
    count = number = last = 0
    padding = [""] * source.first_column
    marks = source.scan.marks
    for cells in source.rows:
        number += 1
        if padding:
            cells = padding + cells
        if len(cells) > MAX_COLUMNS:
            source.scan.cut_columns += _count_filled(cells[MAX_COLUMNS:])
            del cells[MAX_COLUMNS:]
        if number in marks:
            _place_marks(cells, marks[number])
        if cells.count("") == len(cells):
            continue
        if number - last > MAX_EMPTY_ROWS:
            source.scan.cut_rows += 1
            break
        last = number
        count += 1
        if count > MAX_ROWS + 20:
            raise SheetTooLong
        chunk.append((number, cells))
        if len(chunk) == _CHUNK_ROWS:
            lengths.append(_write(spool, chunk))
            chunk = []
    if chunk:
        lengths.append(_write(spool, chunk))
    return lengths, count


def _count_filled(cells: list) -> int:
    return len(cells) - cells.count("")


def _place_marks(cells: list, marks: dict[int, object]) -> None:
    for column, mark in marks.items():
        if column >= len(cells):
            cells.extend([""] * (min(column, MAX_COLUMNS - 1) + 1 - len(cells)))
        if column < len(cells):
            cells[column] = mark


def _write(spool: int, chunk: list[tuple[int, list]]) -> int:
    text = _dumps(chunk)
    if len(text) > _CHUNK_CHARACTERS:
        text = _dumps([(number, [_shortened(cell) for cell in cells]) for number, cells in chunk])
    line = memoryview(text.encode("utf-8", "surrogatepass"))
    written = 0
    while written < len(line):
        written += os.write(spool, line[written:])
    return len(line)


def _dumps(chunk: list[tuple[int, list]]) -> str:
    return json.dumps(chunk, default=_tagged, ensure_ascii=False, check_circular=False)


def _shortened(cell: object) -> object:
    return cell[:_LONGEST_CELL] if isinstance(cell, str) else cell


def _tagged(value: object) -> dict[str, object]:
    """Types JSON has no word for."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return {"d": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"t": str(value)}
    return {"t": value.isoformat() if isinstance(value, datetime.time) else str(value)}


def read(request: dict) -> dict:
    """What the parent asks: path, kind, encoding, sheet, scratch, spool."""
    if request["kind"] == "csv":
        source = open_csv(request["path"], request["encoding"])
    elif request["kind"] == "xls":
        source = open_xls(request["path"], request["sheet"], request["scratch"])
    else:
        source = open_xlsx(request["path"], request["sheet"], request["scratch"])
    lengths, count = ship(source, request["spool"])
    if not count:
        raise Refused("empty")
    scan = source.scan
    return {
        "name": source.name,
        "lengths": lengths,
        "row_count": count,
        "merges": source.merges,
        "epoch_1904": source.epoch_1904,
        "visible": source.visible,
        "hidden": source.hidden,
        "formulas": scan.formulas,
        "hidden_rows": scan.hidden_rows,
        "hidden_columns": scan.hidden_columns,
        "cut_rows": scan.cut_rows,
        "cut_columns": scan.cut_columns,
    }


def main() -> None:
    limit_this_process()
    request = json.loads(sys.stdin.buffer.read())
    try:
        if request["task"] == "errors":
            from core.excel.errors_child import write_styled

            answer = write_styled(request)
        else:
            answer = read(request)
    except SheetTooLong:
        answer = {"refused": "too_long"}
    except SheetRefused:
        answer = {"refused": "damaged"}
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "too_large"}
    except Exception as error:  # a parser of other people's bytes raises anything
        answer = {"refused": "damaged", "detail": type(error).__name__}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
