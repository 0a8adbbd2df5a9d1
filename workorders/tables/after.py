"""Columns of the list of 督办."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.web.tables import ChoiceColumn, Column, DateTimeColumn, Table
from workorders.tables.orders import NumberLink


class OrderColumn(NumberLink):
    """The order it is about."""

    def cell(self, value: Any, record: Any) -> SafeString:
        return super().cell(value, record.order)

    def export(self, value: Any, record: Any) -> str:
        return super().export(value, record.order)


class StandingColumn(Column):
    """待回复, red once the day has passed; 已回复."""

    css = "nw"

    def cell(self, value: Any, record: Any) -> SafeString:
        colour = "green" if record.replied_at else "red" if record.is_late else "orange"
        return format_html('<span class="st st-{}">{}</span>', colour, self.export(value, record))

    def export(self, value: Any, record: Any) -> str:
        if record.replied_at:
            return now("已回复")
        return now("过期未回复") if record.is_late else now("待回复")


class DemanderColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return str(record.demanded_by or now("系统"))


class SupervisionTable(Table):
    order = OrderColumn(accessor="order__number", verbose_name=_("工单号"), orderable=False)
    standing = StandingColumn(accessor="replied_at", verbose_name=_("状态"), order_by=("replied_at",))
    demand = Column(verbose_name=_("督办要求"), css="cut", orderable=False)
    due_at = DateTimeColumn(verbose_name=_("要求完成时间"))
    kind = Column(accessor="order__kind", verbose_name=_("类型"), css="nw", orderable=False)
    address = Column(accessor="order__address", verbose_name=_("位置"), css="nw", orderable=False)
    assignee = Column(accessor="order__assignee", verbose_name=_("处理人"), css="nw", orderable=False)
    demanded_by = DemanderColumn(verbose_name=_("督办人"), orderable=False)
    created_at = DateTimeColumn(verbose_name=_("督办时间"), css="nw col-xl")
    level = ChoiceColumn(verbose_name=_("起因"), shown=False, css="nw")
    reply = Column(verbose_name=_("回复"), css="cut col-xl", orderable=False)
    replied_by = Column(verbose_name=_("回复人"), shown=False, css="nw", orderable=False)
    replied_at = DateTimeColumn(verbose_name=_("回复时间"), shown=False)
    community = Column(accessor="order__community", verbose_name=_("项目"), shown=False, css="nw", orderable=False)
