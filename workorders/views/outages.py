"""Outages: list, page, writing one down, counting calls, ending one with its orders."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core.web.access import requires, user_of
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, CreateView, UpdateView
from properties.current import current_community
from workorders import filters, tables
from workorders.forms import outages as forms
from workorders.models import Outage
from workorders.queries import outages as rows
from workorders.queries.orders import listed, read_by
from workorders.queries.outages import VIEW
from workorders.services import outages as service
from workorders.states import OPEN

GROUP = (_("服务"), "")
HOME = (GROUP, (_("已知故障"), "workorders:outage_list"))
ORDERS_SHOWN = 100


class OutageList(ListView):
    model, permission = Outage, VIEW
    title, list_name = _("已知故障"), "workorders:outage_list"
    table, filterset = tables.OutageTable, filters.OutageFilter
    prepare, default_order = staticmethod(rows.listed), ("-pk",)
    breadcrumbs = (GROUP,)
    page_actions = (Link(_("登记故障"), "workorders:outage_create", "workorders.add_outage", "plus", True, "N"),)
    export_permission = "workorders.export_outage"
    empty_sentence = _("没有已知故障")


@require_safe
@requires(VIEW)
def outage_detail(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    outage = get_object_or_404(rows.listed(Outage.objects.visible_to(user, VIEW)), pk=pk)
    orders = []
    if user.has_perm("workorders.view_workorder"):
        found = listed(read_by(user, one_community=True).filter(outage=outage)).order_by("-id")
        orders = list(found[:ORDERS_SHOWN])
    context = {
        "outage": outage, "orders": orders, "title": outage.title, "breadcrumbs": crumbs(HOME, outage.title),
        "page_actions": _acts(outage, user), "list_url": f"{reverse('workorders:workorder_list')}?group=all&outage={pk}",
    }  # fmt: skip
    return render(request, "workorders/outage_detail.html", context)


def _acts(outage: Outage, user: Any) -> list[dict[str, Any]]:
    """Buttons of one that still runs; nothing is done to one that is over."""
    if outage.ended_at is not None:
        return []
    acts = (
        ("workorders.change_outage", _("编辑"), "edit", "workorders:outage_update", False, False),
        ("workorders.change_outage", _("记一次来电"), "phone-check", "workorders:outage_call", True, False),
        ("workorders.end_outage", _("已恢复"), "circle-check", "workorders:outage_end", True, True),
    )
    return [
        {"label": label, "icon": icon, "url": reverse(url, args=[outage.pk]), "dialog": dialog, "primary": primary}
        for permission, label, icon, url, dialog, primary in acts
        if user.has_perm(permission)
    ]


class OutageCreate(CreateView):
    model, permission = Outage, "workorders.add_outage"
    form_class, service = forms.OutageForm, staticmethod(service.create_outage)
    title, breadcrumbs = _("登记故障"), HOME
    success = _("已登记 %(object)s，来电时会提示客服")

    def initial(self) -> dict[str, Any]:
        current = current_community(self.request)
        return ({"community": current.pk} if current else {}) | super().initial()


class OutageUpdate(UpdateView):
    model, permission = Outage, "workorders.change_outage"
    form_class, service = forms.OutageForm, staticmethod(service.change_outage)
    title, breadcrumbs = _("编辑已知故障"), HOME


class OutageCall(ActionView):
    """Called about, told, no order."""

    model, permission = Outage, "workorders.change_outage"
    form_class, service = forms.CalledForm, staticmethod(service.count_call)
    title, breadcrumbs, submit_label = _("记一次来电"), HOME, _("记录")
    success = _("已记到 %(object)s")


def ending(outage: Outage) -> dict[str, Any]:
    """What becomes of the orders."""
    rows_ = outage.orders.filter(status__in=OPEN)
    at_desk = rows_.filter(status__in=service.STILL_AT_THE_DESK).count()
    lines = [
        {"label": now("还没有人在处理的工单，随之结束"), "value": at_desk},
        {"label": now("正在处理的工单，继续处理"), "value": rows_.count() - at_desk},
    ]
    return {"consequence": now("关联工单的住户档案会记下恢复的说明。"), "consequences": lines}


class OutageEnd(ActionView):
    model, permission = Outage, "workorders.end_outage"
    form_class, title, breadcrumbs = forms.EndForm, _("已恢复"), HOME
    service, consequence = staticmethod(service.end_outage), staticmethod(ending)
    success = _("已恢复 %(object)s")
