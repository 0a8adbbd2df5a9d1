"""Failed rows come back in the user's own layout, and can be uploaded again."""

import datetime

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from core.excel import errors_workbook
from core.excel.errors_workbook import reasons_by_row, write_error_workbook
from core.excel.rows import RowParser, open_table
from tests.support import workbooks
from tests.support.excel_columns import COLUMNS
from tests.support.workbooks import GOOD_ROW, HEADERS


def check(path):
    """(header, rows parsed, failures) of a file."""
    sheet, header = open_table(path, COLUMNS)
    with sheet:
        parser = RowParser(COLUMNS, header, merges=sheet.merges, epoch_1904=sheet.epoch_1904)
        rows = list(parser.parse_all(sheet.rows))
    return header, rows, reasons_by_row(error for row in rows for error in row.errors)


def give_back(source, target):
    _header, _rows, failures = check(source)
    sheet, header = open_table(source, COLUMNS)
    with sheet:
        return write_error_workbook(source, target, sheet=sheet, header=header, failures=failures), failures


def test_layout_of_the_user_is_kept(tmp_path):
    source, target = workbooks.messy(tmp_path / "a.xlsx"), tmp_path / "b.xlsx"
    styled, failures = give_back(source, target)
    assert styled
    assert list(failures) == [5]
    book = load_workbook(target)
    assert book.sheetnames == ["Sheet"]
    sheet = book.active
    assert sheet["A1"].value == "幸福里小区业主登记表"
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:H1"]
    assert [cell.value for cell in sheet[3]][-2:] == ["宠物", "错误原因"]
    assert sheet.max_row == 4
    # The building of row 5 stood in a cell merged with row 4, which did not fail.
    assert [cell.value for cell in sheet[4]][:5] == ["3栋", 102, "89.5平", "2026.13.5", "李四"]
    assert sheet["J4"].value == failures[5]
    assert failures[5].startswith("建筑面积 含有文字，只填数字 89.50；交付日期 没有 13 月")
    assert sheet.column_dimensions["E"].width == 33


def test_number_formats_dates_and_styles_are_kept(tmp_path):
    def change(book):
        sheet = book.active
        sheet["C2"].number_format = "0.000"
        sheet["D2"].number_format = "yyyy/m/d"
        sheet["E2"].font = Font(bold=True)

    row = [*GOOD_ROW[:5], "138****8000", *GOOD_ROW[6:]]
    source = workbooks.xlsx(tmp_path / "a.xlsx", [HEADERS, row], change)
    give_back(source, tmp_path / "b.xlsx")
    sheet = load_workbook(tmp_path / "b.xlsx").active
    assert (sheet["C2"].value, sheet["C2"].number_format) == (89.5, "0.000")
    assert (sheet["D2"].value, sheet["D2"].number_format) == (datetime.datetime(2026, 1, 5), "yyyy/m/d")
    assert sheet["E2"].font.b


def test_fixed_file_is_accepted(tmp_path):
    give_back(workbooks.messy(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    book = load_workbook(tmp_path / "b.xlsx")
    sheet = book.active
    sheet["C4"], sheet["D4"], sheet["F4"], sheet["G4"], sheet["H4"] = (
        89.5,
        "2026-01-05",
        "13912345678",
        "11010519491231002X",
        "业主",
    )
    book.save(tmp_path / "c.xlsx")
    header, rows, failures = check(tmp_path / "c.xlsx")
    assert failures == {}
    assert header.row == 3
    assert header.unknown == [(8, "宠物")]
    assert [row.values["building"] for row in rows] == ["3栋"]


def test_failing_twice_keeps_one_reason_column(tmp_path):
    give_back(workbooks.messy(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    give_back(tmp_path / "b.xlsx", tmp_path / "c.xlsx")
    texts = [cell.value for cell in load_workbook(tmp_path / "c.xlsx").active[3]]
    assert texts.count("错误原因") == 1


def test_error_cells_and_uncalculated_formulas_fail_again_when_nothing_was_fixed(tmp_path):
    def change(book):
        book.active["C2"], book.active["E2"] = "#N/A", "=1+1"
        book.active["C2"].data_type = "e"

    source = workbooks.xlsx(tmp_path / "a.xlsx", [HEADERS, GOOD_ROW], change)
    give_back(source, tmp_path / "b.xlsx")
    assert check(tmp_path / "b.xlsx")[2] == {
        2: "建筑面积 公式出错，显示为 #N/A，请改正公式或填入数值；姓名 公式出错，显示为 #VALUE!，请改正公式或填入数值"
    }


BAD = [["", *GOOD_ROW[1:]], GOOD_ROW, [*GOOD_ROW[:5], "12345", *GOOD_ROW[6:]]]


def test_xls_comes_back_as_xlsx(tmp_path):
    source = workbooks.xls(tmp_path / "a.xls", [["登记表"], [], HEADERS, *BAD])
    styled, failures = give_back(source, tmp_path / "b.xlsx")
    assert (styled, list(failures)) == (False, [4, 6])
    header, rows, again = check(tmp_path / "b.xlsx")
    assert (header.row, len(rows), list(again.values())) == (3, 2, list(failures.values()))


def test_csv_comes_back_as_xlsx(tmp_path):
    lines = [HEADERS, *BAD]
    text = "\n".join(",".join(map(str, line)) for line in lines)
    (tmp_path / "a.csv").write_text(text, encoding="gb18030")
    styled, failures = give_back(tmp_path / "a.csv", tmp_path / "b.xlsx")
    assert (styled, list(failures)) == (False, [2, 4])
    assert list(check(tmp_path / "b.xlsx")[2].values()) == list(failures.values())


def test_plain_way_keeps_types_errors_and_merged_values(tmp_path, monkeypatch):
    monkeypatch.setattr(errors_workbook, "STYLED_ROWS", 0)
    styled, failures = give_back(workbooks.messy(tmp_path / "a.xlsx"), tmp_path / "b.xlsx")
    assert not styled
    assert list(check(tmp_path / "b.xlsx")[2].values()) == list(failures.values())
    assert load_workbook(tmp_path / "b.xlsx").active["A4"].value == "3栋"


@pytest.mark.parametrize("limit", [0, 20_000])
def test_hostile_text_comes_back_as_text(tmp_path, monkeypatch, limit):
    monkeypatch.setattr(errors_workbook, "STYLED_ROWS", limit)

    def change(book):
        book.active["E2"].value = "=1+1"
        book.active["E2"].data_type = "s"

    source = workbooks.xlsx(tmp_path / "a.xlsx", [HEADERS, ["", *GOOD_ROW[1:]]], change)
    give_back(source, tmp_path / "b.xlsx")
    assert load_workbook(tmp_path / "b.xlsx").active["E2"].data_type == "s"
