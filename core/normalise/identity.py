"""Identity numbers (GB 11643) and licence plates."""

import re
from datetime import date

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.normalise.text import MASK_RE, NOTHING_WORDS, SCIENTIFIC_RE, clean_text

_ID_NUMBER_RE = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_DIGITS = "10X98765432"
_ID_FILLING_RE = re.compile(r"[\s'-]")
# code point -> contribution of that digit at each place: a lookup is faster than int() and a product
_ID_PRODUCTS = tuple({str(d): d * weight for d in range(10)} for weight in _ID_WEIGHTS)


def normalise_id_number(text: str) -> str:
    """An 18-digit identity number with a capital X, its date and check digit (GB 11643) right.

    County codes are not checked: real people carry codes of counties that no list has.
    """
    number = text if len(text) == 18 else _ID_FILLING_RE.sub("", clean_text(text[:80]))
    if _ID_NUMBER_RE.fullmatch(number) is None:
        number = _ID_FILLING_RE.sub("", clean_text(number)).upper()
        if _ID_NUMBER_RE.fullmatch(number) is None:
            raise _id_refusal(number)
    total = 0
    for products, digit in zip(_ID_PRODUCTS, number, strict=False):
        total += products[digit]
    if _ID_CHECK_DIGITS[total % 11] != number[17]:
        raise BadValue(_("身份证号校验位不对"), _("请对照证件核对 18 位号码"))
    _check_birth_date(number)
    return number


def _check_birth_date(number: str) -> None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = None
    if born is None or not 1850 <= born.year <= 2100:
        raise BadValue(_("身份证号里的出生日期不存在"), _("请对照证件核对第 7 至 14 位"))


def _id_refusal(number: str) -> BadValue:
    if MASK_RE.search(number) or "*" in number:
        return BadValue(_("是打码后的证件号"), _("请填写完整证件号，不知道就留空"))
    if SCIENTIFIC_RE.fullmatch(number):
        return BadValue(_("是科学计数法，末位已失真"), _("请设为文本后重新填写"))
    if len(number) == 15 and number.isascii() and number.isdigit():
        return BadValue(_("是 15 位旧身份证号"), _("请填写 18 位号码"))
    if len(number) != 18:
        return BadValue(_("身份证号应为 18 位，现为 %d 位") % len(number), _("请对照证件核对"))
    return BadValue(_("身份证号含有不该有的字符"), _("前 17 位为数字，末位为数字或 X"))


def is_placeholder_id(text: str) -> bool:
    """Whether an identity number only fills the cell: 111111111111111111, 123456789012345678, 无."""
    if len(text) == 18 and text[0] != text[1] and text[:6] != "123456" and text[6:14] != "00000000":
        return False
    text = clean_text(text[:80])
    if text.lower() in NOTHING_WORDS:
        return True
    number = _ID_FILLING_RE.sub("", text).upper()
    if len(number) < 6 or not number[:-1].isdigit():
        return False
    return len(set(number[:-1])) == 1 or number.startswith("1234567890") or number[6:14] == "00000000"


_PLATE_FILLING_RE = re.compile("[\\s.\u00b7\u2022\u2027\u30fb-]")
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
# Seven characters, eight for new energy; I and O are not issued after the letter of the city.
_PLATE_RE = re.compile(
    rf"[{_PROVINCES}][A-Z](?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJ-NP-Z0-9]{{6}})"
    rf"|[{_PROVINCES}]A[A-Z0-9]{{4}}领|使[0-9]{{6}}|WJ[{_PROVINCES}]?[A-Z0-9]{{5}}|[A-Z]{{2}}[0-9]{{5}}"
)


def normalise_plate(text: str) -> str:
    """A licence plate without dots and spaces, in capitals: 青A12345, 青AD12345 (new energy)."""
    plate = _PLATE_FILLING_RE.sub("", clean_text(text[:40])).upper()
    if _PLATE_RE.fullmatch(plate) is None:
        if len(plate) == 7 or len(plate) == 8:
            raise BadValue(_("不是有效的车牌号"), _("例如 青A12345，字母 I 和 O 请核对是否为 1 和 0"))
        raise BadValue(_("车牌号应为 7 位（新能源 8 位），现为 %d 位") % len(plate), _("例如 青A12345"))
    return plate
