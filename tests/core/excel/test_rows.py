"""Rows of a messy file become values or complaints with row, column and remedy."""

import datetime
from decimal import Decimal

import pytest

from core.excel.cells import CLEAR
from core.excel.headers import find_header
from core.excel.reader import ErrorCell, FormulaWithoutValue, Merge, OtherValue, Row
from core.excel.rows import CellError, ColumnNotice, RowParser, UnknownWordError, open_table, shown_value
from tests.support import workbooks
from tests.support.excel_columns import COLUMNS


def parser(**options):
    header = find_header([Row(1, list(workbooks.HEADERS))], COLUMNS)
    return RowParser(COLUMNS, header, **options)


def row(number=2, **changes):
    cells = list(workbooks.GOOD_ROW)
    keys = [column.key for column in COLUMNS]
    for key, value in changes.items():
        cells[keys.index(key)] = value
    return Row(number, cells)


def test_good_row():
    parsed = parser().parse(row())
    assert parsed.errors == parsed.notices == []
    assert parsed.values == {
        "building": "3栋",
        "room": "0101",
        "area": Decimal("89.50"),
        "handover": datetime.date(2026, 1, 5),
        "name": "王建国",
        "phone": ("13912345678",),
        "id_number": "11010519491231002X",
        "role": "owner",
    }


def test_message_names_row_column_and_remedy():
    (error,) = parser().parse(row(5, id_number=4.40106199001011e17)).errors
    assert error == CellError(5, "G", "证件号", "4.40106199001011e+17", "为数值格式，末位已失真", "请设为文本")
    assert error.message == "第 5 行 G 列 证件号 为数值格式，末位已失真，请设为文本"


def test_all_complaints_of_a_row_come_at_once():
    parsed = parser().parse(row(area="89.5平", handover="2026.13.5", phone="138****8000", name=" "))
    assert [error.message for error in parsed.errors] == [
        "第 2 行 C 列 建筑面积 含有文字，只填数字 89.50",
        "第 2 行 D 列 交付日期 没有 13 月，请核对月份",
        "第 2 行 F 列 手机 是打码后的号码，请填写完整号码，不知道就留空",
        "第 2 行 E 列 姓名 必填，现为空，请填写",
    ]


def test_blank_keeps_and_bracketed_word_clears():
    values = parser().parse(row(area="", handover=" ", phone="[清空]", id_number="【清空】")).values
    assert (values["area"], values["handover"], values["phone"], values["id_number"]) == (
        None,
        None,
        CLEAR,
        CLEAR,
    )


def test_required_cells_may_not_be_cleared_and_short_rows_count_as_blank():
    assert [e.reason for e in parser().parse(row(name="[清空]")).errors] == ["必填，不能清空"]
    assert [e.header for e in parser().parse(Row(2, ["3栋", "0101"])).errors] == ["姓名"]
    assert parser(required=["room"]).parse(Row(2, ["", "0101"])).errors == []


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (ErrorCell("#N/A"), "公式出错，显示为 #N/A"),
        (FormulaWithoutValue(), "公式未计算"),
        (OtherValue("03:04:00"), "是时间格式"),
    ],
)
def test_cells_that_are_no_values_are_errors_in_every_column(cell, reason):
    parsed = parser().parse(Row(2, [cell] * 8))
    assert [error.reason for error in parsed.errors] == [reason] * 8


def test_unknown_words_are_counted_once_each_and_mapped_by_the_user():
    first = parser()
    for number in range(2, 5):
        (error,) = first.parse(row(number, role="租 客")).errors
        assert isinstance(error, UnknownWordError)
        assert (error.key, error.word) == ("role", "租 客")
    assert first.unknown_words == {"role": {"租 客": 3}}
    second = parser(words={"role": {"租客": "tenant"}})
    assert second.parse(row(role="租 客")).values["role"] == "tenant"


def test_synonyms_of_a_dictionary_word():
    assert parser().parse(row(role=" 产权人 ")).values["role"] == "owner"


def test_placeholders_count_as_missing_and_are_named():
    parsed = parser().parse(row(phone=18999999999.0, id_number="111111111111111111"))
    assert (parsed.values["phone"], parsed.values["id_number"], parsed.errors) == (None, None, [])
    assert [notice.reason for notice in parsed.notices] == [
        "18999999999 不是真实号码，视为未填",
        "111111111111111111 不是真实号码，视为未填",
    ]


def test_number_in_a_room_column_is_taken_with_a_notice_and_never_padded():
    subject = parser()
    parsed = subject.parse(row(room=101.0))
    assert parsed.values["room"] == "101"
    assert parsed.notices == []
    for number in range(3, 11):
        subject.parse(row(number, room=101.0))
    # Said once of the column: how often, and where first.
    assert subject.column_notices == {("room", "为数值格式，开头的 0 如有已丢失"): ColumnNotice(9, [2, 3, 4, 5, 6])}


def test_value_merged_down_fills_only_the_columns_that_allow_it():
    subject = parser(merges=[Merge(2, 0, 4, 0), Merge(2, 4, 3, 4)])
    first = subject.parse(row(2))
    second = subject.parse(row(3, building="", name=""))
    third = subject.parse(row(4, building=""))
    assert [parsed.values.get("building") for parsed in (first, second, third)] == ["3栋"] * 3
    assert first.errors == third.errors == []
    assert [e.reason for e in second.errors] == ["在合并的单元格 E2:E3 里", "必填，现为空"]


@pytest.mark.parametrize("poison", ["王\x00五", "王\ud800五", "\x01"])
def test_characters_no_database_takes_are_refused(poison):
    (error,) = parser().parse(row(name=poison)).errors
    assert error.reason == "含有不可见的控制字符"
    error.message.encode()


def test_rare_ideographs_and_emoji_stay_and_direction_marks_go():
    assert parser().parse(row(name="𠮷\u202e田\u200b")).values["name"] == "𠮷田"
    assert parser().parse(row(name="王五😀")).values["name"] == "王五😀"


def test_endless_text_is_cut_short_before_it_costs():
    (error,) = parser().parse(row(name="王" * 10_000_000)).errors
    assert error.reason == "超过 60 个字"
    assert len(error.shown_value) == 40


def test_formula_text_is_text():
    assert parser().parse(row(name="=HYPERLINK(1)")).values["name"] == "=HYPERLINK(1)"
    assert parser().parse(row(name="'=1+1")).values["name"] == "=1+1"


def test_shown_values_are_short_and_storable():
    assert shown_value(13912345678.0) == "13912345678"
    assert shown_value("a\x00\ud800b") == "a\ufffd\ufffdb"
    assert shown_value(float("nan")) == "nan"


def test_messy_file_from_end_to_end(tmp_path):
    sheet, header = open_table(workbooks.messy(tmp_path / "a.xlsx"), COLUMNS)
    with sheet:
        subject = RowParser(COLUMNS, header, merges=sheet.merges)
        good, bad, third = subject.parse_all(sheet.rows)
    assert header.row == 3
    assert header.unknown == [(8, "宠物")]
    assert good.errors == third.errors == []
    assert good.values["name"] == "王建国"
    assert good.values["area"] == Decimal("89.50")
    assert third.values["phone"] == ("0971-8123456",)
    assert bad.values["building"] == "3栋"
    assert [(e.column_letter, e.reason) for e in bad.errors] == [
        ("C", "含有文字"),
        ("D", "没有 13 月"),
        ("F", "是打码后的号码"),
        ("G", "为数值格式，末位已失真"),
        ("H", "字典里没有“租户”"),
    ]
