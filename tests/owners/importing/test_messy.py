"""A company's own workbook as it really is, and the hazards of SECURITY 3.2, each with its own sentence."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from owners.importing import error_rows
from owners.models import ImportStatus, Owner, Tenure
from properties.models import Unit
from tests.owners.importing.conftest import HEAD, WANG, Desk, counts, problems, workbook

pytestmark = pytest.mark.django_db


def messy() -> bytes:
    """Merged title row, header in row 3, numbers as text, text as numbers, mixed dates, full-width digits, trailing junk."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["湖映花园业主资料汇总表"])
    sheet.merge_cells("A1:J1")
    sheet.append(["填表日期：2026-11-22"])
    sheet.append(
        [
            "序号",
            "楼 号",
            "单元",
            "房间号",
            "房屋类型",
            "面积（㎡）",
            "业主名称",
            "联系电话",
            "身份证号码",
            "交房时间",
            "身份",
        ]
    )
    for row in [
        [
            1,
            "３栋",
            "２单元",
            "１５０２",
            "高层",
            "89.50",
            " 王建国 ",
            13800138000,
            "11010519491231002x",
            dt.date(2024, 1, 5),
            "产权人",
        ],
        [2, 3, 2, 1503, "高层", 100, "李　芳", "139 0013 9000", None, "2024.1.5", "业主"],
        [3, "3#", "2", "0301", "小高层", "77.7平米左右", "赵六", "0571-88001234", None, "2024年1月5日", "业主"],
        [4, "03", "02", "1601", "高层", 90, "孙七", "１３９００１３９００２", None, 20240105, "业主"],
        [5, "3", "2", "1602", "高层", 90, "周八", "13900139003", 4.4010619900101123e17, "2024-01-05", "业主"],
        [6, "3", "2", "1603", "高层", 90, "吴九", "1390013900", None, "2024-13-05", "业主"],
    ]:
        sheet.append(row)
    sheet.append([])
    sheet.append(["合计", None, None, None, None, 535])
    sheet.append(["制表人：张三"])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_the_messy_workbook_goes_in_and_its_bad_rows_come_back_to_be_mended(desk: Desk, tmp_path: Path) -> None:
    batch = desk.upload(messy())
    assert batch.report["header_row"] == 3
    assert [(row, column) for row, column, _reason in problems(batch)] == [
        (6, "建筑面积"),
        (8, "证件号"),
        (9, "交付日期"),
        (9, "手机"),
    ]
    assert counts(batch) == (3, 0, 0, 3)
    desk.write(batch)
    assert sorted(Unit.objects.values_list("number", flat=True)) == ["1502", "1503", "1601"]
    assert set(Unit.objects.values_list("delivered_on", flat=True)) == {dt.date(2024, 1, 5)}
    assert Owner.objects.get(name="王建国").id_number == "11010519491231002X"
    assert Owner.objects.get(name="孙七").phones.get().number == "13900139002"

    book = openpyxl.load_workbook(error_rows.write_errors(batch, str(tmp_path), by=desk.user))
    sheet = book.active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "湖映花园业主资料汇总表"
    assert rows[2][-1] == "错误原因"
    assert len(rows) == 6
    assert [row[6] for row in rows[3:]] == ["赵六", "周八", "吴九"]
    assert "末位已失真" in rows[4][-1]
    sheet["F4"], sheet["I5"], sheet["H6"], sheet["J6"] = 77.7, "", "13900139004", "2024-12-05"
    mended = io.BytesIO()
    book.save(mended)
    again = desk.upload(mended.getvalue(), "改好.xlsx")
    assert counts(again) == (3, 0, 0, 0)
    desk.write(again)
    assert Unit.objects.count() == 6 == Tenure.objects.count()


@pytest.mark.parametrize(("column", "value", "reason"), [
    ("证件号", 440106199001011234, "为数值格式，末位已失真"),
    ("证件号", "110105491231002", "是 15 位旧身份证号"),
    ("证件号", "110105194912310021", "身份证号校验位不对"),
    ("证件号", "110105********002X", "是打码后的证件号"),
    ("手机", "1380013800", "现为 10 位"),
    ("手机", "138****8000", "打码"),
    ("手机", "1.38E+10", "科学计数法"),
    ("建筑面积", "89.5平左右", "含有文字"), ("建筑面积", "89.5亩", "含有文字"),
    ("建筑面积", "", "必填，现为空"),
    ("建筑面积", -3, "不能为负数"),
    ("房屋类型", "", "必填，现为空"),
    ("房号", "", "必填，现为空"),
    ("楼栋", "", "看不出是哪栋楼"),
    ("角色", "", "必填，现为空"),
    ("角色", "邻居", "字典里没有“邻居”"),
    ("姓名", "", "必填，现为空"),
    ("姓名", "王" * 61, "超过 60 个字"),
    ("姓名", "[清空]", "不能清空"),
])  # fmt: skip
def test_hazards_name_row_column_and_reason(desk: Desk, column: str, value: Any, reason: str) -> None:
    row = list(WANG)
    row[HEAD.index(column)] = value
    found = problems(desk.check([tuple(row)]))
    assert any(number == 2 and reason in said for number, _header, said in found), found


@pytest.mark.parametrize(("head", "value", "reason"), [
    ("交付日期", "2026.13.5", "没有 13 月"),
    ("交付日期", "05/01/2026", "分不清"),
    ("套内面积", 96.2, "大于建筑面积 89.5"),
    ("份额", "120%", "份额超过 100%"),
    ("楼层", "十五层", "不是整数"),
    ("车牌", "浙A1", "车牌"),
    ("户型", "大三房", "户型无法识别"),
    ("主联系人", "可能", "应为 是 或 否"),
    ("备注", "长" * 201, "超过 200 个字"),
])  # fmt: skip
def test_hazards_of_the_optional_columns(desk: Desk, head: str, value: Any, reason: str) -> None:
    found = problems(desk.check([(*WANG, value)], (*HEAD, head)))
    assert any(reason in said for _number, _header, said in found), found


def test_all_complaints_come_at_once(desk: Desk) -> None:
    batch = desk.check([("3", "2", "1502", "城堡", "x", "王", "邻居", "1", "2")])
    assert {header for _row, header, _reason in problems(batch)} == {"房屋类型", "建筑面积", "角色", "手机", "证件号"}


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"PK\x03\x04rubbish", b"%PDF-1.4"])
def test_files_that_are_no_tables_are_refused_with_the_reason(desk: Desk, content: bytes) -> None:
    with pytest.raises(Exception) as refused:
        desk.upload(content)
    assert refused.value.sentence


def test_a_workbook_without_our_columns_is_refused(desk: Desk) -> None:
    batch = desk.upload(workbook([("1", "2")], ("甲", "乙")))
    assert batch.status == ImportStatus.REFUSED
    assert "没有找到表头" in batch.refusal


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_in_both_encodings(desk: Desk, encoding: str) -> None:
    text = "\r\n".join([",".join(HEAD), "3栋,2,1502,高层,89.5,王建国,业主,13800138000,11010519491231002X"])
    batch = desk.upload(text.encode(encoding), "业主.csv")
    assert counts(batch) == (1, 0, 0, 0)


def test_rows_of_one_unit_that_contradict_each_other_are_both_flagged(desk: Desk) -> None:
    batch = desk.check([WANG, (*WANG[:4], 90, "李芳", "共有人", "", "")])
    assert [(row, reason) for row, _header, reason in problems(batch)] == [
        (2, "与第 3 行不一致"),
        (3, "与第 2 行不一致"),
    ]


def test_rare_characters_and_emoji_come_through(desk: Desk) -> None:
    desk.bring([(*WANG[:5], "𠮷田", *WANG[6:8], ""), ("3", "2", "99", "高层", 1, "阿依古丽·买买提", "业主", "", "")])
    assert set(Owner.objects.values_list("name", flat=True)) == {"𠮷田", "阿依古丽·买买提"}
