"""The report in words: figures with their doors, changes against other periods, rows, charts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.queries.reports.cross import Cross
from complaints.queries.reports.dimensions import MONTH
from complaints.queries.reports.lines import Line, Lines
from complaints.queries.reports.overview import Overview, Share
from complaints.states import Clock, Level
from core.queries.figures import FEW, whole_minutes
from core.web.due import span

MOST_LINES, MOST_COLUMNS, MOST_BARS, TINTS = 100, 14, 16, 4
# The colours a stacked chart has.
MOST_SERIES = 6
RATE, COUNT, TIME, DENSITY = "rate", "count", "time", "density"


@dataclass(frozen=True)
class Measure:
    """One figure of a line. `of` and `base` are what a rate is made of, each a number with the filter of its list."""

    code: str
    label: str
    kind: str
    value: Callable[[Line], Any]
    of: Callable[[Line], tuple[int, dict[str, Any]]]
    base: Callable[[Line], tuple[int, dict[str, Any]]] | None = None
    # Whether more of it is better (1), worse (-1), or neither.
    better: int = 0


RATES = {
    Clock.ACCEPT: lazy("及时受理率"), Clock.FIRST_ANSWER: lazy("及时首次回复率"), Clock.COMPLETION: lazy("按期办结率"),
}  # fmt: skip


def _clock(clock: Clock) -> Measure:
    return Measure(
        clock.value, str(RATES[clock]), RATE, lambda line: line.on_time(clock), lambda line: (line.kept(clock), {"kept": clock.value}),
        lambda line: (line.decided[clock], {"decided": clock.value}), better=1,
    )  # fmt: skip


def measures() -> list[Measure]:
    whole = lambda line: (line.complaints, {"kind": "complaint"})  # noqa: E731
    told = lambda line: (line.answered, {"answer": "told"})  # noqa: E731
    return [
        Measure("total", _("投诉件数"), COUNT, lambda line: line.complaints, whole, better=-1),
        Measure("density", _("每千户投诉"), DENSITY, lambda line: line.density, whole, lambda line: (line.households or 0, {}), better=-1),
        _clock(Clock.ACCEPT),
        _clock(Clock.FIRST_ANSWER),
        Measure("p50", _("首次回复中位数"), TIME, lambda line: whole_minutes(line.p50), told, better=-1),
        Measure("p90", _("首次回复九成"), TIME, lambda line: whole_minutes(line.p90), told, better=-1),
        _clock(Clock.COMPLETION),
        Measure(
            "repeat", _("重复投诉率"), RATE, lambda line: line.repeat_rate, lambda line: (line.repeated, {"repeated": "1"}), whole, better=-1
        ),
        Measure(
            "voice", _("满意率"), RATE, lambda line: line.satisfaction, lambda line: (line.content, {"voice": "content"}),
            lambda line: (line.spoke, {"voice": "any"}), better=1,
        ),
        Measure("waiting", _("没有回音"), COUNT, lambda line: line.waiting, lambda line: (line.waiting, {"answer": "none"}), better=-1),
        Measure(
            "major", _("重大投诉"), COUNT, lambda line: line.major, lambda line: (line.major, {"level": Level.MAJOR.value}), better=-1
        ),
    ]  # fmt: skip


def door(line: Line, part: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    """A number and the list that adds up to it; households have no list here."""
    number, more = part
    return {"n": number, "url": line.url(**more) if more and number else ""}


def shown(measure: Measure, line: Line) -> dict[str, Any]:
    """A figure as words, with what it is made of."""
    value = measure.value(line)
    base = measure.base(line) if measure.base else measure.of(line)
    return {
        "text": words(measure.kind, value), "unit": {RATE: "%", DENSITY: "‰"}.get(measure.kind, ""), "of": door(line, measure.of(line)),
        "base": door(line, measure.base(line)) if measure.base else None,
        "few": value is not None and measure.kind in {RATE, TIME} and base[0] < FEW,
    }  # fmt: skip


def words(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == TIME:
        return duration(value)
    return f"{value:,}"


def duration(minutes: float | None) -> str:
    whole = whole_minutes(minutes)
    return "" if whole is None else span(timedelta(minutes=whole))


def change(measure: Measure, now: Line, then: Line) -> dict[str, Any]:
    """What has changed, and whether to the better; nothing where one of the two says nothing."""
    new, old = measure.value(now), measure.value(then)
    if new is None or old is None or (measure.kind == COUNT and not old):
        return {"text": "", "colour": ""}
    colour = "" if new == old else "green" if (new > old) == (measure.better > 0) else "orange"
    return {"text": _difference(measure.kind, new, old), "colour": colour}


def _difference(kind: str, new: Any, old: Any) -> str:
    if new == old:
        return _("持平")
    sign = "+" if new > old else "−"
    if kind == COUNT:
        return f"{sign}{abs(Decimal(new - old) * 100 / old):.1f}%"
    if kind == TIME:
        return f"{sign}{duration(abs(new - old))}"
    return (
        _("%(sign)s%(points)s 点") % {"sign": sign, "points": abs(new - old)}
        if kind == RATE
        else f"{sign}{abs(new - old)}"
    )


def figures(found: Overview) -> list[dict[str, Any]]:
    """The strip on top: what the head of a company asks first."""
    now = found.now
    wanted = {row.code: row for row in measures()}
    order = (
        ("total", _("件")),
        ("density", "‰"),
        (Clock.ACCEPT, "%"),
        ("p50", ""),
        (Clock.COMPLETION, "%"),
        ("repeat", "%"),
    )
    strip = [_figure(wanted[code], found, unit) for code, unit in order]
    strip[1]["sub"] = _("%(n)s 件 / %(homes)s 户") % {"n": f"{now.complaints:,}", "homes": f"{now.households or 0:,}"}
    strip[3] |= {
        "sub": _("九成在 %(span)s 内") % {"span": duration(now.p90)} if now.p90 is not None else _("还没有首次回复")
    }
    return strip


def _figure(measure: Measure, found: Overview, unit: str) -> dict[str, Any]:
    seen = shown(measure, found.now)
    against = change(measure, found.now, found.before)
    sub = _("环比 %(change)s") % {"change": against["text"] or "—"}
    if measure.kind == RATE:
        sub = f"{seen['of']['n']:,} / {seen['base']['n']:,}"
    if seen["few"]:
        sub = _("%(sub)s，样本不足") % {"sub": sub}
    return {
        "label": measure.label, "value": seen["text"], "unit": unit if seen["text"] else "", "url": seen["of"]["url"], "sub": sub,
    }  # fmt: skip


def comparison(found: Overview) -> list[dict[str, Any]]:
    """The same figures in three periods."""
    return [
        {
            "label": row.label, "now": shown(row, found.now), "before": shown(row, found.before),
            "year_ago": shown(row, found.year_ago), "against_before": change(row, found.now, found.before),
            "against_year_ago": change(row, found.now, found.year_ago),
        }
        for row in measures()
    ]  # fmt: skip


def rows_of(found: Lines) -> list[dict[str, Any]]:
    """The lines that are drawn, and all of them as the last."""
    return [row_of(line) for line in [*found.lines[:MOST_LINES], found.whole]]


def row_of(line: Line) -> dict[str, Any]:
    rates = [row for row in measures() if row.kind == RATE]
    return {
        "line": line, "url": line.url(), "waiting": door(line, (line.waiting, {"answer": "none"})),
        "major": door(line, (line.major, {"level": Level.MAJOR.value})), "rates": [shown(row, line) for row in rates],
        "answered": door(line, (line.answered, {"answer": "told"})), "few": line.answered < FEW,
        "p50": duration(line.p50), "p90": duration(line.p90),
    }  # fmt: skip


def rate_heads() -> list[str]:
    return [row.label for row in measures() if row.kind == RATE]


def table_of(found: Cross) -> dict[str, Any]:
    """As much of the cross table as a screen holds, and what it leaves out in words; the sums are those of all of it."""
    most = found.most
    rows_left, columns_left = max(0, len(found.rows) - MOST_LINES), max(0, len(found.columns) - MOST_COLUMNS)
    left = ((rows_left, _("%(n)s 行")), (columns_left, _("%(n)s 列")))
    rows = [
        {
            "head": row.head,
            "cells": [{"cell": cell, "tint": tint(cell.count, most)} for cell in row.cells[:MOST_COLUMNS]],
        }
        for row in found.rows[:MOST_LINES]
    ]
    return {
        "rows": rows, "columns": found.columns[:MOST_COLUMNS],
        "left": "、".join(words % {"n": n} for n, words in left if n),
    }  # fmt: skip


def tint(count: int, most: int) -> int:
    """0 for nothing, then by quarters of the fullest cell."""
    return 0 if not count else min(TINTS, 1 + (count * TINTS - 1) // most)


# --- charts: what static/js/chart.js draws; each has its table beside it ----------------------------------------------------------


def trend_chart(found: Overview) -> dict[str, Any]:
    return {
        "names": [row.label for row in found.months], "urls": [row.url for row in found.months],
        "bars": {"label": _("投诉（件）"), "values": [row.count for row in found.months]},
        "line": {"label": _("按期办结率（%）"), "values": [_number(row.on_time) for row in found.months]},
    }  # fmt: skip


def rank_chart(rows: list[Share]) -> dict[str, Any]:
    return {
        "kind": "rank", "names": [row.label for row in rows], "values": [row.count for row in rows], "urls": [row.url for row in rows],
    }  # fmt: skip


def share_chart(rows: list[Share]) -> dict[str, Any]:
    return rank_chart([row for row in rows if row.count]) | {"kind": "share"}


def lines_chart(found: Lines) -> dict[str, Any]:
    lines = found.lines[:MOST_BARS]
    return {
        "names": [line.label for line in lines], "urls": [line.url() for line in lines],
        "bars": {"label": _("件数"), "values": [line.total for line in lines]},
        # A line leads from one to the next: only months follow each other.
        "line": {
            "label": _("按期办结率（%）"), "values": [_number(line.on_time(Clock.COMPLETION)) for line in lines],
            "dots": found.by.code != MONTH,
        },
    }  # fmt: skip


def cross_chart(found: Cross) -> dict[str, Any]:
    """Columns of one colour each, stacked. Where there are more than colours, the last holds all the rest: a bar is as high as its row's
    sum."""
    most = len(found.columns) if len(found.columns) <= MOST_SERIES else MOST_SERIES - 1
    rows, rest = found.rows[:MOST_BARS], len(found.columns) - most
    series = [
        {"label": column.label, "values": [row.cells[place].count for row in rows]}
        for place, column in enumerate(found.columns[:most])
    ]
    if rest:
        # A name of its own: a class may well be called 其他.
        label = _("其他 %(n)s 列") % {"n": rest}
        series.append({"label": label, "values": [sum(cell.count for cell in row.cells[most:]) for row in rows]})
    return {
        "kind": "stack", "names": [row.head.label for row in rows], "urls": [row.head.url for row in rows], "series": series,
    }  # fmt: skip


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
