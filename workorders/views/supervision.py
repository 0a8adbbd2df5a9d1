"""督办: demanding, answering, the list."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.lists import ListView, Tab
from core.web.pages import ActionView
from workorders import filters, tables
from workorders.forms import after as forms
from workorders.models import Supervision, WorkOrder
from workorders.queries import after as rows
from workorders.queries.page import joined
from workorders.services import supervision as service

GROUP = (_("服务"), "")
ORDERS = (GROUP, (_("报修工单"), "workorders:workorder_list"))
LIST = (GROUP, (_("督办"), "workorders:supervision_list"))
VIEW = "workorders.view_workorder"


class SupervisionList(ListView):
    model, permission = Supervision, VIEW
    title, list_name = _("督办"), "workorders:supervision_list"
    table, filterset = tables.SupervisionTable, filters.SupervisionFilter
    prepare, default_order = staticmethod(rows.listed), ("due_at", "pk")
    breadcrumbs = (GROUP,)
    tabs = (
        Tab(_("全部")),
        Tab(_("待回复"), "state=open"),
        Tab(_("过期未回复"), "state=late"),
        Tab(_("已回复"), "state=replied"),
    )
    export_permission = "workorders.export_workorder"
    empty_sentence = _("没有督办")


class WorkOrderSupervise(ActionView):
    model, permission = WorkOrder, "workorders.supervise_workorder"
    form_class, service = forms.SuperviseForm, staticmethod(service.supervise_order)
    prepare = staticmethod(joined)
    title, breadcrumbs = _("督办"), ORDERS
    success = _("已督办：%(object)s")

    def next_url(self, saved: Any) -> str:
        return str(saved.order.get_absolute_url())


class SupervisionReply(ActionView):
    model, permission = Supervision, VIEW
    form_class, service = forms.ReplyForm, staticmethod(service.reply_supervision)
    prepare = staticmethod(rows.listed)
    title, breadcrumbs, submit_label = _("回复督办"), LIST, _("回复")
    success = _("已回复督办：%(object)s")

    def next_url(self, saved: Any) -> str:
        return str(saved.order.get_absolute_url())

    def cancel_url(self, obj: Any) -> str:
        return str(obj.order.get_absolute_url())
