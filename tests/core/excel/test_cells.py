"""Parsers cell by cell, and under random input: a value, a complaint, never a crash."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadValue
from core.excel.cells import Noted, cell_parser
from core.excel.columns import Choice, Column, Kind, Layout
from core.excel.rows import shown_value


def parse(kind, value, **options):
    parsed = cell_parser(Column(key="x", title="x", kind=kind, **options))(value)
    return parsed.value if isinstance(parsed, Noted) else parsed


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.TEXT, 3.0, "3"),
        (Kind.TEXT, 3.5, "3.5"),
        (Kind.TEXT, "Ａ　座", "A 座"),
        (Kind.NOTE, "第一行，\r\n 第二行 ", "第一行，\n第二行"),
        (Kind.CODE, "0101", "0101"),
        (Kind.CODE, 101.0, "101"),
        (Kind.PHONE, 13912345678.0, "13912345678"),
        (Kind.PHONE, "+86 139 1234 5678", "13912345678"),
        (Kind.PHONE, "\u202d139-1234-5678\u202c", "13912345678"),
        (Kind.PHONE, "无", None),
        (Kind.ID_NUMBER, "11010519491231002x", "11010519491231002X"),
        (Kind.DOCUMENT, " e12 345 678 ", "E12345678"),
        (Kind.DOCUMENT, 12345678.0, "12345678"),
        (Kind.DECIMAL, "1,089.5", Decimal("1089.50")),
        (Kind.DECIMAL, 89.1 + 0.2, Decimal("89.30")),
        (Kind.INTEGER, "12", 12),
        (Kind.INTEGER, 12.0, 12),
        (Kind.DATE, "2026年1月5日", datetime.date(2026, 1, 5)),
        (Kind.DATE, 46027.0, datetime.date(2026, 1, 5)),
        (Kind.DATE, 20260105.0, datetime.date(2026, 1, 5)),
        (Kind.DATE, datetime.datetime(2026, 1, 5, 9, 30), datetime.date(2026, 1, 5)),
        (Kind.YESNO, "√", True),
        (Kind.YESNO, False, False),
        (Kind.YESNO, 1.0, True),
        (Kind.LAYOUT, "3室2厅1厨2卫", Layout(3, 2, 2, 1)),
        (Kind.LAYOUT, "2卫 1厨 三室 两厅", Layout(3, 2, 2, 1)),
        (Kind.LAYOUT, "3房2厅", Layout(3, 2, 0, 0)),
        (Kind.LAYOUT, "三居室", Layout(3, 0, 0, 0)),
        (Kind.LAYOUT, "3室2厅1厨2卫1阳台", Layout(3, 2, 2, 1)),
        (Kind.SHARE, "50%", Decimal("50.00")),
        (Kind.SHARE, "1/3", Decimal("33.33")),
        (Kind.SHARE, 0.5, Decimal("50.00")),
        (Kind.SHARE, 100.0, Decimal("100.00")),
        (Kind.PLATE, "青a·12345", "青A12345"),
    ],
)
def test_accepted(kind, cell, value):
    assert parse(kind, cell) == value


SQUARE_METRES = ("平方米", "平", "m2")


@pytest.mark.parametrize(
    "cell", ["118.5㎡", "118.5 平方米", "118.5m2", "118.5 M²", "１１８．５㎡", "118.50平", " 118.5 "]
)
def test_a_number_with_the_unit_of_its_column(cell):
    assert parse(Kind.DECIMAL, cell, units=SQUARE_METRES) == Decimal("118.50")


@pytest.mark.parametrize(
    "cell", ["118.5亩", "118.5m", "118.5m3", "118.5㎡平", "㎡", "约118.5㎡", "118.5㎡(套内)", "118.5元", "1㎡2"]
)
def test_a_number_with_another_word_is_refused(cell):
    with pytest.raises(BadValue):
        parse(Kind.DECIMAL, cell, units=SQUARE_METRES)


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        (Kind.CODE, datetime.date(2026, 1, 2), "被 Excel 当成了日期"),
        (Kind.CODE, 1.5, "不是整数"),
        (Kind.PHONE, "1.38E+10", "是科学计数法，号码已失真"),
        (Kind.PHONE, 1.38e20, "为数值格式，且不是整数"),
        (Kind.PHONE, "138****8000", "是打码后的号码"),
        (Kind.PHONE, "13912345678、13812345679", "有 2 个号码"),
        (Kind.ID_NUMBER, 3.301061990010113e17, "为数值格式，末位已失真"),
        (Kind.ID_NUMBER, "110105491231002", "是 15 位旧身份证号"),
        (Kind.ID_NUMBER, "110105********002X", "是打码后的证件号"),
        (Kind.ID_NUMBER, "110105194912310021", "身份证号校验位不对"),
        (Kind.ID_NUMBER, "110105194913310023", "身份证号校验位不对"),
        (Kind.DOCUMENT, 4.4e17, "为数值格式，末位已失真"),
        (Kind.DECIMAL, "89.5平", "含有文字"),
        (Kind.DECIMAL, "-3", "不能为负数"),
        (Kind.DECIMAL, float("nan"), "不是数字"),
        (Kind.DECIMAL, "1e400", "是科学计数法"),
        (Kind.DECIMAL, "٣", "不是数字"),
        (Kind.INTEGER, -1.0, "不能为负数"),
        (Kind.INTEGER, "3层", "含有文字"),
        (Kind.DATE, "5/1/2026", "日和月的先后分不清"),
        (Kind.DATE, "2026.13.5", "没有 13 月"),
        (Kind.DATE, "1900-02-29", "1900 年 2 月没有 29 日"),
        (Kind.DATE, 60.0, "1900 年 2 月没有 29 日"),
        (Kind.DATE, "2101-01-01", "年份应在 1900 至 2100 之间"),
        (Kind.DATE, datetime.date(1900, 2, 28), "日期过早"),
        (Kind.YESNO, "也许", "应为 是 或 否"),
        (Kind.LAYOUT, "3室2室", "户型无法识别"),
        (Kind.LAYOUT, "大三居", "户型无法识别"),
        (Kind.SHARE, "150%", "份额超过 100%"),
        (Kind.SHARE, "1/0", "分母不能为 0"),
        (Kind.SHARE, datetime.date(2026, 1, 2), "被 Excel 当成了日期"),
        (Kind.PLATE, "青A1", "车牌号应为 7 位（新能源 8 位），现为 3 位"),
    ],
)
def test_refused(kind, cell, reason):
    with pytest.raises(BadValue) as info:
        parse(kind, cell)
    assert info.value.sentence == reason
    assert info.value.fix


def test_several_values_in_a_cell():
    cell = "13912345678、 13812345679,0971-8123456/13912345678"
    assert parse(Kind.PHONE, cell, many=True) == ("13912345678", "13812345679", "0971-8123456")
    assert parse(Kind.PHONE, "13912345678 13812345679", many=True) == ("13912345678", "13812345679")
    assert parse(Kind.PHONE, "18999999999、13812345679", many=True) == ("13812345679",)
    assert parse(Kind.TEXT, "猫、狗，\n猫", many=True) == ("猫", "狗")
    assert parse(Kind.PLATE, "青A12345；青AD12345", many=True) == ("青A12345", "青AD12345")


def test_basement_floors_and_other_epoch():
    assert parse(Kind.INTEGER, "-1", signed=True) == -1
    column = Column(key="x", title="x", kind=Kind.DATE)
    assert cell_parser(column, epoch_1904=True)(44565.0) == datetime.date(2026, 1, 5)


def test_equal_numbers_of_other_types_do_not_share_an_answer():
    cell = cell_parser(Column(key="x", title="x", kind=Kind.TEXT))
    assert [cell(1), cell(True), cell(1.0), cell("1")] == ["1", "TRUE", "1", "1"]


ANYTHING = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=60),
    st.text(alphabet="0123456789-/.年月日+*%xX,、室厅卫厨一二三 '[清空]", max_size=24),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.none(),
)


@pytest.mark.parametrize("kind", list(Kind))
@given(cell=ANYTHING, many=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_cell_gives_a_value_or_a_complaint(kind, cell, many):
    choices = (lambda: [Choice(1, "业主")]) if kind is Kind.CHOICE else None
    column = Column(key="x", title="x", kind=kind, many=many, choices=choices)
    try:
        parsed = cell_parser(column)(cell)
    except BadValue as problem:
        assert problem.sentence
    else:
        text = parsed.value if isinstance(parsed, Noted) else parsed
        for part in text if isinstance(text, tuple) else (text,):
            str(part).encode()  # no lone surrogate got through
            assert "\x00" not in str(part)
    shown_value(cell).encode()


@given(
    st.dates(datetime.date(1901, 1, 1), datetime.date(2100, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]),
)
def test_every_date_in_every_accepted_form(day, form):
    assert parse(Kind.DATE, day.strftime(form)) == day


@given(st.decimals(0, 9_999_999, places=2))
def test_every_amount_as_text_and_as_number(amount):
    assert parse(Kind.DECIMAL, str(amount)) == parse(Kind.DECIMAL, float(amount)) == amount
    with pytest.raises(BadValue):
        parse(Kind.DECIMAL, f"{amount}㎡")
