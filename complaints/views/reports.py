"""投诉统计 (R57, R53): three tables of the same cases. Every figure is a door to its list; each table leaves as Excel and on paper."""

import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from complaints import resources
from complaints.forms.reports import REPORT, FormulaForm, ReportForm
from complaints.policies import VIEW
from complaints.queries.reports.city import formulas_for
from complaints.queries.reports.cross import cross
from complaints.queries.reports.lines import lines
from complaints.queries.reports.overview import overview
from complaints.services.reporting import record_export, word_formula
from complaints.tables import reports as shown
from core.excel.writer import Sheet, write_sheets
from core.services.attachments import safe_name
from core.typeset import paper_table, pdf
from core.web.access import requires, user_of
from core.web.figure_pages import may_take_out, require_take_out
from core.web.lists import crumbs
from core.web.pages import UpdateView
from core.web.periods import usual
from properties.current import current_community
from properties.models import Community

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUP, EXPORT = (_("服务"), ""), "complaints.export_complaint"
DEFAULTS = {"kind": "complaint", "by": "category", "across": "level"}
PAGES = (("report", _("总览")), ("report_by", _("分项统计")), ("report_cross", _("交叉分析")))
_ASKED = ("period", "start", "end", "community", *DEFAULTS)


@dataclass(frozen=True)
class Document:
    """A table of the report on its way out."""

    title: str
    sheets: list[Sheet]
    figures: list[dict[str, Any]]


def _form(request: HttpRequest, sent: Any, page: str) -> ReportForm:
    user, here = user_of(request), current_community(request)
    data = {"period": usual(timezone.localdate()), "community": here.pk if here else "", **DEFAULTS}
    data |= {name: sent[name] for name in _ASKED if name in sent}
    form = ReportForm(data, user=user, crossed=page == "report_cross")
    if _must_choose(user):
        choice: Any = form.fields["community"]
        choice.required, choice.empty_label = True, None
        if not data["community"]:
            first = choice.queryset.order_by("code").first()
            form.data = data | {"community": first.pk if first else ""}
    return form


def _must_choose(user: Any) -> bool:
    """Who may see figures in fewer places than cases is asked for one place: the list behind "all" would show more than the figure."""
    return bool(user.access.scope(REPORT) != user.access.scope(VIEW))


def _page(request: HttpRequest, name: str, fill: Callable[[ReportForm], dict[str, Any]]) -> HttpResponse:
    form = _form(request, request.GET, name)
    title = now("投诉统计")
    query = request.GET.urlencode()
    context = {
        "title": title, "breadcrumbs": crumbs((GROUP,), title), "form": form, "page_name": name, "found": None,
        "tabs": [
            {"label": label, "url": f"{reverse(f'complaints:{page}')}?{query}", "active": page == name} for page, label in PAGES
        ],
    }  # fmt: skip
    if form.is_valid():
        asked = form.asked()
        may_export = may_take_out(request.user, EXPORT, VIEW, asked.community)
        context |= {"asked": asked, "may_export": may_export} | fill(form)
    return render(request, f"complaints/{name}.html", context)


@require_safe
@requires(REPORT)
def report(request: HttpRequest) -> HttpResponse:
    def fill(form: ReportForm) -> dict[str, Any]:
        found = overview(request.user, form.asked())
        return {
            "found": found, "figures": shown.figures(found), "comparison": shown.comparison(found),
            "trend": _chart(shown.trend_chart(found)), "shares": _chart(shown.share_chart(found.responsibilities)),
            "causes": _chart(shown.rank_chart([row for row in found.causes if not row.is_blank])),
            "endings": _chart(shown.share_chart(found.suggestions)), "formulas": formulas_for(request.user, found.asked),
        }  # fmt: skip

    return _page(request, "report", fill)


@require_safe
@requires(REPORT)
def report_by(request: HttpRequest) -> HttpResponse:
    def fill(form: ReportForm) -> dict[str, Any]:
        found = lines(request.user, form.asked(), form.by_what)
        return {
            "found": found, "rows": shown.rows_of(found), "rate_heads": shown.rate_heads(),
            "not_shown": max(0, len(found.lines) - shown.MOST_LINES), "chart": _chart(shown.lines_chart(found)),
        }  # fmt: skip

    return _page(request, "report_by", fill)


@require_safe
@requires(REPORT)
def report_cross(request: HttpRequest) -> HttpResponse:
    def fill(form: ReportForm) -> dict[str, Any]:
        found = cross(request.user, form.asked(), form.by_what, form.across_what)
        return {"found": found, "table": shown.table_of(found), "chart": _chart(shown.cross_chart(found))}

    return _page(request, "report_cross", fill)


def _chart(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


@require_POST
@requires(EXPORT)
def report_export(request: HttpRequest) -> HttpResponseBase:
    """The table somebody is looking at, whole, as Excel or as PDF; for whoever may see the figures too."""
    page = request.POST.get("page", "")
    user, form = user_of(request), _form(request, request.POST, page)
    if not user.has_perm(REPORT) or not form.is_valid():
        raise PermissionDenied(REPORT)
    asked = form.asked()
    require_take_out(user, EXPORT, VIEW, asked.community)
    made = _document(user, form, page)
    on_paper = request.POST.get("form") == "pdf"
    name = safe_name(f"{made.title}_{asked.period.label}_{user.display_name}.{'pdf' if on_paper else 'xlsx'}")
    content = _paper(made, form, user) if on_paper else _workbook(made)
    rows = sum(len(sheet.rows) for sheet in made.sheets)
    record_export(asked, by=user, what=made.title, form="PDF" if on_paper else "Excel", rows=rows)
    kind = "application/pdf" if on_paper else XLSX
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind)


def _document(user: Any, form: ReportForm, page: str) -> Document:
    asked = form.asked()
    if page == "report_by":
        sheets = [resources.lines_sheet(lines(user, asked, form.by_what))]
    elif page == "report_cross":
        sheets = [resources.cross_sheet(cross(user, asked, form.by_what, form.across_what))]
    else:
        found = overview(user, asked)
        sheets = resources.overview_sheets(found, formulas_for(user, found.asked))
        return Document(now("投诉统计"), sheets, shown.figures(found))
    return Document(now("投诉统计_%(what)s") % {"what": sheets[0].title}, sheets, [])


def _workbook(made: Document) -> Any:
    with tempfile.TemporaryDirectory(prefix="mulin-report-") as folder:
        path = Path(folder) / "report.xlsx"
        write_sheets(path, made.sheets)
        return path.open("rb")


def _paper(made: Document, form: ReportForm, user: Any) -> io.BytesIO:
    data = resources.paper(form.asked(), user, made.title.replace("_", " "))
    figures = [{name: str(row[name]) for name in ("label", "value", "unit", "sub")} for row in made.figures]
    tables = [paper_table(sheet) for sheet in made.sheets]
    return io.BytesIO(pdf("sheets.typ", data | {"figures": figures, "tables": tables}))


class FormulaUpdate(UpdateView):
    """The row is a community: what is written holds for its city."""

    model, permission = Community, "complaints.change_cityformula"
    form_class, service = FormulaForm, staticmethod(word_formula)
    title, success = _("12345 三率口径和办结时限"), _("已保存 %(object)s 所在城市的口径和办结时限")
    breadcrumbs = (GROUP, (_("投诉统计"), "complaints:report"))

    def next_url(self, saved: Any) -> str:
        return f"{reverse('complaints:report')}?community={saved.pk}"

    def cancel_url(self, obj: Any) -> str:
        return self.next_url(obj)
