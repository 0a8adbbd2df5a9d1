"""工单统计: figures, chart, table, Excel; every figure is a door to its list."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from audit.access import Scope
from core.excel.writer import ExportColumn, ExportKind
from core.queries.figures import whole_minutes
from core.web.access import requires, user_of
from core.web.figure_pages import (
    ask_for_one_community,
    dimension_tabs,
    excel_answer,
    may_take_out,
    require_take_out,
    this_month,
)
from core.web.lists import crumbs
from properties.current import current_community
from workorders.forms.reports import REPORT, ReportForm
from workorders.queries import reports
from workorders.services.reporting import record_export
from workorders.states import Clock
from workorders.tables.reports import duration, rate, row_of

GROUP, EXPORT = (_("服务"), ""), "workorders.export_workorder"
MOST_BARS, MOST_LINES = 16, 100


def _form(request: HttpRequest, sent: Any) -> ReportForm:
    start, end = this_month()
    here = current_community(request)
    data = {"by": "category", "start": start.isoformat(), "end": end.isoformat(), "community": here.pk if here else ""}
    data |= {name: sent[name] for name in data if name in sent}
    form = ReportForm(data, user=request.user)
    if _must_choose(user_of(request)):
        ask_for_one_community(form, data)
    return form


def _must_choose(user: Any) -> bool:
    """Who may see figures in fewer places than orders is asked for one place: the list behind "all" would show more than the figure."""
    figures: Scope = user.access.scope(REPORT)
    return bool(figures != user.access.scope(reports.VIEW))


@require_safe
@requires(REPORT)
def workorder_report(request: HttpRequest) -> HttpResponse:
    form = _form(request, request.GET)
    found = reports.report(request.user, form.asked(), MOST_LINES) if form.is_valid() else None
    context = {
        "title": now("工单统计"), "breadcrumbs": crumbs((GROUP,), now("工单统计")), "form": form, "found": found,
        "dimensions": dimension_tabs(request, reports.DIMENSIONS, form["by"].value()), "query": request.GET.urlencode(),
    }  # fmt: skip
    if found is not None:
        context |= {
            "may_export": may_take_out(user_of(request), EXPORT, reports.VIEW, found.asked.community),
            "figures": figures(found.whole), "rows": [row_of(line) for line in found.lines],
            "whole": row_of(found.whole), "not_shown": found.more, "by_label": found.asked.by.label,
            "chart": json.dumps(chart(found), ensure_ascii=False),
        }  # fmt: skip
    return render(request, "workorders/report.html", context)


def figures(line: reports.Line) -> list[dict[str, Any]]:
    """The row of figures on top; each leads to its list."""
    late = line.missed.get(Clock.COMPLETION, 0)
    words = {"n": f"{late:,}"}
    return [
        {"label": now("受理工单"), "value": f"{line.total:,}", "url": line.url(), "sub": now("完工 %(n)s") % {"n": f"{line.finished:,}"}},
        {
            "label": now("完成及时率"), "value": rate(line.on_time(Clock.COMPLETION)), "unit": "%", "url": line.url(missed=Clock.COMPLETION),
            "sub": now("超时 %(n)s 单") % words,
        },
        {
            "label": now("满意率"), "value": rate(line.satisfaction), "unit": "%", "url": line.url(rating="any"),
            "sub": now("已评价 %(rated)s，未评价 %(unrated)s 不计") % {"rated": f"{line.rated:,}", "unrated": f"{line.unrated:,}"},
        },
        {
            "label": now("返工率"), "value": rate(line.rework_rate), "unit": "%", "url": line.url(rework="1"),
            "sub": now("返工 %(n)s 单") % {"n": f"{line.reworked:,}"},
        },
        {
            "label": now("完成用时中位数"), "value": duration(line.p50), "url": line.url(finished="1"),
            "sub": now("九成在 %(span)s 内") % {"span": duration(line.p90) or "—"},
        },
    ]  # fmt: skip


def chart(found: reports.Report) -> dict[str, Any]:
    lines = found.lines[:MOST_BARS]
    rates = [line.on_time(Clock.COMPLETION) for line in lines]
    return {
        "names": [line.label for line in lines],
        "bars": {"label": now("受理工单"), "values": [line.total for line in lines]},
        "line": {"label": now("完成及时率（%）"), "values": [None if rate is None else float(rate) for rate in rates]},
    }


@require_POST
@requires(EXPORT)
def workorder_report_export(request: HttpRequest) -> HttpResponseBase:
    """The table as Excel, for whoever may see the figures too."""
    user = user_of(request)
    form = _form(request, request.POST)
    if not user.has_perm(REPORT) or not form.is_valid():
        raise PermissionDenied(REPORT)
    require_take_out(user, EXPORT, reports.VIEW, form.asked().community)
    found = reports.report(user, form.asked())
    rows = [values(line) for line in [*found.lines, found.whole]]
    title = now("工单统计")
    record_export(
        by=user, by_what=str(found.asked.by.label), start=found.asked.start, end=found.asked.end, rows=len(rows)
    )
    name = f"{title}_{found.asked.start}_{found.asked.end}_{found.asked.by.label}.xlsx"
    return excel_answer(title, columns(found.asked.by.label), rows, name)


def columns(heading: Any) -> list[ExportColumn]:
    number, percent = ExportKind.INTEGER, ExportKind.PERCENT
    return [
        ExportColumn(str(heading), width=24),
        ExportColumn(now("受理"), number), ExportColumn(now("完工"), number),
        *(ExportColumn(now("%(clock)s及时率") % {"clock": clock.label}, percent) for clock in Clock),
        ExportColumn(now("用时中位数（分钟）"), number, 18), ExportColumn(now("九成用时（分钟）"), number, 18),
        ExportColumn(now("返工"), number), ExportColumn(now("返工率"), percent),
        ExportColumn(now("已评价"), number), ExportColumn(now("满意"), number), ExportColumn(now("满意率"), percent),
        ExportColumn(now("未评价"), number), ExportColumn(now("物料费（元）"), ExportKind.MONEY),
    ]  # fmt: skip


def values(line: reports.Line) -> list[Any]:
    return [
        line.label, line.total, line.finished, *(line.on_time(clock) for clock in Clock),
        whole_minutes(line.p50), whole_minutes(line.p90),
        line.reworked, line.rework_rate, line.rated, line.satisfied, line.satisfaction, line.unrated, line.materials,
    ]  # fmt: skip
