"""The column declaration that the spreadsheet tests share."""

from core.excel.columns import Choice, Column, Kind


def roles() -> list[Choice]:
    return [Choice("owner", "业主", ("产权人",)), Choice("family", "家庭成员")]


COLUMNS = [
    Column(
        key="building",
        title="楼栋",
        synonyms=("楼号", "楼栋号"),
        required=True,
        fill_down=True,
        example="3栋",
    ),
    Column(
        key="room",
        title="房号",
        synonyms=("房间号", "房屋编号"),
        required=True,
        kind=Kind.CODE,
        example="0101",
    ),
    Column(key="area", title="建筑面积", synonyms=("面积",), kind=Kind.DECIMAL, example="89.50"),
    Column(key="handover", title="交付日期", kind=Kind.DATE, example="2026-01-05"),
    Column(
        key="name",
        title="姓名",
        synonyms=("业主", "业主名称"),
        required=True,
        kind=Kind.NAME,
        example="王建国",
    ),
    Column(key="phone", title="手机", synonyms=("手机号", "联系电话"), kind=Kind.PHONE, many=True),
    Column(key="id_number", title="证件号", synonyms=("身份证号",), kind=Kind.ID_NUMBER),
    Column(key="role", title="角色", kind=Kind.CHOICE, choices=roles, help="人与房屋的关系"),
]
