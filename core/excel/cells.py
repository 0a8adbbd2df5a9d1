"""One cell into one value: `cell_parser(column)` gives the function for a column's cells.

Such a function returns the value, None for a blank cell, `CLEAR` for [清空], or `Noted` when the
user should hear how the cell was understood; it raises `BadValue` and nothing else. The hot path
is a dictionary: most columns repeat a few words a hundred thousand times.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.excel.cells_digits import (
    Noted,
    code_number,
    document_number,
    id_number,
    is_whole,
    one_line,
    phones,
    plain_digits,
    too_long,
    whole_id_number,
    whole_number,
)
from core.excel.cells_words import choice_words, parse_choice, parse_layout, parse_share, parse_yesno
from core.excel.columns import Column, Kind
from core.excel.reader import ErrorCell, FormulaWithoutValue, OtherValue
from core.normalise import (
    checked_date,
    checked_decimal,
    clean_note,
    clean_text,
    date_from_serial,
    normalise_name,
    normalise_plate,
    parse_date_text,
    parse_decimal_text,
)

_CACHE_SIZE = 8192
_CACHED_LENGTH = 40
_CLEAR_RE = re.compile(r"\s*[\[【［]\s*清空\s*[\]】］]\s*")
_SEPARATORS_RE = re.compile(r"[、,，;；\r\n]+")
_INTEGER_RE = re.compile(r"-?[0-9]{1,9}(?:\.0+)?")
_FIRST_INTEGER_RE = re.compile(r"-?[0-9]{1,9}")
_FIRST_TYPED_DATE = date(1900, 3, 1)


class _Clear:
    """The value of a cell that says [清空]: empty the field, where a blank cell keeps it."""

    def __repr__(self) -> str:
        return "CLEAR"

    def __reduce__(self) -> str:
        return "CLEAR"  # one object in every process: it is told by identity


CLEAR = _Clear()


Parser = Callable[[Any], object]


def cell_parser(column: Column, *, words: Mapping[str, object] | None = None, epoch_1904: bool = False) -> Parser:
    """The parser of a column. `words` maps unknown dictionary words as the user decided."""
    from_text, from_number = _handlers(column, words or {}, epoch_1904)
    texts: dict[str, object] = {}
    numbers: dict[float, object] = {}

    def parse_text(value: str) -> object:
        if not value or value.isspace():
            return None
        if "清空" in value and _CLEAR_RE.fullmatch(value):
            return CLEAR
        parsed = from_text(value)
        if parsed is not None and len(texts) < _CACHE_SIZE and len(value) <= _CACHED_LENGTH:
            texts[value] = parsed
        return parsed

    def parse(value: Any) -> object:
        kind = type(value)
        if kind is str:
            found = texts.get(value)
            return parse_text(value) if found is None else found
        if kind is float or kind is int:
            found = numbers.get(value)
            if found is None:
                found = from_number(value)
                if len(numbers) < _CACHE_SIZE:
                    numbers[value] = found
            return found
        return _parse_other(column, from_text, value)

    return parse


def _handlers(
    column: Column, words: Mapping[str, object], epoch_1904: bool
) -> tuple[Callable[[str], object], Callable[[float], object]]:
    """(for text, for numbers) of a column."""
    kind = column.kind
    from_text: Callable[[str], object]
    if kind is Kind.DECIMAL:
        return partial(_decimal_text, column.places, column.units), partial(_decimal_number, column.places)
    if kind is Kind.INTEGER:
        return partial(_integer_text, column.signed), partial(_integer_number, column.signed)
    if kind is Kind.DATE:
        return parse_date_text, partial(_date_number, epoch_1904)
    if kind is Kind.SHARE:
        return parse_share, lambda number: parse_share(repr(number))
    if kind is Kind.PHONE:
        from_phones = partial(phones, column.many)
        return from_phones, lambda number: from_phones(whole_number(number))
    if kind is Kind.ID_NUMBER or kind is Kind.DOCUMENT:
        from_text = id_number if kind is Kind.ID_NUMBER else partial(document_number, column.longest)
        return from_text, lambda number: from_text(whole_id_number(number))
    if kind is Kind.CODE:
        from_text = partial(one_line, clean_text, column.longest)
        return from_text, code_number
    from_text = _text_handler(column, words)
    return from_text, lambda number: from_text(plain_digits(number))


def _text_handler(column: Column, words: Mapping[str, object]) -> Callable[[str], object]:
    kind = column.kind
    one: Callable[[str], object]
    if kind is Kind.CHOICE:
        one = partial(parse_choice, choice_words(column, words))
    elif kind is Kind.YESNO:
        one = parse_yesno
    elif kind is Kind.LAYOUT:
        one = _layout
    elif kind is Kind.PLATE:
        one = normalise_plate
    else:
        clean = {Kind.NOTE: clean_note, Kind.NAME: normalise_name}.get(kind, clean_text)
        one = partial(one_line, clean, column.longest)
    return partial(_several, one) if column.many else one


def _parse_other(column: Column, from_text: Callable[[str], object], value: object) -> object:
    """Cells that are neither text nor number."""
    if value is None:
        return None
    if isinstance(value, ErrorCell):
        raise BadValue(_("公式出错，显示为 %s") % value.text[:20], _("请改正公式或填入数值"))
    if isinstance(value, FormulaWithoutValue):
        raise BadValue(_("公式未计算"), _("请用 Excel 打开并保存，或填入数值"))
    if isinstance(value, bool):
        return value if column.kind is Kind.YESNO else from_text("TRUE" if value else "FALSE")
    if isinstance(value, date):
        return _typed_date(column, from_text, value)
    text = value.text if isinstance(value, OtherValue) else str(value)
    raise BadValue(_("是时间格式"), _("请设为文本后重新填写 %s") % text[:20])


def _typed_date(column: Column, from_text: Callable[[str], object], value: date) -> object:
    day = value.date() if isinstance(value, datetime) else value
    if column.kind is Kind.DATE:
        if day < _FIRST_TYPED_DATE:
            # Excel's calendar has a 29 February 1900: no reader agrees on the days before it.
            raise BadValue(_("日期过早"), _("1900 年 3 月以前的日期请设为文本后填写"))
        return checked_date(day.year, day.month, day.day)
    if column.kind in (Kind.TEXT, Kind.NOTE):
        return from_text(day.isoformat())
    raise BadValue(_("被 Excel 当成了日期"), _("请设为文本后重新填写"))


# --- text ---------------------------------------------------------------------------------------


def _several(one: Callable[[str], object], text: str) -> object:
    """The distinct values of a cell, in its order."""
    if len(text) > 4000:
        raise too_long(4000)
    values = dict.fromkeys(one(part) for part in _SEPARATORS_RE.split(text) if part.strip())
    values.pop(None, None)
    return tuple(values) or None


def _layout(text: str) -> object:
    layout, ignored = parse_layout(text)
    return Noted(layout, _("未保存：%s") % ignored) if ignored else layout


# --- quantities ---------------------------------------------------------------------------------


def _decimal_text(places: int, units: tuple[str, ...], text: str) -> Decimal:
    """A number, alone or with one of the column's own units behind it: 118.5㎡."""
    if units:
        bare = clean_text(text[:80])
        unit = next((word for word in units if bare.casefold().endswith(word)), "")
        number = bare[: len(bare) - len(unit)].rstrip()
        if unit and number[-1:].isdigit():  # a unit alone is no number, and is refused in its own words
            return parse_decimal_text(number, places)
    return parse_decimal_text(text, places)


def _decimal_number(places: int, number: float) -> Decimal:
    return checked_decimal(Decimal(repr(number)), places)


def _integer_number(signed: bool, number: float) -> int:
    if not is_whole(number) or abs(number) >= 1e9:
        raise BadValue(_("不是整数"), _("只填整数"))
    return _signed(signed, int(number))


def _integer_text(signed: bool, text: str) -> int:
    text = clean_text(text[:80]).lstrip("'+")
    if _INTEGER_RE.fullmatch(text):
        return _signed(signed, int(float(text)))
    found = _FIRST_INTEGER_RE.search(text)
    if found is None or text.isascii():
        raise BadValue(_("不是整数"), _("只填整数"))
    raise BadValue(_("含有文字"), _("只填数字 %s") % found[0])


def _signed(signed: bool, number: int) -> int:
    if number < 0 and not signed:
        raise BadValue(_("不能为负数"), _("请核对数值"))
    return number


def _date_number(epoch_1904: bool, number: float) -> date:
    if 19000101 <= number <= 21001231 and number == int(number):
        return parse_date_text(str(int(number)))  # 20260105, typed as a number
    return date_from_serial(number, epoch_1904=epoch_1904)
