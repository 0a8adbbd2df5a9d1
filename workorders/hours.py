"""Hours of a day as people write them: "08:30-12:00 13:30-17:30", "22:00-06:00" past midnight, "休" or nothing for a day off."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from core.errors import BadValue

Span = tuple[int, int]
DAY = 1440
_OFF = frozenset({"", "休", "休息", "-", "—", "无"})
_BETWEEN = re.compile(r"\s*(?:-|–|—|－|~|～|至|到)\s*(?:次日|第二天)?\s*")
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})")
_APART = re.compile(r"[\s,，、;；/]+")


def read_hours(text: str) -> list[Span]:
    """In order; an end that is not after its beginning lies in the next day. Raises BadValue."""
    text = text.strip()
    if text in _OFF:
        return []
    joined = _BETWEEN.sub("-", text)
    spans = sorted(_span(part) for part in _APART.split(joined) if part)
    for (_start, end), (begins, _end) in pairwise(spans):
        if begins < end:
            raise BadValue(_("“%(hours)s”里的时段互相重叠") % {"hours": text})
    if spans and spans[-1][1] - DAY > spans[0][0]:
        raise BadValue(_("“%(hours)s”超过了 24 小时") % {"hours": text})
    return spans


def _span(part: str) -> Span:
    ends = part.split("-")
    if len(ends) != 2:
        raise BadValue(_("“%(part)s”不是时段") % {"part": part}, _("写成 08:30-12:00，两段之间空一格"))
    start, end = (_minutes(word) for word in ends)
    if start >= DAY:
        raise BadValue(_("“%(part)s”不是上班时间") % {"part": ends[0]}, _("写成 08:30"))
    return start, end if end > start else end + DAY


def _minutes(word: str) -> int:
    found = _TIME.fullmatch(word)
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 0)
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        raise BadValue(_("“%(word)s”不是时间") % {"word": word}, _("写成 08:30"))
    return hour * 60 + minute


def write_hours(spans: Sequence[Span]) -> str:
    """As it is read back: 08:30-12:00 13:30-17:30."""
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def show_hours(spans: Sequence[Span]) -> str:
    """For the eye: 22:00–次日06:00."""
    return " ".join(
        f"{_clock(start)}–{_('次日') if end > DAY else ''}{_clock(end)}" for start, end in spans
    )  # fmt: skip


def _clock(minutes: int) -> str:
    if minutes == DAY:
        return "24:00"
    return f"{minutes % DAY // 60:02}:{minutes % 60:02}"
