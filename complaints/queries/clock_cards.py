"""The clocks of a case as its page shows them: what has been used of what was given, and how long is left."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint, ComplaintClock
from complaints.states import Basis, Clock
from complaints.working import service_clock
from core.web.due import look_of, span
from workorders.queries.deadlines import ClockCard


def cards(case: Complaint, rows: list[ComplaintClock], now: datetime) -> list[ClockCard]:
    """The last of each kind, in the order in which they are owed; what is not owed any more only if it was done."""
    last: dict[str, ComplaintClock] = {}
    for row in sorted(rows, key=lambda row: (row.round, row.turn)):
        if row.dropped_at is None:
            last[row.clock] = row
    return [_card(case, row, now) for row in sorted(last.values(), key=lambda row: Clock.values.index(row.clock))]


def _card(case: Complaint, row: ComplaintClock, now: datetime) -> ClockCard:
    until = row.met_at or case.closed_at or now
    word, colour = _standing(case, row, now)
    return ClockCard(
        _label(row), word, colour, span(_used(case, row, until)), _given(row), _share(case, row, until), _line(case, row, now),
        row.met_at is None and row.clock == case.next_clock,
    )  # fmt: skip


def _label(row: ComplaintClock) -> str:
    label = str(row.get_clock_display())
    if row.turn:
        return _("%(clock)s（第 %(n)d 次）") % {"clock": label, "n": row.turn + 1}
    return _("%(clock)s（第 %(n)d 轮）") % {"clock": label, "n": row.round + 1} if row.round else label


def _given(row: ComplaintClock) -> str:
    if row.given_at is not None:
        return _("%(at)s 前") % {"at": _moment(row.given_at)}
    if row.basis == Basis.DAYS:
        return _("%(n)d 个工作日") % {"n": row.amount}
    return span(timedelta(minutes=row.amount))


def _used(case: Complaint, row: ComplaintClock, until: datetime) -> timedelta:
    """Service time is counted as it is given; days and hours of the clock on the wall as they pass."""
    if row.basis == Basis.SERVICE and until > row.starts_at:
        return service_clock(case.community).working_time_between(row.starts_at, until)
    return until - row.starts_at


def _share(case: Complaint, row: ComplaintClock, until: datetime) -> int:
    if row.given_at is not None or row.basis == Basis.ROUND:
        given, used = row.due_at - row.starts_at, until - row.starts_at
    else:
        clock = service_clock(case.community)
        given, used = clock.working_time_between(row.starts_at, row.due_at), timedelta()
        if until > row.starts_at:
            used = clock.working_time_between(row.starts_at, until)
    return min(100, max(0, round(used / given * 100))) if given > timedelta() else 100


def _standing(case: Complaint, row: ComplaintClock, now: datetime) -> tuple[str, str]:
    if row.met_at is not None:
        return (_("超时完成"), "red") if row.late else (_("按期"), "green")
    if not case.is_open:
        return _("未计完"), "grey"
    look = look_of(row.due_at, row.warn_at, now)
    return {"over": (_("已超时"), "red"), "soon": (_("将超时"), "orange")}.get(look, (_("计时中"), "blue"))


def _line(case: Complaint, row: ComplaintClock, now: datetime) -> str:
    if row.met_at is not None:
        return _("%(at)s 完成") % {"at": _moment(row.met_at)}
    if not case.is_open:
        return ""
    left = _("超时 %(span)s") if now > row.due_at else _("剩 %(span)s")
    words: dict[str, Any] = {"due": _moment(row.due_at), "left": left % {"span": span(abs(row.due_at - now))}}
    return _("时限 %(due)s，%(left)s") % words


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
