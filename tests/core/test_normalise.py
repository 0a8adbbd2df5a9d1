"""What people type, in the form that is stored and searched."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadValue
from core.normalise import (
    clean_note,
    clean_text,
    date_from_serial,
    is_placeholder_id,
    is_placeholder_phone,
    normalise_id_number,
    normalise_name,
    normalise_phone,
    normalise_plate,
    parse_date_text,
    parse_decimal_text,
)

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (" Ａ１\u3000\u00a0座 ", "A1 座"),
        ("王\u200b五\ufeff", "王五"),
        ("\u202d139\u202c", "139"),
        ("a\t\n b", "a b"),
        ("𠮷野家", "𠮷野家"),
        ("", ""),
    ],
)
def test_clean_text(text, clean):
    assert clean_text(text) == clean


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_cleaning_twice_changes_nothing(text):
    try:
        once = clean_text(text)
    except BadValue:
        return
    assert clean_text(once) == once
    assert normalise_name(normalise_name(text)) == normalise_name(text)
    assert clean_note(clean_note(text)) == clean_note(text)


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "王\x07", "\uffff"])
def test_characters_of_no_text(text):
    for clean in (clean_text, clean_note, normalise_name):
        with pytest.raises(BadValue):
            clean(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" 王　建国 ", "王建国"),
        ("阿依古丽 • 买买提", "阿依古丽\u00b7买买提"),
        ("John  Smith", "John Smith"),
        ("青海 ABC 公司", "青海ABC公司"),
    ],
)
def test_normalise_name(text, name):
    assert normalise_name(text) == name


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("13800138000", "13800138000"),
        (" 138-0013-8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("138‑0013‑8000", "13800138000"),
        ("'13800138000", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("0971-8123456", "0971-8123456"),
        ("09718123456", "0971-8123456"),
        ("(0971) 812-3456", "0971-8123456"),
        ("010－62345678", "010-62345678"),
        ("0971-8123456-801", "0971-8123456-801"),
        ("0971 8123456 转 801", "0971-8123456-801"),
        ("+86 971 8123456", "0971-8123456"),
        ("+852 9123 4567", "+85291234567"),
        ("00852 91234567", "+85291234567"),
    ],
)
def test_normalise_phone(text, phone):
    assert normalise_phone(text) == phone
    assert normalise_phone(phone) == phone


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("138****8000", "是打码后的号码"),
        ("138xxxx8000", "是打码后的号码"),
        ("1.38E+10", "是科学计数法，号码已失真"),
        ("1380013800", "手机号应为 11 位，现为 10 位"),
        ("12800138000", "手机号的号段不存在"),
        ("8123456", "固定电话缺少区号"),
        ("王先生", "不是电话号码"),
        ("1380013800٣", "不是电话号码"),
        ("+999 1", "不是有效的境外电话号码"),
        ("", "不是电话号码"),
        ("1" * 100, "号码过长"),
    ],
)
def test_refused_phones(text, sentence):
    with pytest.raises(BadValue) as info:
        normalise_phone(text)
    assert info.value.sentence == sentence


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mainland_mobile_is_taken(phone):
    assert normalise_phone(f"+86 {phone[:3]} {phone[3:7]} {phone[7:]}") == phone
    with pytest.raises(BadValue):
        normalise_phone(phone[:-1])


@pytest.mark.parametrize(
    "text",
    ["18999999999", "13000000000", "11111111111", "00000000000", "12345678901", "无", "N/A", "-", "０"],
)
def test_placeholder_phones(text):
    assert is_placeholder_phone(text)


@pytest.mark.parametrize("text", ["13800138000", "13912345678", "0971-8123456", "13888888889", "王"])
def test_real_phones_are_no_placeholders(text):
    assert not is_placeholder_phone(text)


def id_number(body):
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2025, 12, 31)),
    st.integers(110000, 829999),
    st.integers(0, 999),
    st.integers(0, 17),
    st.integers(1, 9),
)
def test_id_numbers_and_their_wrong_neighbours(born, county, order, place, shift):
    number = id_number(f"{county}{born:%Y%m%d}{order:03d}")
    assert normalise_id_number(f" {number[:6]} {number[6:14]}-{number[14:].lower()}") == number
    digit = "10" if number[place] == "X" else number[place]
    wrong = number[:place] + str((int(digit) + shift) % 10) + number[place + 1 :]
    if wrong != number:
        with pytest.raises(BadValue):
            normalise_id_number(wrong)


def test_id_number_with_a_day_that_does_not_exist():
    with pytest.raises(BadValue, match="出生日期不存在"):
        normalise_id_number(id_number("63010219900230001"))


@pytest.mark.parametrize(
    "text",
    ["111111111111111111", "123456789012345678", "000000000000000000", "11111111111111111X", "无", "不详"],
)
def test_placeholder_id_numbers(text):
    assert is_placeholder_id(text)


def test_real_id_number_is_no_placeholder():
    assert not is_placeholder_id("11010519491231002X")


@pytest.mark.parametrize(
    ("text", "plate"),
    [
        ("青a·12345", "青A12345"),
        ("青 AD12345", "青AD12345"),
        ("粤Ｂ1234港", "粤B1234港"),
        ("京A1234警", "京A1234警"),
    ],
)
def test_normalise_plate(text, plate):
    assert normalise_plate(text) == plate


@pytest.mark.parametrize("text", ["青A1234", "青AI2345", "A12345", "王A12345", ""])
def test_refused_plates(text):
    with pytest.raises(BadValue):
        normalise_plate(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-1-5",
        "2026/1/5",
        "2026.1.5",
        "20260105",
        "2026年1月5日",
        "2026年1月5日 9:30",
        "2026-01-05T00:00:00",
        "46027",
    ],
)
def test_parse_date_text(text):
    assert parse_date_text(text) == datetime.date(2026, 1, 5)


@pytest.mark.parametrize(
    "text",
    ["5/1/2026", "26-1-5", "2026-1", "2026.13.5", "2026-02-30", "1899-12-31", "2101-01-01", "明天", ""],
)
def test_refused_dates(text):
    with pytest.raises(BadValue):
        parse_date_text(text)


def test_serials_around_the_day_that_never_was():
    assert date_from_serial(59) == datetime.date(1900, 2, 28)
    assert date_from_serial(61) == datetime.date(1900, 3, 1)
    assert date_from_serial(0.5 + 44565, epoch_1904=True) == datetime.date(2026, 1, 5)


def test_parse_decimal_text():
    assert parse_decimal_text("1,234.565") == Decimal("1234.57")
    assert parse_decimal_text("０.5", 4) == Decimal("0.5000")
    assert str(parse_decimal_text("-0")) == "0.00"
    for text in ("89.5平", "-1", "1e5", "nan", "12,34", "9" * 11, ""):
        with pytest.raises(BadValue):
            parse_decimal_text(text)
