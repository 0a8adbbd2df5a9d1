"""Columns of the list of orders."""

from django.utils.translation import gettext_lazy as _

from core.web.tables import ChoiceColumn, Column, DateTimeColumn, LinkColumn, Table
from workorders.states import STATUS_COLOURS


class WorkOrderTable(Table):
    number = LinkColumn(verbose_name=_("工单号"), css="nw")
    status = ChoiceColumn(verbose_name=_("状态"), colours=STATUS_COLOURS, css="nw")
    address = Column(verbose_name=_("地址"), css="nw")
    kind = Column(verbose_name=_("二级类型"), orderable=False, css="nw")
    reported_at = DateTimeColumn(verbose_name=_("受理时间"))
