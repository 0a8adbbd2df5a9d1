"""The list of orders, the page of one, and what the desk does to one."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.web.access import requires, user_of
from core.web.filters import FilterSet
from core.web.lists import Link, ListView, Tab, crumbs
from core.web.pages import ActionView, UpdateView
from workorders import filters, tables
from workorders.forms import intake as forms
from workorders.models import WorkOrder
from workorders.policies import works_by_phone
from workorders.queries import orders
from workorders.queries.groups import GROUPS, count_groups
from workorders.queries.page import joined
from workorders.queries.page import page as page_of
from workorders.services import after, intake, notes, outages
from workorders.views.from_phone import phone_url

GROUP = (_("服务"), "")
HOME = (GROUP, (_("报修工单"), "workorders:workorder_list"))
VIEW, CHANGE = "workorders.view_workorder", "workorders.change_workorder"


class WorkOrderList(ListView):
    model, permission = WorkOrder, VIEW
    title, list_name = _("报修工单"), "workorders:workorder_list"
    table, filterset = tables.WorkOrderTable, filters.WorkOrderFilter
    prepare, default_order = staticmethod(orders.listed), ("next_due_at", "-id")
    breadcrumbs, keys_first = (GROUP,), True
    opening_group = "open"
    tabs, count_tabs = tuple(Tab(label, f"group={name}") for name, label in GROUPS), staticmethod(count_groups)
    page_actions = (
        Link(_("报修码"), "workorders:code_list", "workorders.manage_reportcode", "qrcode"),
        Link(_("已知故障"), "workorders:outage_list", "workorders.view_outage", "bolt"),
        Link(_("新建报修"), "workorders:workorder_create", "workorders.add_workorder", "plus", True, "N"),
    )
    bulk_actions = (
        Link(
            _("批量派单"),
            "workorders:workorder_dispatch_many",
            "workorders.dispatch_workorder",
            "user-plus",
            primary=True,
        ),
        Link(_("关联已知故障"), "workorders:workorder_outage_many", CHANGE, "link"),
        Link(_("打印派工单"), "workorders:workorder_slips", VIEW, "printer"),
    )
    export_permission = "workorders.export_workorder"
    empty_sentence = _("没有这样的工单")
    template_name, help_topic = "workorders/workorder_list.html", "repairs"

    def tab_links(self) -> list[dict[str, Any]]:
        """What is late counts in red."""
        links = super().tab_links()
        for link, (name, _label) in zip(links, GROUPS, strict=True):
            link["red"] = name == "over" and link["count"] != "0"
        return links

    @classmethod
    def filtered(cls, user: Any, query: QueryDict, request: HttpRequest | None = None) -> FilterSet:
        rows = orders.read_by(user, one_community=bool(query.get("community")))
        return cls.filterset(query, queryset=rows, request=request, user=user)


@require_safe
@requires(VIEW)
def workorder_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    order = get_object_or_404(joined(orders.read_by(user)), pk=pk)
    context = page_of(order, user, request.GET.get("show", ""))
    context |= {"title": f"{order.kind} {order.address}", "breadcrumbs": crumbs(HOME, order.number)}
    return render(request, "workorders/workorder_detail.html", context)


@require_safe
@requires(VIEW)
def workorder_open(request: HttpRequest, pk: int) -> HttpResponse:
    """The address messages carry: a repairer is led to his phone's page, everybody else to the desk's."""
    user = user_of(request)
    order = get_object_or_404(orders.read_by(user), pk=pk)
    return HttpResponseRedirect(phone_url(order.pk) if works_by_phone(user, order) else order.get_absolute_url())


class WorkOrderUpdate(UpdateView):
    model, permission = WorkOrder, CHANGE
    form_class, service = forms.ChangeForm, staticmethod(intake.change_order)
    prepare = staticmethod(joined)
    title, breadcrumbs = _("编辑工单"), HOME
    template_name = "workorders/workorder_update.html"


class _Act(ActionView):
    model, breadcrumbs = WorkOrder, HOME
    prepare = staticmethod(joined)
    form_class: Any


class WorkOrderCancel(_Act):
    permission, title, form_class = "workorders.cancel_workorder", _("取消工单"), forms.CancelForm
    service, danger = staticmethod(after.cancel_order), True
    success = _("已取消 %(object)s")


class WorkOrderRework(_Act):
    permission, title, form_class = "workorders.rework_workorder", _("返工"), forms.ReworkForm
    service = staticmethod(after.rework_order)
    success = _("%(object)s 已转返工，时限重新起算")


class WorkOrderArchive(_Act):
    permission, title, form_class = "workorders.archive_workorder", _("归档"), forms.ArchiveForm
    service = staticmethod(after.archive_order)
    success = _("已归档 %(object)s")


class WorkOrderClose(_Act):
    permission, title, form_class = "workorders.close_workorder", _("无法处理，关闭"), forms.CloseForm
    service, danger = staticmethod(after.close_order), True
    success = _("已关闭 %(object)s")


class WorkOrderNote(_Act):
    permission, title, form_class = CHANGE, _("补充记录"), forms.NoteForm
    service = staticmethod(notes.add_note)
    submit_label, success = _("保存"), _("已补充记录")


class WorkOrderCall(_Act):
    permission, title, form_class = CHANGE, _("记再次来电"), forms.CallForm
    service = staticmethod(notes.record_call)
    submit_label, success = _("记录"), _("已把这次来电记到 %(object)s")


class WorkOrderAttach(UpdateView):
    model, permission = WorkOrder, CHANGE
    form_class, service = forms.FilesForm, staticmethod(notes.attach_files)
    prepare = staticmethod(joined)
    title, breadcrumbs, keeps_drafts = _("上传照片与附件"), HOME, False
    submit_label, success = _("上传"), _("已上传到 %(object)s")


class WorkOrderOutage(_Act):
    permission, title, form_class = CHANGE, _("关联已知故障"), forms.LinkForm
    service = staticmethod(outages.link_order)
    submit_label, success = _("关联"), _("已关联 %(object)s")

    def form(self, obj: Any, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, files, user=self.request.user, instance=obj)
