"""Text as people type it into text as the system keeps it.

Pure functions over `str`: no settings, no database. A value that cannot be kept raises
`BadValue` with a sentence for the user. The rules are those of DOMAIN.md 2.1; they are on the
hot path of imports (a million calls a file), so the common case costs one regular expression.
"""

import re
import unicodedata
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core.errors import BadValue

# What copies of web pages and phone books carry along: zero-width characters, joiners, soft
# hyphens, byte order marks and the direction overrides that iOS puts around phone numbers.
_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
# Not characters of any text: PostgreSQL refuses NUL, UTF-8 refuses lone surrogates.
_FORBIDDEN = "\x00-\x08\x0e-\x1b\x7f\ud800-\udfff\ufffe\uffff"
_FORBIDDEN_RE = re.compile(f"[{_FORBIDDEN}]")
_INVISIBLE_RE = re.compile(f"[{_INVISIBLE}]")
_UNTIDY_RE = re.compile(rf"[{_FORBIDDEN}{_INVISIBLE}]|[^\S ]|  |^ | $")
_SPACES_RE = re.compile(r"\s+")
_LINE_SPACES_RE = re.compile(r"[^\S\n]+")


def clean_text(text: str) -> str:
    """One line of text: full width to half, invisible characters gone, spaces collapsed.

    Rare ideographs (extension B and beyond) are kept as they are.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if _UNTIDY_RE.search(text) is None:
        return text
    _refuse_forbidden(text)
    return _SPACES_RE.sub(" ", _INVISIBLE_RE.sub("", text)).strip()


def clean_note(text: str) -> str:
    """Free text: punctuation and line breaks stay as written, invisible characters go."""
    _refuse_forbidden(text)
    text = _INVISIBLE_RE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    lines = (_LINE_SPACES_RE.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


def _refuse_forbidden(text: str) -> None:
    if _FORBIDDEN_RE.search(text):
        raise BadValue(_("含有不可见的控制字符"), _("请删除后重新输入"))


# --- names -------------------------------------------------------------------------------------

_HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_SPACE_RE = re.compile(rf"(?<=[{_HAN}]) | (?=[{_HAN}])")
# The dot inside 阿依古丽·买买提 arrives as one of eight look-alikes.
_DOTS_RE = re.compile("\\s*[\u2022\u2027\u2219\u22c5\u30fb\uff65\u25cf\u00b7]\\s*")


def normalise_name(text: str) -> str:
    """A person's or company's name: no spaces beside Chinese characters, one kind of middle dot.

    Latin names keep single spaces and their case.
    """
    text = clean_text(text)
    if " " in text:
        text = _HAN_SPACE_RE.sub("", text)
    return _DOTS_RE.sub("\u00b7", text)


# --- phones ------------------------------------------------------------------------------------

_MOBILE_RE = re.compile(r"1[3-9][0-9]{9}")
# Three-digit area codes are 010 and 02x (01x kept with them); all others have four digits.
_LANDLINE_RE = re.compile(
    r"(0[12][0-9]|0[3-9][0-9]{2})-?([0-9]{3,4})-?([0-9]{4})"
    r"(?:(?:-|转|分机|#|ext|x)([0-9]{1,6}))?",
    re.IGNORECASE,
)
_DASHES_RE = re.compile("[\u2010-\u2015\u2212\u30fc\u2500~]")
_PHONE_FILLING_RE = re.compile(r"[\s().'/:]")
_MAINLAND_PREFIX_RE = re.compile(r"(?:\+86|0086|86(?=1[0-9]{10}$))-?")
_MASK_RE = re.compile(r"[*×•●#_?]{2,}|[xX]{3,}")
_FLOAT_TAIL_RE = re.compile(r"\.0+$")
_SCIENTIFIC_RE = re.compile(r"[0-9.]+[eE]\+?[0-9]+")


def normalise_phone(text: str) -> str:
    """The canonical form: `13800138000`, `0971-8123456`, `0971-8123456-801`, `+85291234567`."""
    if len(text) == 11 and _MOBILE_RE.fullmatch(text):
        return text
    if len(text) > 60:
        raise BadValue(_("号码过长"), _("一处只填一个号码"))
    text = _DASHES_RE.sub("-", clean_text(text))
    if _MASK_RE.search(text):
        raise BadValue(_("是打码后的号码"), _("请填写完整号码, 不知道就留空"))
    if _SCIENTIFIC_RE.fullmatch(text):
        raise BadValue(_("是科学计数法, 号码已失真"), _("请设为文本后重新填写"))
    compact = _PHONE_FILLING_RE.sub("", _FLOAT_TAIL_RE.sub("", text))
    if compact.startswith("00") and not compact.startswith("0086"):
        compact = "+" + compact[2:]
    if compact.startswith("+") and not compact.startswith("+86"):
        return _foreign_phone(compact)
    return _mainland_phone(compact)


def _mainland_phone(compact: str) -> str:
    number = _MAINLAND_PREFIX_RE.sub("", compact, count=1) if compact[:1] in "+08" else compact
    digits = number.replace("-", "")
    if _MOBILE_RE.fullmatch(digits):
        return digits
    if number != compact and not number.startswith("0"):
        number, digits = "0" + number, "0" + digits  # +86 971 … leaves the trunk zero out
    # The second try forgives a dash in the wrong place: 097-18123456.
    match = _LANDLINE_RE.fullmatch(number) or _LANDLINE_RE.fullmatch(digits)
    if match is None:
        raise _phone_refusal(digits)
    area, head, tail, extension = match.groups()
    return f"{area}-{head}{tail}-{extension}" if extension else f"{area}-{head}{tail}"


def _phone_refusal(digits: str) -> BadValue:
    if not digits.isascii() or not digits.isdigit():
        return BadValue(_("不是电话号码"), _("只填数字, 例如 13912345678 或 0971-8123456"))
    if digits.startswith("1"):
        if len(digits) == 11:
            return BadValue(_("手机号的号段不存在"), _("请核对号码"))
        return BadValue(_("手机号应为 11 位, 现为 %d 位") % len(digits), _("请核对号码"))
    if len(digits) in (7, 8):
        return BadValue(_("固定电话缺少区号"), _("写成 区号-号码, 例如 0971-8123456"))
    return BadValue(_("不是有效的电话号码"), _("例如 13912345678 或 0971-8123456"))


def _foreign_phone(number: str) -> str:
    import phonenumbers  # 40 ms and 20 MB, wanted by the few numbers from abroad only

    try:
        parsed = phonenumbers.parse(number.replace("-", ""), None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise BadValue(_("不是有效的境外电话号码"), _("写成 +国家代码 号码, 例如 +852 9123 4567"))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


# What people write when they have no number. Such a value counts as missing, and is named.
_NOTHING_WORDS = frozenset(
    {"无", "没有", "暂无", "未知", "不详", "不知道", "未填", "未提供", "空", "-", "--", "---", "/", "\\", "0", "n/a", "na",
     "none", "null", "nil", "x", "*", "?"}
)  # fmt: skip
_PLACEHOLDER_SEQUENCES = ("12345678901", "12345678910", "1234567890", "12345678", "1234567")


def is_placeholder_phone(text: str) -> bool:
    """Whether a number only fills the cell: 18999999999, 00000000000, 12345678901, 无."""
    if len(text) == 11 and text[3] != text[10]:  # the quick way out for nearly every real number
        return text in _PLACEHOLDER_SEQUENCES
    text = clean_text(text)
    if text.lower() in _NOTHING_WORDS:
        return True
    digits = text.lstrip("'+").replace("-", "").replace(" ", "")
    if not digits.isdigit() or len(digits) < 7:
        return False
    return digits in _PLACEHOLDER_SEQUENCES or len(set(digits[-8:])) == 1


# --- identity numbers --------------------------------------------------------------------------

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
    if _MASK_RE.search(number) or "*" in number:
        return BadValue(_("是打码后的证件号"), _("请填写完整证件号, 不知道就留空"))
    if _SCIENTIFIC_RE.fullmatch(number):
        return BadValue(_("是科学计数法, 末位已失真"), _("请设为文本后重新填写"))
    if len(number) == 15 and number.isascii() and number.isdigit():
        return BadValue(_("是 15 位旧身份证号"), _("请填写 18 位号码"))
    if len(number) != 18:
        return BadValue(_("身份证号应为 18 位, 现为 %d 位") % len(number), _("请对照证件核对"))
    return BadValue(_("身份证号含有不该有的字符"), _("前 17 位为数字, 末位为数字或 X"))


def is_placeholder_id(text: str) -> bool:
    """Whether an identity number only fills the cell: 111111111111111111, 123456789012345678, 无."""
    if len(text) == 18 and text[0] != text[1] and text[:6] != "123456" and text[6:14] != "00000000":
        return False
    text = clean_text(text[:80])
    if text.lower() in _NOTHING_WORDS:
        return True
    number = _ID_FILLING_RE.sub("", text).upper()
    if len(number) < 6 or not number[:-1].isdigit():
        return False
    return len(set(number[:-1])) == 1 or number.startswith("1234567890") or number[6:14] == "00000000"


# --- plates ------------------------------------------------------------------------------------

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
            raise BadValue(_("不是有效的车牌号"), _("例如 青A12345, 字母 I 和 O 请核对是否为 1 和 0"))
        raise BadValue(_("车牌号应为 7 位 (新能源 8 位), 现为 %d 位") % len(plate), _("例如 青A12345"))
    return plate


# --- dates -------------------------------------------------------------------------------------

FIRST_YEAR, LAST_YEAR = 1900, 2100
_DATE_RE = re.compile(
    r"([0-9]{4})(?:\s?[-/.年]\s?)([0-9]{1,2})(?:\s?[-/.月]\s?)([0-9]{1,2})\s?日?"
    r"(?:[ T]?[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]+)?)?)?"
)
_COMPACT_DATE_RE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL_RE = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_DAY_FIRST_RE = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{4}|[0-9]{2})")
_MONTH_ONLY_RE = re.compile(r"[0-9]{4}\s?[-/.年]\s?[0-9]{1,2}\s?月?")
_DATE_EXAMPLE = "2026-01-05"


def parse_date_text(text: str) -> date:
    """2026-1-5, 2026/1/5, 2026.1.5, 20260105, 2026年1月5日, with or without a time, or a serial.

    Day-first and two-digit years are refused: nobody can tell 05/01/26 apart.
    """
    text = _DASHES_RE.sub("-", clean_text(text[:60])).lstrip("'")
    match = _DATE_RE.fullmatch(text) or _COMPACT_DATE_RE.fullmatch(text)
    if match is not None:
        return checked_date(int(match[1]), int(match[2]), int(match[3]))
    if _SERIAL_RE.fullmatch(text):
        return date_from_serial(float(text))
    if _DAY_FIRST_RE.fullmatch(text):
        raise BadValue(_("日和月的先后分不清"), _("写成 年-月-日, 例如 %s") % _DATE_EXAMPLE)
    if _MONTH_ONLY_RE.fullmatch(text):
        raise BadValue(_("缺少日"), _("写成 年-月-日, 例如 %s") % _DATE_EXAMPLE)
    raise BadValue(_("不是日期"), _("写成 年-月-日, 例如 %s") % _DATE_EXAMPLE)


def checked_date(year: int, month: int, day: int) -> date:
    """The date, or a sentence that names the part that does not exist."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadValue(_("年份应在 1900 至 2100 之间"), _("请核对年份"))
    if not 1 <= month <= 12:
        raise BadValue(_("没有 %d 月") % month, _("请核对月份"))
    try:
        return date(year, month, day)
    except ValueError:
        raise BadValue(
            _("%(year)d 年 %(month)d 月没有 %(day)d 日") % {"year": year, "month": month, "day": day},
            _("请核对日"),
        ) from None


_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_LAST_SERIAL = 73415  # 2100-12-31


def date_from_serial(serial: float, *, epoch_1904: bool = False) -> date:
    """The day Excel means by a number; its day 60, 29 February 1900, never existed."""
    if not 1 <= serial <= _LAST_SERIAL + 1:
        raise BadValue(_("不是日期"), _("写成 年-月-日, 例如 %s") % _DATE_EXAMPLE)
    days = int(serial)
    if epoch_1904:
        return _within_years(_EPOCH_1904 + timedelta(days=days))
    if days == 60:
        raise BadValue(_("1900 年 2 月没有 29 日"), _("请核对日"))
    # Excel counts that day, so the days before it lie one later than the epoch says.
    return _within_years(_EPOCH_1900 + timedelta(days=days + (days < 60)))


def _within_years(day: date) -> date:
    return checked_date(day.year, day.month, day.day)


# --- numbers -----------------------------------------------------------------------------------

_NUMBER_RE = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?|-?\.[0-9]+")
_FIRST_NUMBER_RE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_QUANTA = tuple(Decimal(1).scaleb(-places) for places in range(7))


def parse_decimal_text(text: str, places: int = 2, *, max_digits: int = 12) -> Decimal:
    """A number of 0 or more, rounded half up to `places`; thousands commas are understood."""
    number = text
    if _NUMBER_RE.fullmatch(number) is None:
        number = _DASHES_RE.sub("-", clean_text(text[:80])).lstrip("'+")
        if _NUMBER_RE.fullmatch(number) is None:
            raise _number_refusal(number, places)
    if len(number) > 40:
        raise BadValue(_("数值过大"), _("请核对数值"))
    return checked_decimal(Decimal(number.replace(",", "")), places, max_digits=max_digits)


def checked_decimal(number: Decimal, places: int = 2, *, max_digits: int = 12) -> Decimal:
    """`number` rounded to the places the column has; negative, endless and too large are refused."""
    if not number.is_finite():
        raise BadValue(_("不是数字"), _("只填数字"))
    if number < 0:
        raise BadValue(_("不能为负数"), _("请核对数值"))
    if number.adjusted() >= max_digits - places:
        raise BadValue(_("数值过大"), _("请核对数值"))
    rounded = number.quantize(_QUANTA[places], ROUND_HALF_UP)
    return rounded if rounded else _QUANTA[places] * 0


def _number_refusal(text: str, places: int) -> BadValue:
    if _SCIENTIFIC_RE.fullmatch(text):
        return BadValue(_("是科学计数法"), _("请写成普通数字"))
    found = _FIRST_NUMBER_RE.search(text)
    if found is None or len(found[0]) > 20:
        return BadValue(_("不是数字"), _("只填数字"))
    shown = Decimal(found[0]).quantize(_QUANTA[places], ROUND_HALF_UP)
    return BadValue(_("含有文字"), _("只填数字 %s") % shown)
