"""A day and a time of day as people type them."""

import re
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.normalise.dates import checked_date, parse_date_text
from core.normalise.text import DASHES_RE, clean_text

_EXAMPLE = "2026-11-23 14:00"
_CLOCK_RE = re.compile(r"([0-9]{1,2})\s?[:时点]\s?(?:([0-9]{1,2})\s?分?)?(?::[0-9]{2}(?:\.[0-9]+)?)?$")
_COMPACT_CLOCK_RE = re.compile(r"(?:^|(?<=[ T]))([0-9]{2})([0-9]{2})$")
_THIS_YEAR_RE = re.compile(r"([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})\s?日?")


def parse_moment_text(text: str, today: date) -> datetime:
    """2026-11-23 14:00, 20261123 1400, 2026/11/23 14:00, 11月23日14点30分, 11-23 14:00 (the year of `today`), 14:00 (`today`).

    Naive, in the time of whoever typed it.
    """
    text = DASHES_RE.sub("-", clean_text(text[:60]))
    match = _CLOCK_RE.search(text) or _COMPACT_CLOCK_RE.search(text)
    if match is None:
        raise BadValue(_("缺少时间"), _("写成 年-月-日 时:分，例如 %s") % _EXAMPLE)
    day = text[: match.start()].rstrip(" T,")
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        raise BadValue(_("没有 %(hour)d:%(minute)02d 这个时间") % {"hour": hour, "minute": minute}, _("请核对时间"))
    return datetime.combine(_day(day, today), time(hour, minute))


def _day(text: str, today: date) -> date:
    if not text:
        return today
    short = _THIS_YEAR_RE.fullmatch(text)
    return checked_date(today.year, int(short[1]), int(short[2])) if short else parse_date_text(text)
