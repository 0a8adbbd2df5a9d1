"""Tables out: rows as they come, to a file, in memory that does not grow with them."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from core.excel.row_sheet import LONGEST_TEXT, RowSheet

SHEET_ROWS = 1_048_576
_EPOCH = date(1899, 12, 30)
# What a spreadsheet takes for the start of a formula, full width included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


class ExportKind(StrEnum):
    """How the values of an exported column are written."""

    TEXT = "text"  # also identity numbers, phones, room numbers
    INTEGER = "integer"
    MONEY = "money"
    AREA = "area"
    PRICE = "price"  # four places
    PERCENT = "percent"  # 50 is written as 50%
    DATE = "date"
    DATETIME = "datetime"
    YESNO = "yesno"


_NUMBER_FORMATS = {
    ExportKind.TEXT: "@",
    ExportKind.INTEGER: "0",
    ExportKind.MONEY: "#,##0.00",
    ExportKind.AREA: "0.00",
    ExportKind.PRICE: "0.0000",
    ExportKind.PERCENT: "0.00%",
    ExportKind.DATE: "yyyy-mm-dd",
    ExportKind.DATETIME: "yyyy-mm-dd hh:mm",
}


class ExportColumn(NamedTuple):
    title: str
    kind: ExportKind = ExportKind.TEXT
    width: int = 14


class Sheet(NamedTuple):
    """One table of a document. `bar` is the column whose numbers are drawn as bars on paper; the last row may be the sum of all."""

    title: str
    columns: Sequence[ExportColumn]
    rows: Sequence[Sequence[object]]
    note: str = ""
    bar: int | None = None
    summed: bool = False


def write_sheets(path: str | Path, sheets: Iterable[Sheet], *, watermark: str | None = None) -> int:
    """Writes a workbook of several tables and returns the number of rows of all of them. None is a blank cell."""
    path, count = Path(path), 0
    with _workbook(path) as workbook:
        formats = {kind: workbook.add_format({"num_format": code}) for kind, code in _NUMBER_FORMATS.items()}
        head = _head_format(workbook)
        for one in sheets:
            sheet = workbook.add_worksheet(_sheet_title(one.title, 1), worksheet_class=RowSheet)
            first = _begin_sheet(sheet, one.columns, head, formats, watermark)
            cells = [sheet.cell(at, converter(c.kind), formats.get(c.kind)) for at, c in enumerate(one.columns)]
            count += sheet.write_rows(first, cells, one.rows)
    return count


def _head_format(workbook: xlsxwriter.Workbook) -> Format:
    return workbook.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "border_color": "#C9D3E0"})


def write_table(
    path: str | Path,
    columns: Sequence[ExportColumn],
    rows: Iterable[Sequence[object]],
    *,
    sheet_name: str,
    watermark: str | None = None,
    created: datetime | None = None,
) -> int:
    """Writes an .xlsx and returns the number of rows. With `created` the same rows give the same bytes.

    A masked value in a column of numbers or dates is a str and is written as text. None is a blank
    cell. The watermark stands in a line above the header and in the foot of every printed page.
    Above 1,048,575 rows a sheet more is begun.
    """
    path = Path(path)
    with _workbook(path) as workbook:
        if created is not None:
            workbook.set_properties({"created": created})
        formats = {kind: workbook.add_format({"num_format": code}) for kind, code in _NUMBER_FORMATS.items()}
        head = _head_format(workbook)
        count = sheets = 0
        pending = iter(rows)
        more: Sequence[object] | None = next(pending, ())
        while more is not None:
            sheets += 1
            sheet = workbook.add_worksheet(_sheet_title(sheet_name, sheets), worksheet_class=RowSheet)
            first = _begin_sheet(sheet, columns, head, formats, watermark)
            cells = [sheet.cell(at, converter(c.kind), formats.get(c.kind)) for at, c in enumerate(columns)]
            written = sheet.write_rows(first, cells, islice(chain([more], pending), SHEET_ROWS - first)) if more else 0
            sheet.autofilter(first - 1, 0, max(first + written - 1, first - 1), len(columns) - 1)
            count += written
            more = next(pending, None)
    return count


@contextmanager
def _workbook(path: Path) -> Iterator[xlsxwriter.Workbook]:
    """The file being written. A place that cannot be written is an OSError, as with any other file."""
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_urls": False}
    try:
        with xlsxwriter.Workbook(path, options) as workbook:
            yield workbook
    except FileCreateError as problem:
        cause = problem.args[0] if problem.args else None
        raise (cause if isinstance(cause, OSError) else OSError(str(problem))) from None


def _sheet_title(name: str, number: int) -> str:
    clean = "".join(" " if char in "[]:*?/\\'" else char for char in name).strip() or "Sheet"
    return clean[:31] if number == 1 else f"{clean[:27]} {number}"


def _begin_sheet(
    sheet: Worksheet,
    columns: Sequence[ExportColumn],
    head: Format,
    formats: dict[ExportKind, Format],
    watermark: str | None,
) -> int:
    """Widths, watermark and header; returns the place of the first row of data."""
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, formats.get(column.kind))
    header_row = 0
    if watermark:
        sheet.write_string(0, 0, watermark[:LONGEST_TEXT])
        sheet.set_footer("&C" + watermark.replace("&", "&&")[:200])
        header_row = 1
    for place, column in enumerate(columns):
        sheet.write_string(header_row, place, column.title, head)
    sheet.freeze_panes(header_row + 1, 0)
    return header_row + 1


def converter(kind: ExportKind) -> Callable[[Any], object]:
    """What a value that is no str becomes in a column of this kind: a str to be written as text, or a number."""

    def number(value: Any) -> object:
        return value if abs(value) < 1e15 else str(value)

    if kind is ExportKind.TEXT:
        return str
    if kind is ExportKind.YESNO:
        words = {True: _("是"), False: _("否")}
        return lambda value: words[bool(value)]
    if kind is ExportKind.PERCENT:
        return lambda value: number(float(value) / 100)
    if kind is ExportKind.DATE or kind is ExportKind.DATETIME:
        return _date_converter()
    return number


def _date_converter() -> Callable[[Any], object]:
    serials: dict[date, float] = {}

    def convert(value: Any) -> object:
        serial = serials.get(value) if type(value) is date else None
        if serial is None:
            if not isinstance(value, date) or value.year < 1901:
                return str(value)
            serial = _serial(value)
            if type(value) is date and len(serials) < 50_000:
                serials[value] = serial
        return serial

    return convert


CellWriter = Callable[[int, int, object], object]


def cell_writer(sheet: Worksheet, kind: ExportKind, form: Format | None) -> CellWriter:
    """The function that writes one cell through XlsxWriter's public methods; for sheets whose cells differ from row to row."""
    convert = converter(kind)

    def write(row: int, place: int, value: object) -> None:
        shown: Any = value if type(value) is str else convert(value)
        if type(shown) is not str:
            sheet.write_number(row, place, shown, form)
            return
        # Never `write()`: it would take =… for a formula. Longer text would be dropped in silence, and a text that looks like
        # XlsxWriter's own mark-up would go into the file unescaped and break it.
        if shown.startswith("<r>") and shown.endswith("</r>"):
            shown += " "
        sheet.write_string(row, place, shown[:LONGEST_TEXT], form)

    return write


def _serial(value: date) -> float:
    """Excel's number of a day; of a moment in the zone it carries."""
    if not isinstance(value, datetime):
        return (value - _EPOCH).days
    seconds = value.hour * 3600 + value.minute * 60 + value.second
    return (value.date() - _EPOCH).days + seconds / 86_400


def write_csv(path: str | Path, columns: Sequence[ExportColumn], rows: Iterable[Sequence[object]]) -> int:
    """Writes UTF-8 with a byte order mark, as Excel wants it; returns the number of rows."""
    count = 0
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([guarded(column.title) for column in columns])
        for row in rows:
            out.writerow([_csv_value(column, value) for column, value in zip(columns, row, strict=False)])
            count += 1
    return count


def _csv_value(column: ExportColumn, value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str):
        return guarded(value)
    if column.kind is ExportKind.YESNO:
        return _("是") if value else _("否")
    if column.kind is ExportKind.PERCENT:
        return f"{value}%"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return guarded(str(value)) if column.kind is ExportKind.TEXT else value


def guarded(text: str) -> str:
    """Text that no spreadsheet runs as a formula when it opens the CSV."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
