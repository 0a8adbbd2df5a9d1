"""回访统计: figures, chart, table, Excel; every figure is a door to its list."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as now
from django.views.decorators.http import require_POST, require_safe

from core.excel.writer import ExportColumn, ExportKind
from core.queries.figures import FEW
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
from owners.forms.call_backs import REPORT, CallReportForm
from owners.queries import call_report as reports
from owners.services.call_reporting import record_export
from owners.states import CallBackStatus
from owners.views.call_backs import GROUP, LIST
from properties.current import current_community

EXPORT = "owners.export_callbacktask"
MOST_BARS, MOST_LINES = 16, 100
# (figure, what the list is asked for); the heads stand in the template in the same order.
_DOORS: tuple[tuple[str, dict[str, str]], ...] = (
    ("owed", {"group": "owed"}), ("completed", {"group": "completed"}), ("reached", {"group": "reached"}),
    ("missed", {"status": CallBackStatus.MISSED}), ("refused", {"status": CallBackStatus.REFUSED}),
    ("happy", {"group": "happy"}), ("asked", {"group": "asked"}), ("unhappy", {"status": CallBackStatus.UNSATISFIED}),
    ("overdue", {"group": "overdue"}),
)  # fmt: skip


def _form(request: HttpRequest, sent: Any) -> CallReportForm:
    start, end = this_month()
    here = current_community(request)
    data = {"by": "cause", "start": start.isoformat(), "end": end.isoformat(), "community": here.pk if here else ""}
    data |= {name: sent[name] for name in data if name in sent}
    form = CallReportForm(data, user=request.user)
    access = user_of(request).access
    if access.scope(REPORT) != access.scope(reports.VIEW):
        ask_for_one_community(form, data)
    return form


@require_safe
@requires(REPORT)
def callback_report(request: HttpRequest) -> HttpResponse:
    form = _form(request, request.GET)
    found = reports.report(request.user, form.asked()) if form.is_valid() else None
    context = {
        "title": now("回访统计"), "breadcrumbs": crumbs((GROUP, LIST), now("回访统计")), "form": form, "found": found,
        "dimensions": dimension_tabs(request, reports.DIMENSIONS, form["by"].value()),
    }  # fmt: skip
    if found is not None:
        context |= {
            "may_export": may_take_out(user_of(request), EXPORT, reports.VIEW, found.asked.community),
            "figures": figures(found.whole), "rows": [row_of(line) for line in [*found.lines[:MOST_LINES], found.whole]],
            "not_shown": max(0, len(found.lines) - MOST_LINES), "by_label": found.asked.by.label,
            "chart": json.dumps(chart(found), ensure_ascii=False),
        }  # fmt: skip
    return render(request, "owners/callback_report.html", context)


def figures(line: reports.Line) -> list[dict[str, Any]]:
    """The row of figures on top; each leads to its list."""
    few = now("样本不足 %(n)d 户") % {"n": FEW} if line.is_few else ""
    return [
        {"label": now("应回访"), "value": f"{line.owed:,}", "url": line.url(group="owed"),
         "sub": now("已完成 %(n)s") % {"n": f"{line.completed:,}"}},
        {"label": now("回访率"), "value": _rate(line.rate), "unit": "%", "url": line.url(group="completed"),
         "sub": now("已完成 / 应回访")},
        {"label": now("及时率"), "value": _rate(line.punctuality), "unit": "%", "url": line.url(group="overdue"),
         "sub": now("逾期 %(n)s") % {"n": f"{line.overdue:,}"}, "sub_colour": "orange" if line.overdue else ""},
        {"label": now("接通率"), "value": _rate(line.reach), "unit": "%", "url": line.url(group="reached"),
         "sub": now("无法接通 %(n)s") % {"n": f"{line.missed:,}"}},
        {"label": now("回访满意率"), "value": _rate(line.satisfaction), "unit": "%", "url": line.url(group="happy"),
         "sub": few or now("（满意 + 基本满意）/ 接通"), "sub_colour": "orange" if few else ""},
        {"label": now("不满意"), "value": f"{line.unhappy:,}", "url": line.url(status=CallBackStatus.UNSATISFIED),
         "colour": "red" if line.unhappy else "", "sub": now("拒访 %(n)s") % {"n": f"{line.refused:,}"}},
    ]  # fmt: skip


def _rate(value: Any) -> str:
    return "" if value is None else f"{value}"


def row_of(line: reports.Line) -> dict[str, Any]:
    """One line of the table: counts with their doors, rates between them."""
    cells = [{"value": getattr(line, name), "url": line.url(**query)} for name, query in _DOORS]
    return {"line": line, "url": line.url(group="owed"), "cells": cells}


def chart(found: reports.Report) -> dict[str, Any]:
    lines = found.lines[:MOST_BARS]
    return {
        "names": [line.label for line in lines],
        "bars": {"label": now("应回访"), "values": [line.owed for line in lines]},
        "line": {
            "label": now("回访率（%）"),
            "values": [None if line.rate is None else float(line.rate) for line in lines],
        },
    }


@require_POST
@requires(EXPORT)
def callback_report_export(request: HttpRequest) -> HttpResponseBase:
    """The table as Excel, for whoever may see the figures too."""
    user = user_of(request)
    form = _form(request, request.POST)
    if not user.has_perm(REPORT) or not form.is_valid():
        raise PermissionDenied(REPORT)
    require_take_out(user, EXPORT, reports.VIEW, form.asked().community)
    found = reports.report(user, form.asked())
    lines = [*found.lines, found.whole]
    title = now("回访统计")
    record_export(
        by=user, by_what=str(found.asked.by.label), start=found.asked.start, end=found.asked.end, rows=len(lines)
    )
    name = f"{title}_{found.asked.start}_{found.asked.end}_{found.asked.by.label}.xlsx"
    heads = columns(found.asked.by.label)
    return excel_answer(title, heads, [values(line) for line in lines], name)


def columns(heading: Any) -> list[ExportColumn]:
    number, rate = ExportKind.INTEGER, ExportKind.PERCENT
    return [
        ExportColumn(str(heading), width=24), ExportColumn(now("应回访"), number), ExportColumn(now("已完成"), number),
        ExportColumn(now("回访率"), rate), ExportColumn(now("接通"), number), ExportColumn(now("接通率"), rate),
        ExportColumn(now("无法接通"), number), ExportColumn(now("拒访"), number), ExportColumn(now("满意和基本满意"), number, 16),
        ExportColumn(now("接通（问满意度的）"), number, 18), ExportColumn(now("回访满意率"), rate), ExportColumn(now("不满意"), number),
        ExportColumn(now("逾期"), number, 14), ExportColumn(now("及时率"), rate),
    ]  # fmt: skip


def values(line: reports.Line) -> list[Any]:
    return [
        line.label, line.owed, line.completed, line.rate, line.reached, line.reach, line.missed, line.refused, line.happy,
        line.asked, line.satisfaction, line.unhappy, line.overdue, line.punctuality,
    ]  # fmt: skip
