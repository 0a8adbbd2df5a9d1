"""The list of orders and the page of one."""

from django.utils.translation import gettext_lazy

from core.web.lists import ListView
from core.web.pages import DetailView
from workorders import filters, tables
from workorders.models import WorkOrder
from workorders.queries import orders

GROUP = (gettext_lazy("报修工单"), "")
HOME = (GROUP, (gettext_lazy("工单"), "workorders:workorder_list"))


class WorkOrderList(ListView):
    model, permission = WorkOrder, "workorders.view_workorder"
    title, list_name = gettext_lazy("工单"), "workorders:workorder_list"
    table, filterset = tables.WorkOrderTable, filters.WorkOrderFilter
    prepare, default_order = staticmethod(orders.listed), ("-id",)
    breadcrumbs = (GROUP,)
    empty_sentence = gettext_lazy("还没有工单")


class WorkOrderDetail(DetailView):
    model, permission = WorkOrder, "workorders.view_workorder"
    template_name = "generic/detail.html"
    prepare = staticmethod(orders.listed)
    facts, breadcrumbs = staticmethod(orders.page), HOME
