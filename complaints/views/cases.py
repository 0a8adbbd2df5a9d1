"""The list of cases and the page of one (R49, R50, R56)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from complaints import filters, tables
from complaints.models import Complaint
from complaints.policies import VIEW
from complaints.queries import cases
from complaints.queries.groups import GROUPS, count_groups
from complaints.queries.page import page as page_of
from core.web.access import requires, user_of
from core.web.filters import FilterSet
from core.web.lists import Link, ListView, Tab, crumbs

GROUP = (_("服务"), "")
HOME = (GROUP, (_("投诉建议"), "complaints:complaint_list"))


class ComplaintList(ListView):
    model, permission = Complaint, VIEW
    title, list_name = _("投诉建议"), "complaints:complaint_list"
    table, filterset = tables.ComplaintTable, filters.ComplaintFilter
    prepare, default_order = staticmethod(cases.listed), ("next_due_at", "-id")
    breadcrumbs, keys_first = (GROUP,), True
    opening_group = "open"
    tabs, count_tabs = tuple(Tab(label, f"group={name}") for name, label in GROUPS), staticmethod(count_groups)
    page_actions = (
        Link(_("登记投诉建议"), "complaints:complaint_create", "complaints.add_complaint", "plus", True, "N"),
    )
    export_permission = "complaints.export_complaint"
    empty_sentence = _("没有这样的投诉建议")
    template_name = "complaints/complaint_list.html"

    def tab_links(self) -> list[dict[str, Any]]:
        """What is late, and what is grave, counts in red."""
        links = super().tab_links()
        for link, (name, _label) in zip(links, GROUPS, strict=True):
            link["red"] = name in {"over", "major"} and link["count"] != "0"
        return links

    @classmethod
    def filtered(cls, user: Any, query: QueryDict, request: HttpRequest | None = None) -> FilterSet:
        rows = cases.read_by(user, one_community=bool(query.get("community")))
        return cls.filterset(query, queryset=rows, request=request, user=user)


@require_safe
@requires(VIEW)
def complaint_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    case = get_object_or_404(cases.joined(cases.read_by(user)), pk=pk)
    context = page_of(case, user, request.GET.get("show", ""))
    context |= {"title": f"{case.topic} {case.address}".strip(), "breadcrumbs": crumbs(HOME, case.number)}
    return render(request, "complaints/complaint_detail.html", context)


@require_safe
@requires(VIEW)
def group_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The cases of one group that the reader may see, and how they stand."""
    user = user_of(request)
    group = get_object_or_404(cases.groups_read_by(user).select_related("community", "created_by"), pk=pk)
    rows = list(cases.listed(cases.read_by(user, one_community=True).filter(group=group)).order_by("received_at"))
    context = {"group": group, "cases": rows, "title": group.title, "breadcrumbs": crumbs(HOME, group.title)}
    return render(request, "complaints/group_detail.html", context)
