"""Hours of a day as people write them: "08:30-12:00 13:30-17:30", "22:00-06:00" past midnight, "休" or nothing for a day off."""

import re
from collections.abc import Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from core.errors import BadValue
from core.normalise.hours import parse_hours_text

Span = tuple[int, int]
DAY = 1440
_MIDNIGHT = frozenset({"0", "00:00", "0:00"})
_ALL_DAY = frozenset({"全天", "全日"})
_OFF = frozenset({"", "休", "休息", "-", "—", "无"})
_BETWEEN = re.compile(r"\s*(?:-|–|—|－|~|～|至|到)\s*(?:次日|第二天)?\s*")
_APART = re.compile(r"[\s,，、;；/]+")


def read_hours(text: str) -> list[Span]:
    """In order; an end that is not after its beginning lies in the next day. Raises BadValue."""
    text = text.strip()
    if text in _OFF:
        return []
    if text in _ALL_DAY:
        return [(0, DAY)]
    spans = sorted(_span(part) for part in _APART.split(_BETWEEN.sub("-", text)) if part)
    for (_start, end), (begins, _end) in pairwise(spans):
        if begins < end:
            raise BadValue(_("“%(hours)s”里的时段互相重叠") % {"hours": text})
    if spans and spans[-1][1] - DAY > spans[0][0]:
        raise BadValue(_("“%(hours)s”超过了 24 小时") % {"hours": text})
    return spans


def _span(part: str) -> Span:
    """The times themselves are read as everywhere (core.normalise.hours): only here a stretch may run past midnight."""
    start, dash, end = part.partition("-")
    try:
        if not dash:
            raise BadValue(part)
        begins = parse_hours_text(f"{start}-24:00")[0][0]
        ends = 0 if end in _MIDNIGHT else parse_hours_text(f"00:00-{end}")[0][1]
    except BadValue:
        raise BadValue(
            _("看不懂“%(part)s”") % {"part": part[:20]}, _("写成 08:30-12:00，两段之间空一格，夜班写 22:00-06:00")
        ) from None
    return begins, ends if ends > begins else ends + DAY


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
