"""The template is read by the reader it is meant for, and offers the dictionary's words."""

from openpyxl import load_workbook

from core.excel.rows import open_table
from core.excel.template import write_template
from tests.support.excel_columns import COLUMNS


def test_template(tmp_path):
    path = tmp_path / "a.xlsx"
    write_template(path, COLUMNS, sheet_name="业主房产", notes=["一行一个人"])
    book = load_workbook(path)
    assert book.sheetnames == ["业主房产", "填写说明", "选项"]
    data, guide, options = (book[name] for name in book.sheetnames)
    assert [cell.value for cell in data[1]] == [
        "楼栋*",
        "房号*",
        "建筑面积",
        "交付日期",
        "姓名*",
        "手机",
        "证件号",
        "角色",
    ]
    assert data.max_row == 1
    assert options.sheet_state == "hidden"
    assert [cell.value for cell in options["A"]] == ["角色", "业主", "家庭成员"]
    (rule,) = data.data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ("'选项'!$A$2:$A$3", "H2:H200001")
    formats = {letter: data.column_dimensions[letter].number_format for letter in "ABDFG"}
    assert formats == {"A": "General", "B": "@", "D": "yyyy-mm-dd", "F": "@", "G": "@"}
    assert [cell.value for cell in guide[3]][:3] == ["3栋", "0101", "89.50"]
    texts = [cell.value for row in guide.iter_rows() for cell in row]
    assert "一行一个人" in texts
    assert "人与房屋的关系；请从下拉中选择" in texts
    assert "写成 2026-01-05、2026/1/5、20260105 都认得" in texts
    assert not any(";" in text for text in texts if text)


def test_empty_template_uploaded_has_a_header_and_no_rows(tmp_path):
    write_template(tmp_path / "a.xlsx", COLUMNS, sheet_name="业主房产")
    sheet, header = open_table(tmp_path / "a.xlsx", COLUMNS)
    with sheet:
        assert (sheet.name, header.row, header.missing, header.unknown) == ("业主房产", 1, [], [])
        assert [row.number for row in sheet.rows] == [1]
