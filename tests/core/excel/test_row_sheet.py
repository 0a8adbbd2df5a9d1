"""Rows put together as text are, byte by byte, the rows that XlsxWriter writes cell by cell."""

import datetime
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.excel.row_sheet import RowSheet
from core.excel.writer import ExportColumn, ExportKind, cell_writer, converter, write_table

KINDS = {ExportKind.TEXT: "@", ExportKind.MONEY: "#,##0.00", ExportKind.DATE: "yyyy-mm-dd", ExportKind.YESNO: ""}
TEXTS = [
    "王建国", "a&b<c>d", " 前", "后 ", "全角\u3000", "行\n二", "回\r车", "\x1f头", "_x000D_", "\uffff", "=1+1", '"',
    "", "王" * 40_000, "𠮷" * 20_000,
]  # fmt: skip
ROWS = [[text, 1, None, True] for text in TEXTS] + [
    ["数", Decimal("1234.50"), datetime.date(2026, 1, 5), False],
    [None, None, None, None],
    [15, 0.1 + 0.2, datetime.date(1850, 1, 1), "不可见"],
    ["", -(10**17), "2024 年", ""],
    ["末", -0.5, datetime.date(2026, 1, 5), None],
]


def sheet_xml(path):
    with zipfile.ZipFile(path) as book:
        return book.read("xl/worksheets/sheet1.xml")


def written(path, rows, *, by_cell):
    options = {"constant_memory": True, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("x", worksheet_class=RowSheet)
        formats = [book.add_format({"num_format": code}) if code else None for code in KINDS.values()]
        for form in filter(None, formats):
            form._get_xf_index()
        for place in range(len(KINDS)):
            sheet.write_string(0, place, f"列 {place}")
        if by_cell:
            writers = [cell_writer(sheet, kind, form) for kind, form in zip(KINDS, formats, strict=True)]
            for number, row in enumerate(rows, start=1):
                for place, value in enumerate(row):
                    if value is not None and value != "":
                        writers[place](number, place, value)
        else:
            cells = [
                sheet.cell(at, converter(kind), form)
                for at, (kind, form) in enumerate(zip(KINDS, formats, strict=True))
            ]
            assert sheet.write_rows(1, cells, rows) == len(rows)
    return sheet_xml(path)


def test_the_bytes_are_those_of_xlsxwriter(tmp_path):
    ours = written(tmp_path / "ours.xlsx", ROWS, by_cell=False)
    assert ours == written(tmp_path / "theirs.xlsx", ROWS, by_cell=True)
    assert ours.count(b"<row ") == len(ROWS)  # the header, and all rows but the blank one


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"]), max_size=12)), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_text_is_written_as_xlsxwriter_writes_it(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("sheet")
    rows = [[text, text, text, text] for (text,) in rows]
    assert written(folder / "a.xlsx", rows, by_cell=False) == written(folder / "b.xlsx", rows, by_cell=True)


@pytest.mark.parametrize("text", ["<r><t>x</t></r>", "<r></c></r>", "<r>"])
def test_text_that_looks_like_markup_stays_text(tmp_path, text):
    write_table(tmp_path / "a.xlsx", [ExportColumn("备注")], [[text]], sheet_name="x")
    assert load_workbook(tmp_path / "a.xlsx").active["A2"].value == text
    with xlsxwriter.Workbook(tmp_path / "b.xlsx", {"constant_memory": True}) as book:
        cell_writer(book.add_worksheet("x"), ExportKind.TEXT, None)(0, 0, text)
    assert load_workbook(tmp_path / "b.xlsx").active["A1"].value.rstrip() == text
