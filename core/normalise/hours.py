"""Working hours as people write them, and back into words: 08:30-12:00、13:30-17:30, 9-18, 0900～1800, 全天, 休息."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from core.calendar import BadHours, Day, Weekly
from core.calendar.rules import WHOLE_DAY, day_of
from core.errors import BadValue
from core.normalise.text import clean_text

_RANGE_SIGNS = re.compile(r"\s*(?:-|‐|‑|–|—|~|至|到)+\s*")
_BETWEEN = re.compile(r"[\s、,;/和]+")
_TIME = re.compile(r"([0-9]{1,2})(?:[:时点]([0-9]{1,2})?分?)?|([0-9]{2})([0-9]{2})")
_NOTHING = frozenset({"", "休", "休息", "无", "不上班"})
_ALL = frozenset({"全天", "24小时", "全日"})


def parse_hours_text(text: str) -> Day:
    """Shifts of one day; () for 休息 or nothing. Raises BadValue with how to write it."""
    text = _RANGE_SIGNS.sub("-", clean_text(text or ""))
    if text in _NOTHING:
        return ()
    if text in _ALL:
        return WHOLE_DAY
    try:
        return day_of([_shift(part) for part in _BETWEEN.split(text) if part])
    except BadHours as error:
        raise BadValue(problem(error)) from None


def _shift(part: str) -> tuple[int, int]:
    ends = part.split("-")
    if len(ends) != 2:
        raise _unreadable(part)
    return _minute(ends[0], part), _minute(ends[1], part)


def _minute(text: str, part: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None:
        raise _unreadable(part)
    hour, minute = int(found[1] or found[3]), int(found[2] or found[4] or 0)
    if minute > 59 or hour * 60 + minute > 1440:
        raise _unreadable(part)
    return hour * 60 + minute


def _unreadable(part: str) -> BadValue:
    return BadValue(_("看不懂“%(part)s”") % {"part": part[:20]}, _("写成 08:30-12:00、13:30-17:30，全天写 00:00-24:00"))


def problem(error: BadHours) -> str:
    """The sentence for hours that cannot be, naming the weekday where it is known."""
    sentence = {
        "shape": _("工作时间的格式不对"),
        "range": _("每段时间的结束要晚于开始，最晚到 24:00"),
        "overlap": _("两段时间重叠了"),
    }[error.reason]
    return sentence if error.weekday is None else f"{weekday_words()[error.weekday]}：{sentence}"


def weekday_words() -> list[str]:
    return _("周一 周二 周三 周四 周五 周六 周日").split()


def clock_words(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def hours_words(day: Sequence[Sequence[int]]) -> str:
    """08:30–12:00、13:30–17:30; 休息 for none."""
    if not day:
        return _("休息")
    return "、".join(f"{clock_words(start)}–{clock_words(end)}" for start, end in day)


def week_words(weekly: Weekly) -> str:
    """周一至周五 09:00–18:00；周六 09:00–12:00: weekdays in a row with the same hours are told together, days off are left out."""
    names, parts, first = weekday_words(), [], 0
    for place in range(1, 8):
        if place < 7 and weekly[place] == weekly[first]:
            continue
        if weekly[first]:
            days = names[first] if place == first + 1 else _("%s至%s") % (names[first], names[place - 1])
            parts.append(f"{days} {hours_words(weekly[first])}")
        first = place
    return "；".join(parts) or _("没有工作时间")
