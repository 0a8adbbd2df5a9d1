"""Phone numbers: mainland mobiles and landlines by the patterns of DOMAIN.md 2.1, others by phonenumbers."""

import re

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.normalise.text import DASHES_RE, MASK_RE, NOTHING_WORDS, SCIENTIFIC_RE, clean_text

_MOBILE_RE = re.compile(r"1[3-9][0-9]{9}")
# Three-digit area codes are 010 and 02x (01x kept with them); all others have four digits.
_LANDLINE_RE = re.compile(
    r"(0[12][0-9]|0[3-9][0-9]{2})-?([0-9]{3,4})-?([0-9]{4})"
    r"(?:(?:-|转|分机|#|ext|x)([0-9]{1,6}))?",
    re.IGNORECASE,
)
_PHONE_FILLING_RE = re.compile(r"[\s().'/:]")
_MAINLAND_PREFIX_RE = re.compile(r"(?:\+86|0086|86(?=1[0-9]{10}$))-?")
_FLOAT_TAIL_RE = re.compile(r"\.0+$")


def normalise_phone(text: str) -> str:
    """The canonical form: `13800138000`, `0971-8123456`, `0971-8123456-801`, `+85291234567`."""
    if len(text) == 11 and _MOBILE_RE.fullmatch(text):
        return text
    if len(text) > 60:
        raise BadValue(_("号码过长"), _("一处只填一个号码"))
    text = DASHES_RE.sub("-", clean_text(text))
    if MASK_RE.search(text):
        raise BadValue(_("是打码后的号码"), _("请填写完整号码，不知道就留空"))
    if SCIENTIFIC_RE.fullmatch(text):
        raise BadValue(_("是科学计数法，号码已失真"), _("请设为文本后重新填写"))
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
        return BadValue(_("不是电话号码"), _("只填数字，例如 13912345678 或 0971-8123456"))
    if digits.startswith("1"):
        if len(digits) == 11:
            return BadValue(_("手机号的号段不存在"), _("请核对号码"))
        return BadValue(_("手机号应为 11 位，现为 %d 位") % len(digits), _("请核对号码"))
    if len(digits) in (7, 8):
        return BadValue(_("固定电话缺少区号"), _("写成 区号-号码，例如 0971-8123456"))
    return BadValue(_("不是有效的电话号码"), _("例如 13912345678 或 0971-8123456"))


def _foreign_phone(number: str) -> str:
    import phonenumbers  # 40 ms and 20 MB, wanted by the few numbers from abroad only

    try:
        parsed = phonenumbers.parse(number.replace("-", ""), None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise BadValue(_("不是有效的境外电话号码"), _("写成 +国家代码 号码，例如 +852 9123 4567"))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


_PLACEHOLDER_SEQUENCES = ("12345678901", "12345678910", "1234567890", "12345678", "1234567")


def is_placeholder_phone(text: str) -> bool:
    """Whether a number only fills the cell: 18999999999, 00000000000, 12345678901, 无."""
    if len(text) == 11 and text[3] != text[10]:  # the quick way out for nearly every real number
        return text in _PLACEHOLDER_SEQUENCES
    text = clean_text(text)
    if text.lower() in NOTHING_WORDS:
        return True
    digits = text.lstrip("'+").replace("-", "").replace(" ", "")
    if not digits.isdigit() or len(digits) < 7:
        return False
    return digits in _PLACEHOLDER_SEQUENCES or len(set(digits[-8:])) == 1
