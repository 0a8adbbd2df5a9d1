"""Cells of digits that are no quantities: room numbers, phones, identity numbers."""

import re
from collections.abc import Callable
from typing import NamedTuple

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.normalise import (
    clean_text,
    is_placeholder_id,
    is_placeholder_phone,
    normalise_id_number,
    normalise_phone,
)

# Phones are parted by slashes, too, and by spaces behind eleven digits.
_PHONE_SEPARATORS_RE = re.compile(r"[、,，;；/\r\n]+|(?<=[0-9]{11})\s+(?=[0-9+])")
_FORMULA_GUARD_RE = re.compile(r"'[=+\-@＝＋－＠\t\r]")
_DOCUMENT_FILLING_RE = re.compile(r"[\s'-]")
_MASKED_RE = re.compile(r"\*{2,}|[xX]{4,}")


class Noted(NamedTuple):
    """A value with a remark on how its cell was understood. `of_column`: all cells of the column will have the same said of them,
    so that it is said once with their count, not in every row."""

    value: object
    notice: str
    of_column: bool = False


def one_line(clean: Callable[[str], str], longest: int, text: str) -> str | None:
    if len(text) > longest * 4:  # before the cost of cleaning ten megabytes
        raise too_long(longest)
    if text[0] == "'" and _FORMULA_GUARD_RE.match(text):
        text = text[1:]  # the guard that a CSV export puts before a formula
    text = clean(text)
    if len(text) > longest:
        raise too_long(longest)
    return text or None


def too_long(longest: int) -> BadValue:
    return BadValue(_("超过 %d 个字") % longest, _("请缩短"))


def code_number(number: float) -> Noted:
    text = whole_number(number, _("不是整数"))
    return Noted(text, _("为数值格式，开头的 0 如有已丢失"), of_column=True)


def plain_digits(number: float) -> str:
    """The digits as a person would write them: 3, not 3.0."""
    return str(int(number)) if is_whole(number) else repr(number)


def is_whole(number: float) -> bool:
    return -1e15 < number < 1e15 and number == int(number)


def whole_number(number: float, reason: str = "") -> str:
    if not is_whole(number):
        raise BadValue(reason or _("为数值格式，且不是整数"), _("请设为文本后重新填写"))
    return str(int(number))


def whole_id_number(number: float) -> str:
    # Excel keeps 15 digits: the last three of an identity number are gone, not to be repaired.
    if not abs(number) < 1e15:
        raise BadValue(_("为数值格式，末位已失真"), _("请设为文本"))
    return whole_number(number)


def phones(many: bool, text: str) -> object:
    if len(text) > 400:
        raise too_long(400)
    numbers: dict[str, None] = {}
    fillers = []
    for part in _PHONE_SEPARATORS_RE.split(text):
        if is_placeholder_phone(part):
            fillers.append(clean_text(part))
        elif part and not part.isspace():
            numbers[normalise_phone(part)] = None
    if len(numbers) > 1 and not many:
        raise BadValue(_("有 %d 个号码") % len(numbers), _("这一列只填一个号码"))
    value = (tuple(numbers) if many else next(iter(numbers))) if numbers else None
    return _without_fillers(value, fillers)


def _without_fillers(value: object, fillers: list[str]) -> object:
    return Noted(value, _("%s 不是真实号码，视为未填") % "、".join(fillers)) if fillers else value


def id_number(text: str) -> object:
    if is_placeholder_id(text):
        return _without_fillers(None, [clean_text(text)])
    return normalise_id_number(text)


def document_number(longest: int, text: str) -> object:
    if is_placeholder_id(text):
        return _without_fillers(None, [clean_text(text)])
    number = one_line(lambda line: _DOCUMENT_FILLING_RE.sub("", clean_text(line)).upper(), longest, text)
    if number is not None and _MASKED_RE.search(number):
        raise BadValue(_("是打码后的证件号"), _("请填写完整证件号，不知道就留空"))
    return number
