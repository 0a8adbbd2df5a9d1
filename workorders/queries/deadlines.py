"""The clocks of an order as its page shows them, and day by day why a deadline is what it is."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar.clock import LOCAL, WorkClock
from core.calendar.pauses import Pause, merged
from workorders.due import look_of, span
from workorders.models import OrderClock, WorkOrder
from workorders.models import Pause as PauseRow
from workorders.states import Basis, Clock, PauseKind
from workorders.working import work_clock

MOST_DAYS = 10


@dataclass(frozen=True)
class ClockCard:
    """One clock: what has been used of what was given, and how it stands."""

    label: str
    word: str
    colour: str
    figure: str
    of: str
    share: int
    line: str
    is_current: bool


def cards(order: WorkOrder, rows: list[OrderClock], pauses: list[PauseRow], now: datetime) -> list[ClockCard]:
    """The clocks of the present round, in the order in which they are owed."""
    spans = [(pause.started_at, pause.ended_at) for pause in pauses]
    own = sorted(
        (row for row in rows if row.round == order.rework_count), key=lambda row: Clock.values.index(row.clock)
    )
    return [_card(order, row, spans, now) for row in own]


def _clock(order: WorkOrder, row: OrderClock) -> WorkClock:
    """The order, read for one page, keeps its community's hours: every clock asks for them."""
    known: dict[str, WorkClock] = order.__dict__.setdefault("clocks_by_basis", {})
    if row.basis not in known:
        known[row.basis] = work_clock(row.basis, order.community)
    return known[row.basis]


def _card(order: WorkOrder, row: OrderClock, pauses: Any, now: datetime) -> ClockCard:
    until = row.met_at or order.ended_at or now
    clock = _clock(order, row)
    if row.appointed_at is not None:
        given, used = row.appointed_at - row.starts_at, until - row.starts_at
    else:
        given, used = timedelta(minutes=row.minutes), clock.elapsed(row.starts_at, until, pauses)
    word, colour = _standing(order, row, now)
    share = min(100, round(used / given * 100)) if given else 0
    if row.appointed_at is not None:
        figure = _time(row.met_at) if row.met_at else span(used)
        of = _("%(at)s 前") % {"at": _time(row.appointed_at)}
    else:
        figure, of = span(used), span(given)
    return ClockCard(
        str(row.get_clock_display()), word, colour, figure, of, share, _line(order, row, now),
        row.met_at is None and row.clock == order.next_clock,
    )  # fmt: skip


def _standing(order: WorkOrder, row: OrderClock, now: datetime) -> tuple[str, str]:
    if row.met_at is not None:
        return (_("超时完成"), "red") if row.late else (_("按期"), "green")
    if not order.is_open:
        return _("未计完"), "grey"
    if order.paused_at is not None:
        return _("已暂停"), "orange"
    look = look_of(row.due_at, row.warn_at, now)
    return {"over": (_("已超时"), "red"), "soon": (_("将超时"), "orange")}.get(look, (_("计时中"), "blue"))


def _line(order: WorkOrder, row: OrderClock, now: datetime) -> str:
    if row.met_at is not None:
        words = {"at": _time(row.met_at), "who": order.assignee or order.team or ""}
        said = {
            Clock.RESPONSE: _("%(at)s 派给 %(who)s"), Clock.ARRIVAL: _("%(at)s 到场"),
            Clock.COMPLETION: _("%(at)s 完工"),
        }  # fmt: skip
        return said[Clock(row.clock)] % words
    if not order.is_open:
        return ""
    if order.paused_at is not None:
        return _("%(at)s 起暂停计时") % {"at": _time(order.paused_at)}
    left = _("超时 %(span)s") if now > row.due_at else _("剩 %(span)s")
    due = _moment(row.due_at)
    return _("时限 %(due)s，%(left)s") % {"due": due, "left": left % {"span": span(abs(row.due_at - now))}}


# --- why this deadline -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """A stretch of one day on the axis, in per cent. `kind`: u (counted), l (left), p (paused)."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Day:
    label: str
    segments: list[Segment]
    counted: str
    note: str


@dataclass(frozen=True)
class Why:
    """The proof of one deadline: rule, days, sum."""

    due: str
    rule: str
    days: list[Day]
    more_days: int
    ticks: list[str]
    total: str
    sentence: str


@dataclass
class _Axis:
    """From the earliest to the latest minute of work among the days shown."""

    first: int = 0
    last: int = 1440
    ticks: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, clock: WorkClock, days: list[date]) -> "_Axis":
        hours = [shift for day in days for shift in clock.hours_of(day)]
        axis = cls(min(start for start, _end in hours), max(end for _start, end in hours)) if hours else cls()
        step = (axis.last - axis.first) / 3
        axis.ticks = [
            f"{int(minute) // 60:02}:{int(minute) % 60:02}" for minute in (axis.first + step * n for n in range(4))
        ]
        return axis

    def percent(self, minute: float) -> float:
        return round((min(max(minute, self.first), self.last) - self.first) / (self.last - self.first) * 100, 2)


def why(order: WorkOrder, row: OrderClock, pauses: list[PauseRow], now: datetime) -> Why | None:
    """Day by day what counts towards the deadline. None for an appointment, which is itself the deadline."""
    if row.appointed_at is not None:
        return None
    clock = _clock(order, row)
    spans = merged([(pause.started_at, pause.ended_at) for pause in pauses])
    end = max(row.due_at, row.starts_at)
    accounts = [line for line in clock.account(row.starts_at, end, spans) if line.worked or line.paused]
    shown = accounts[:MOST_DAYS]
    axis = _Axis.of(clock, [line.day for line in shown])
    days = [
        Day(
            f"{line.day:%m-%d} {_('周一 周二 周三 周四 周五 周六 周日').split()[line.day.weekday()]}",
            _segments(clock, line.day, axis, row, end, spans, now),
            span(line.worked),
            _note(line, pauses),
        )
        for line in shown
    ]
    total = sum((line.worked for line in accounts), timedelta())
    return Why(
        _moment(row.due_at), _rule(order, row), days, len(accounts) - len(shown), axis.ticks, span(total),
        _sentence(row, clock, spans, now),
    )  # fmt: skip


def _segments(
    clock: WorkClock, day: date, axis: _Axis, row: OrderClock, end: datetime, pauses: list[Pause], now: datetime
) -> list[Segment]:
    """The shifts of one day between beginning and deadline, cut where a pause begins or ends, and at this moment."""
    opens = datetime.combine(day, time(), LOCAL)
    segments = []
    stop = min(row.met_at or now, now)
    for start_minute, end_minute in clock.hours_of(day):
        low = max(row.starts_at, opens + timedelta(minutes=start_minute))
        high = min(end, opens + timedelta(minutes=end_minute))
        cuts = {low, high, min(max(stop, low), high)}
        cuts |= {min(max(at, low), high) for pause in pauses for at in (pause.start, pause.end or end)}
        edges = sorted(cuts)
        for left, right in pairwise(edges):
            if right <= left or low >= high:
                continue
            paused = any(pause.start <= left and (pause.end is None or right <= pause.end) for pause in pauses)
            kind = "p" if paused else "u" if right <= stop else "l"
            x, until = (axis.percent((at - opens).total_seconds() / 60) for at in (left, right))
            segments.append(Segment(x, round(until - x, 2), kind))
    return segments


def _note(line: Any, pauses: list[PauseRow]) -> str:
    """16:00 起待备件; 全天待备件，不计时; 10:00 恢复计时."""
    for pause in pauses:
        began, ended = timezone.localtime(pause.started_at), pause.ended_at and timezone.localtime(pause.ended_at)
        word = PauseKind(pause.kind).label
        if began.date() == line.day:
            return _("%(at)s 起%(what)s") % {"at": f"{began:%H:%M}", "what": word}
        if ended and ended.date() == line.day:
            return _("%(at)s 恢复计时") % {"at": f"{ended:%H:%M}"}
        if began.date() < line.day and (ended is None or ended.date() > line.day):
            return _("全天%(what)s，不计时") % {"what": word}
    return ""


def _rule(order: WorkOrder, row: OrderClock) -> str:
    words = {
        "urgency": order.get_urgency_display(), "clock": row.get_clock_display(),
        "span": span(timedelta(minutes=row.minutes)), "basis": Basis(row.basis).label,
    }  # fmt: skip
    return _("标准：%(urgency)s，%(clock)s %(span)s，按%(basis)s计") % words


def _sentence(row: OrderClock, clock: WorkClock, pauses: list[Pause], now: datetime) -> str:
    parts = [_("%(at)s 起算") % {"at": _moment(row.starts_at)}]
    if pauses:
        length = sum(((pause.end or now) - pause.start for pause in pauses), timedelta())
        parts.append(_("暂停共 %(span)s") % {"span": span(length)})
        without = clock.add_working_time(row.starts_at, timedelta(minutes=row.minutes))
        parts.append(_("若不暂停，时限为 %(at)s") % {"at": _moment(without)})
    return "；".join(parts)


def _time(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M}" if at else ""


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"
