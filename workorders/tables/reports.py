"""The table of the statistics. A template took a quarter of the page's Python for its hundred lines of fourteen cells."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.queries.figures import whole_minutes
from core.templatetags.mulin import DASH, money
from workorders.due import span
from workorders.queries.reports import Line
from workorders.states import Clock

_MATERIALS = {"materials": "1", "cols": "number,matter,address,assignee,materials_fee,labour_fee"}


def rate(value: Any) -> str:
    return "" if value is None else f"{value}"


def duration(minutes: float | None) -> str:
    whole = whole_minutes(minutes)
    return "" if whole is None else span(timedelta(minutes=whole))


def row_of(line: Line) -> SafeString:
    """One group; every figure leads to its list."""
    url = line.url()
    head = f'<th scope="row" class="nw">{_linked(line.label, url)}</th>'
    return mark_safe(f"<tr>{head}{''.join(_cells(line, url))}</tr>")  # noqa: S308  every part is escaped where it is made


def _cells(line: Line, url: str) -> Iterator[str]:
    yield _cell(_linked(f"{line.total:,}", url))
    yield _cell(_linked(f"{line.finished:,}", line.url(finished="1")))
    for clock in Clock:
        yield _cell(_on_time(line, clock))
    yield _cell(escape(duration(line.p50) or DASH), "r nw")
    yield _cell(escape(duration(line.p90) or DASH), "r nw")
    yield _cell(_door(line, line.reworked, rework="1"))
    yield _cell(rate(line.rework_rate) or DASH)
    satisfied, rated = _door(line, line.satisfied, line.rated, rating="high"), _door(line, line.rated, rating="any")
    yield _cell(f"{satisfied} / {rated}", "r nw")
    yield _cell(rate(line.satisfaction) or DASH)
    yield _cell(_door(line, line.unrated, rating="none"))
    yield _cell(_linked(money(line.materials), line.url(**_MATERIALS) if line.materials else ""))


def _on_time(line: Line, clock: Clock) -> str:
    shown, missed = rate(line.on_time(clock)), line.missed.get(clock, 0)
    if not shown or not missed:
        return shown or DASH
    return _linked(shown, line.url(missed=clock), _("超时 %(n)s 单") % {"n": missed})


def _door(line: Line, figure: int, listed: int | None = None, **more: str) -> str:
    """A figure that leads to its list, unless the list is empty; `listed` where another figure says so."""
    return _linked(f"{figure:,}", line.url(**more) if (figure if listed is None else listed) else "")


def _linked(text: str, url: str, title: str = "") -> str:
    if not url:
        return escape(text)
    hint = f' title="{escape(title)}"' if title else ""
    return f'<a href="{escape(url)}"{hint}>{escape(text)}</a>'


def _cell(content: str, css: str = "r") -> str:
    return f'<td class="{css}">{content}</td>'
