"""Decimal numbers as text."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.normalise.text import DASHES_RE, SCIENTIFIC_RE, clean_text

_NUMBER_RE = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?|-?\.[0-9]+")
_FIRST_NUMBER_RE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_QUANTA = tuple(Decimal(1).scaleb(-places) for places in range(7))


def parse_decimal_text(text: str, places: int = 2, *, max_digits: int = 12) -> Decimal:
    """A number of 0 or more, rounded half up to `places`; thousands commas are understood."""
    number = text
    if _NUMBER_RE.fullmatch(number) is None:
        number = DASHES_RE.sub("-", clean_text(text[:80])).lstrip("'+")
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
    if SCIENTIFIC_RE.fullmatch(text):
        return BadValue(_("是科学计数法"), _("请写成普通数字"))
    found = _FIRST_NUMBER_RE.search(text)
    if found is None or len(found[0]) > 20:
        return BadValue(_("不是数字"), _("只填数字"))
    shown = Decimal(found[0]).quantize(_QUANTA[places], ROUND_HALF_UP)
    return BadValue(_("含有文字"), _("只填数字 %s") % shown)
