"""Dates as text and as spreadsheet serials."""

import re
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.normalise.text import DASHES_RE, clean_text

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
    text = DASHES_RE.sub("-", clean_text(text[:60])).lstrip("'")
    match = _DATE_RE.fullmatch(text) or _COMPACT_DATE_RE.fullmatch(text)
    if match is not None:
        return checked_date(int(match[1]), int(match[2]), int(match[3]))
    if _SERIAL_RE.fullmatch(text):
        return date_from_serial(float(text))
    if _DAY_FIRST_RE.fullmatch(text):
        raise BadValue(_("日和月的先后分不清"), _("写成 年-月-日，例如 %s") % _DATE_EXAMPLE)
    if _MONTH_ONLY_RE.fullmatch(text):
        raise BadValue(_("缺少日"), _("写成 年-月-日，例如 %s") % _DATE_EXAMPLE)
    raise BadValue(_("不是日期"), _("写成 年-月-日，例如 %s") % _DATE_EXAMPLE)


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
        raise BadValue(_("不是日期"), _("写成 年-月-日，例如 %s") % _DATE_EXAMPLE)
    days = int(serial)
    if epoch_1904:
        return _within_years(_EPOCH_1904 + timedelta(days=days))
    if days == 60:
        raise BadValue(_("1900 年 2 月没有 29 日"), _("请核对日"))
    # Excel counts that day, so the days before it lie one later than the epoch says.
    return _within_years(_EPOCH_1900 + timedelta(days=days + (days < 60)))


def _within_years(day: date) -> date:
    return checked_date(day.year, day.month, day.day)
