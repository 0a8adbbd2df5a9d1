"""The header row is found by names, wherever it is."""

import pytest

from core.errors import BadFile
from core.excel.headers import find_header, normalise_header
from core.excel.reader import Merge, Row
from core.excel.rows import open_table
from tests.support import workbooks
from tests.support.excel_columns import COLUMNS


def header(*rows, **options):
    return find_header([Row(number, list(cells)) for number, cells in rows], COLUMNS, **options)


@pytest.mark.parametrize(
    "text",
    [
        "建筑面积",
        "* 建筑 面积",
        "建筑面积(㎡)",
        "建筑面积（平方米）",
        "建筑\n面积*",
        "建筑面积【必填】",
        "建筑面积㎡",
        "建筑面积:",
        "\u200b建筑面积\u00a0",
    ],
)
def test_one_header_in_many_dresses(text):
    assert normalise_header(text) == "建筑面积"


def test_header_wholly_in_brackets_keeps_its_name():
    assert normalise_header("（手机）") == "手机"


def test_header_below_titles_with_synonyms_in_any_order():
    found = header(
        (1, ["业主登记表"]),
        (2, ["填表人", "", "日期"]),
        (4, ["", "联系电话", "业主名称", "房间号", "楼号", "宠物"]),
    )
    assert found.row == 4
    assert found.columns == {"phone": 1, "name": 2, "room": 3, "building": 4}
    assert found.unknown == [(5, "宠物")]
    assert found.letter("building") == "E"


def test_missing_required_columns_are_named():
    found = header((1, ["手机", "楼栋"]))
    assert [column.key for column in found.missing] == ["room", "name"]


def test_duplicate_headers_the_exact_title_wins():
    found = header((1, ["联系电话", "手机", "手机号", "姓名"]))
    assert found.columns["phone"] == 1
    assert found.duplicates == [(0, "联系电话"), (2, "手机号")]


def test_user_corrects_by_header_text_or_letter():
    row = (1, ["楼栋", "房号", "住户", "电话", "手机"])
    found = header(row, override={"住户": "name", "D": "phone", "手机": None})
    assert found.columns == {"building": 0, "room": 1, "name": 2, "phone": 3}
    assert found.unknown == []


def test_override_with_a_key_that_is_gone_is_ignored():
    assert header((1, ["楼栋", "房号", "住户"]), override={"住户": "old"}).columns == {
        "building": 0,
        "room": 1,
    }


def test_header_two_rows_high():
    rows = [(1, ["楼栋", "房号", "业主信息", ""]), (2, ["", "", "姓名", "手机"])]
    found = header(*rows, merges=[Merge(1, 0, 2, 0), Merge(1, 1, 2, 1), Merge(1, 2, 1, 3)])
    assert (found.row, sorted(found.columns)) == (2, ["building", "name", "phone", "room"])
    flat = header((1, ["楼栋", "房号"]), (2, ["", ""]), merges=[Merge(1, 0, 2, 0), Merge(1, 1, 2, 1)])
    assert flat.row == 2


def test_no_header_in_the_first_20_rows():
    with pytest.raises(BadFile) as info:
        header((1, ["业主登记表"]), (21, ["楼栋", "房号", "姓名"]))
    assert "楼栋、房号" in info.value.fix


def test_error_reason_column_is_not_an_unknown_column():
    assert header((1, ["楼栋", "房号", "错误原因"])).unknown == []


def test_header_is_looked_for_on_the_next_visible_sheet(tmp_path):
    def change(book):
        book.create_sheet("空表")
        sheet = book.create_sheet("数据")
        sheet.append(workbooks.HEADERS)

    path = workbooks.xlsx(tmp_path / "a.xlsx", [["填写说明"], ["请看第二页"]], change)
    sheet, found = open_table(path, COLUMNS)
    with sheet:
        assert (sheet.name, found.row, len(found.columns)) == ("数据", 1, 8)
    with pytest.raises(BadFile, match="没有找到表头"):
        open_table(workbooks.xlsx(tmp_path / "b.xlsx", [["x", "y"]]), COLUMNS)
