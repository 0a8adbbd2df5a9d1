"""Columns of what repairs go by, and of the requests to suspend."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.web.tables import (
    DASH,
    ActiveColumn,
    BooleanColumn,
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    LinkColumn,
    NumberColumn,
    Table,
    address,
)
from workorders.states import RequestStatus

REQUEST_COLOURS: dict[str, str] = {
    RequestStatus.PENDING: "orange",
    RequestStatus.APPROVED: "green",
    RequestStatus.REFUSED: "red",
    RequestStatus.WITHDRAWN: "grey",
}


class PriceColumn(NumberColumn):
    """Money to the cent, and the further places of unit prices that have them: 18.50, 0.8350."""

    kind = "decimal"

    def cell(self, value: Any, record: Any) -> str:
        if value is None:
            return DASH
        cents = Decimal(value).quantize(Decimal("0.01"))
        return f"{cents:,.2f}" if cents == value else f"{value:,.4f}"


class StockColumn(NumberColumn):
    def cell(self, value: Any, record: Any) -> str:
        return now("不管") if value is None else f"{value.normalize():f}"


class MaterialTable(Table):
    code = LinkColumn(verbose_name=_("编码"), css="nw")
    name = Column(verbose_name=_("名称"), css="nw")
    spec = Column(verbose_name=_("规格"), css="nw")
    measure = Column(verbose_name=_("单位"), css="nw")
    price = PriceColumn(verbose_name=_("单价（元）"))
    stock = StockColumn(verbose_name=_("库存"))
    chargeable = BooleanColumn(verbose_name=_("向业主收费"))
    disabled_at = ActiveColumn(verbose_name=_("状态"))


class EverywhereColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return str(value) if value else now("所有项目")


class PriceTable(Table):
    name = LinkColumn(verbose_name=_("服务项目"), css="nw")
    community = EverywhereColumn(verbose_name=_("项目"), order_by=("community__name",), css="nw")
    measure = Column(verbose_name=_("单位"), css="nw")
    price = PriceColumn(verbose_name=_("单价（元）"))
    note = Column(verbose_name=_("说明"), css="cut")
    disabled_at = ActiveColumn(verbose_name=_("状态"))


class ChecklistColumn(Column):
    css = "cut"

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record) or DASH

    def export(self, value: Any, record: Any) -> str:
        return "、".join(value)


class BothAreasColumn(ChoiceColumn):
    def cell(self, value: Any, record: Any) -> str:
        return super().cell(value, record) if value else now("都有")


class RuleTable(Table):
    kind = LinkColumn(verbose_name=_("二级类型"), order_by=("kind__sort",), css="nw")
    category = Column(verbose_name=_("一级类型"), order_by=("category__sort",), css="nw")
    skill = Column(verbose_name=_("所需技能"), order_by=("skill__sort",), css="nw")
    urgency = ChoiceColumn(verbose_name=_("默认紧急程度"), css="nw")
    area = BothAreasColumn(verbose_name=_("区域"), css="nw")
    paid = BooleanColumn(verbose_name=_("户内有偿"))
    pool = BooleanColumn(verbose_name=_("可抢单"))
    checklist = ChecklistColumn(verbose_name=_("检查项"), orderable=False)
    warranty_part = ChoiceColumn(verbose_name=_("质保部位"), shown=False)
    duplicate_days = NumberColumn(verbose_name=_("重复判断天数"), shown=False)


class LengthColumn(NumberColumn):
    """30 分, 4 小时, 3 天; the workbook has the minutes."""

    def cell(self, value: Any, record: Any) -> str:
        if value % 1440 == 0 and value > 1440:
            return now("%(n)d 天") % {"n": value // 1440}
        return now("%(n)d 小时") % {"n": value // 60} if value % 60 == 0 else now("%(n)d 分钟") % {"n": value}


class AnyKindColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return str(value) if value else now("通用")


class ClockColumn(ChoiceColumn):
    """The clock's word opens its form."""

    def cell(self, value: Any, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', address(record), self.label(value, record))


class ClockTable(Table):
    urgency = ChoiceColumn(verbose_name=_("紧急程度"), order_by=("rank",), css="nw")
    clock = ClockColumn(verbose_name=_("时限"), css="nw")
    kind = AnyKindColumn(verbose_name=_("类型"), order_by=("kind__sort",), css="nw")
    minutes = LengthColumn(verbose_name=_("时长"))
    basis = ChoiceColumn(verbose_name=_("计时"), css="nw")
    by_appointment = BooleanColumn(verbose_name=_("有预约时按预约"))


class OrderColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), value.number)


class DecideColumn(Column):
    """The two answers, while none is given; whoever asked does not answer himself."""

    def cell(self, value: Any, record: Any) -> str:
        if record.status != RequestStatus.PENDING:
            return DASH
        ways = ((reverse("workorders:suspension_approve", args=[record.pk]), now("同意")),
                (reverse("workorders:suspension_refuse", args=[record.pk]), now("不同意")))  # fmt: skip
        links = [format_html('<a class="lnk" href="{}" data-dialog>{}</a>', *way) for way in ways]
        return format_html("{} {}", *links)

    def export(self, value: Any, record: Any) -> str:
        return ""


class SuspensionTable(Table):
    order = OrderColumn(verbose_name=_("工单号"), order_by=("order__number",), css="nw")
    address = Column(accessor="order__address", verbose_name=_("地址"), css="nw")
    kind = Column(accessor="order__kind", verbose_name=_("类型"), orderable=False, css="nw")
    reason = Column(verbose_name=_("挂起原因"), orderable=False, css="nw")
    note = Column(verbose_name=_("说明"), orderable=False, css="cut")
    resume_on = DateColumn(verbose_name=_("恢复日期"))
    asked_by = Column(verbose_name=_("申请人"), orderable=False, css="nw")
    asked_at = DateTimeColumn(verbose_name=_("申请时间"))
    status = ChoiceColumn(verbose_name=_("状态"), colours=REQUEST_COLOURS, css="nw")
    decide = DecideColumn(accessor="pk", verbose_name=_("审批"), orderable=False, css="nw")
    answer = Column(verbose_name=_("审批意见"), orderable=False, shown=False, css="cut")
    decided_by = Column(verbose_name=_("审批人"), orderable=False, shown=False, css="nw")
    community = Column(accessor="order__community", verbose_name=_("项目"), orderable=False, shown=False, css="nw")
