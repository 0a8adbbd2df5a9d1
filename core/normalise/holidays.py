"""The yearly list of holidays as people have it: the State Council's notice pasted whole, or lines and rows of a table.

一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
2027-01-01 至 2027-01-03  放假  元旦
2027-01-04  上班  元旦  09:00-18:00
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.calendar import Day
from core.errors import BadValue
from core.normalise.dates import checked_date, parse_date_text
from core.normalise.hours import parse_hours_text
from core.normalise.text import clean_text

HOLIDAY, MAKE_UP = "holiday", "make_up"
LONGEST_DAYS = 60

_KINDS = dict.fromkeys(("放假", "休", "休息", "假", "节假日", "休假", "放假调休"), HOLIDAY) | dict.fromkeys(
    ("上班", "班", "调休", "调休上班", "补班", "工作日"), MAKE_UP
)
_FULL_NAMES = {
    "清明": "清明节",
    "劳动": "劳动节",
    "五一": "劳动节",
    "端午": "端午节",
    "中秋": "中秋节",
    "国庆": "国庆节",
}
_YEAR_OF_NOTICE = re.compile(r"([0-9]{4})年(?:部分)?节假日")
_NOTICE = re.compile(r"(?:[一二三四五六七八九十]+[、.]\s*)?([\u4e00-\u9fff、]{2,16}?)\s*:\s*(.*[0-9]日.*)")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_CLAUSE_ENDS = re.compile(r"[。;,]")
_DAY = r"(?:([0-9]{4})年)?([0-9]{1,2})月([0-9]{1,2})日"
_DAYS = re.compile(_DAY + r"(?:\s*(?:至|-|~|—|到)\s*(?:([0-9]{4})年)?(?:([0-9]{1,2})月)?([0-9]{1,2})日)?")
_TABLE_DATE = r"([0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{8})"
_TABLE = re.compile(_TABLE_DATE + r"(?:[\s,|~至到–—-]+" + _TABLE_DATE + r")?(?:[\s,|]+(.*))?")
_CELLS = re.compile(r"[\s,|]+")
_HOURS = re.compile(r"[0-9]{1,4}[:时点]?[0-9]*\s*[-~至到–—].*")


@dataclass(frozen=True)
class HolidayRow:
    day: date
    kind: str
    name: str
    hours: Day = ()


@dataclass(frozen=True)
class LineError:
    """`number` of the line or Excel row, what stood there, why it cannot be read."""

    number: int
    text: str
    why: str


@dataclass
class HolidayList:
    """`skipped` counts lines without a date: headings and the paragraphs around a notice."""

    rows: list[HolidayRow] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    skipped: int = 0


def read_holidays(lines: Iterable[tuple[int, str]], year: int) -> HolidayList:
    """(number, text) of each line. `year` is that of dates without one, unless the notice names its own."""
    found = HolidayList()
    seen: dict[date, HolidayRow] = {}
    for number, raw in lines:
        text = ""
        try:
            text = clean_text(raw)
            if named := _YEAR_OF_NOTICE.search(text):
                year = int(named[1])
            rows = _line(text, year)
            _refuse_contradictions(rows, seen)
        except BadValue as error:
            fix = f"，{error.fix}" if error.fix else ""
            found.errors.append(LineError(number, text[:80], f"{error.sentence}{fix}"))
            continue
        found.skipped += not rows
        seen |= {row.day: row for row in rows}
    found.rows = [seen[day] for day in sorted(seen)]
    return found


def _line(text: str, year: int) -> list[HolidayRow]:
    notice = _NOTICE.fullmatch(text)
    if notice and ("放假" in notice[2] or "上班" in notice[2]):
        return _notice_rows(notice[1], notice[2], year)
    if not text[:1].isdigit():
        return []
    table = _TABLE.fullmatch(text)
    if table is None:
        raise BadValue(_("看不懂这一行"), _("写成 2027-01-01 至 2027-01-03 放假 元旦"))
    if "年" in table[1] and not table[2] and not table[3]:
        return []  # the date under a notice
    return _table_rows(table[1], table[2] or table[1], table[3] or "")


def _notice_rows(name: str, text: str, year: int) -> list[HolidayRow]:
    """Clause by clause: what says 上班 is made up, every other date is off."""
    rows = []
    for clause in _CLAUSE_ENDS.split(_IN_BRACKETS.sub("", text)):
        kind = MAKE_UP if "上班" in clause else HOLIDAY
        for found in _DAYS.finditer(clause):
            first = checked_date(int(found[1] or year), int(found[2]), int(found[3]))
            last = first
            if found[6]:
                last = checked_date(int(found[4] or first.year), int(found[5] or first.month), int(found[6]))
                if last < first and not found[4]:  # 12月31日至1月2日
                    last = last.replace(year=last.year + 1)
            rows += [HolidayRow(day, kind, holiday_name(name)) for day in _each(first, last)]
    return rows


def _table_rows(first: str, last: str, rest: str) -> list[HolidayRow]:
    kind, name, hours = HOLIDAY, "", []
    for cell in _CELLS.split(rest):
        if cell in _KINDS:
            kind = _KINDS[cell]
        elif _HOURS.fullmatch(cell):
            hours.append(cell)
        elif cell:
            name = f"{name}{cell}"
    if not rest.strip():
        raise BadValue(_("没有写放假还是上班"), _("写成 2027-01-04 上班 元旦"))
    day = parse_hours_text(" ".join(hours))
    return [
        HolidayRow(row, kind, holiday_name(name), day) for row in _each(parse_date_text(first), parse_date_text(last))
    ]


def holiday_name(name: str) -> str:
    """One spelling for a feast that goes by two."""
    return _FULL_NAMES.get(name, name)[:20]


def _each(first: date, last: date) -> list[date]:
    count = (last - first).days + 1
    if count < 1:
        raise BadValue(_("结束早于开始"), _("请核对日期"))
    if count > LONGEST_DAYS:
        raise BadValue(_("一次连续 %(n)d 天，太长了") % {"n": count}, _("请核对日期"))
    return [first + timedelta(days=n) for n in range(count)]


def _refuse_contradictions(rows: list[HolidayRow], seen: dict[date, HolidayRow]) -> None:
    for row in rows:
        other = seen.get(row.day)
        if other is not None and (other.kind, other.hours) != (row.kind, row.hours):
            raise BadValue(_("%(day)s 前面已经写过，安排不同") % {"day": f"{row.day:%Y-%m-%d}"}, _("请只留一行"))
