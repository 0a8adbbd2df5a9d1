"""Exports: typed cells, no formulas, and what was written is what is read."""

import csv
import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.excel import writer
from core.excel.reader import read_workbook
from core.excel.writer import ExportColumn, ExportKind, write_csv, write_table

COLUMNS = [
    ExportColumn("姓名"),
    ExportColumn("证件号", ExportKind.TEXT, 22),
    ExportColumn("金额", ExportKind.MONEY),
    ExportColumn("面积", ExportKind.AREA),
    ExportColumn("份额", ExportKind.PERCENT),
    ExportColumn("起", ExportKind.DATE),
    ExportColumn("时间", ExportKind.DATETIME),
    ExportColumn("缴费人", ExportKind.YESNO),
    ExportColumn("楼层", ExportKind.INTEGER),
]
MOMENT = datetime.datetime(2026, 1, 5, 9, 30)
ROW = [
    "王建国",
    "11010519491231002X",
    Decimal("1234.50"),
    Decimal("89.50"),
    50,
    MOMENT.date(),
    MOMENT,
    True,
    -1,
]


def read(path):
    with read_workbook(path) as sheet:
        return list(sheet.rows)


def test_types_and_formats(tmp_path):
    assert write_table(tmp_path / "a.xlsx", COLUMNS, [ROW], sheet_name="业主") == 1
    sheet = load_workbook(tmp_path / "a.xlsx")["业主"]
    assert [(cell.data_type, cell.number_format) for cell in sheet[2]] == [
        ("s", "@"),
        ("s", "@"),
        ("n", "#,##0.00"),
        ("n", "0.00"),
        ("n", "0.00%"),
        ("d", "yyyy-mm-dd"),
        ("d", "yyyy-mm-dd hh:mm"),
        ("s", "General"),
        ("n", "0"),
    ]
    assert [cell.value for cell in sheet[2]] == [
        *ROW[:2],
        1234.5,
        89.5,
        0.5,
        datetime.datetime(2026, 1, 5),
        MOMENT,
        "是",
        -1,
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I2")


def test_formulas_stay_text(tmp_path):
    hostile = [
        "=1+1",
        "+86 1",
        "-1",
        "@x",
        "\tx",
        "＝1+1",
        '=HYPERLINK("http://x")',
        "{=1}",
        "http://example.com",
    ]
    write_table(tmp_path / "a.xlsx", [ExportColumn("x")], [[text] for text in hostile], sheet_name="x")
    cells = [row[0] for row in load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2)]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", text) for text in hostile]
    assert all(cell.hyperlink is None for cell in cells)


def test_masked_and_missing_values(tmp_path):
    write_table(
        tmp_path / "a.xlsx",
        COLUMNS,
        [["王*国", "110***02X", "***", "***", "***", "***", "***", "***", "***"], [None] * 8 + [0]],
        sheet_name="x",
    )
    assert [row.cells for row in read(tmp_path / "a.xlsx")][1:] == [
        ["王*国", "110***02X", *["***"] * 7],
        [""] * 8 + [0],
    ]


def test_long_text_is_cut_and_long_numbers_become_text(tmp_path):
    write_table(
        tmp_path / "a.xlsx",
        [ExportColumn("a"), ExportColumn("b", ExportKind.INTEGER)],
        [["王" * 40_000, 10**17]],
        sheet_name="x",
    )
    assert read(tmp_path / "a.xlsx")[1].cells == ["王" * 32_767, "1" + "0" * 17]


def test_watermark_stands_above_the_header(tmp_path):
    write_table(tmp_path / "a.xlsx", [ExportColumn("姓名")], [["王"]], sheet_name="x", watermark="导出人 A&B")
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert [row[0].value for row in sheet.iter_rows()] == ["导出人 A&B", "姓名", "王"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A3", "A2:A3")


def test_no_rows(tmp_path):
    assert write_table(tmp_path / "a.xlsx", [ExportColumn("姓名")], [], sheet_name="x/y") == 0
    assert [row.cells for row in read(tmp_path / "a.xlsx")] == [["姓名"]]


@pytest.mark.parametrize(("rows", "sheets"), [(9, ["x"]), (10, ["x", "x 2"]), (18, ["x", "x 2"])])
def test_full_sheet_is_followed_by_another(tmp_path, monkeypatch, rows, sheets):
    monkeypatch.setattr(writer, "SHEET_ROWS", 10)
    assert (
        write_table(
            tmp_path / "a.xlsx",
            [ExportColumn("n", ExportKind.INTEGER)],
            ([n] for n in range(rows)),
            sheet_name="x",
        )
        == rows
    )
    book = load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == sheets
    numbers = [row[0].value for sheet in book for row in sheet.iter_rows(min_row=2)]
    assert numbers == list(range(rows))


def test_csv_guards_formulas_and_reads_back(tmp_path):
    rows = [
        ["=1+1", "+852 1", Decimal("-1.50"), None, 50, MOMENT.date(), MOMENT, False, -1],
        ["＝x", "\tx", 1, 1, 1, None, None, True, 1],
    ]
    assert write_csv(tmp_path / "a.csv", COLUMNS, rows) == 2
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    assert written[1] == [
        "'=1+1",
        "'+852 1",
        "-1.50",
        "",
        "50%",
        "2026-01-05",
        "2026-01-05 09:30",
        "否",
        "-1",
    ]
    assert written[2][:2] == ["'＝x", "'\tx"]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff"), max_size=20),
            st.integers(-(10**14), 10**14),
            st.dates(datetime.date(1901, 1, 1), datetime.date(2100, 1, 1)),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=15, deadline=None)
def test_what_is_written_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("round") / "a.xlsx"
    columns = [
        ExportColumn("文"),
        ExportColumn("数", ExportKind.INTEGER),
        ExportColumn("日", ExportKind.DATE),
    ]
    write_table(path, columns, rows, sheet_name="x")
    assert [row.cells for row in read(path)[1:]] == [list(row) for row in rows]


def test_a_place_that_cannot_be_written_is_an_os_error(tmp_path):
    for place in (tmp_path, tmp_path / "missing" / "a.xlsx"):
        with pytest.raises(OSError, match="directory"):
            write_table(place, COLUMNS, [ROW], sheet_name="业主")
