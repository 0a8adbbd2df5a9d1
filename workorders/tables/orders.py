"""Columns of the list of orders (design 04)."""

from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.masking import mask_phone
from core.templatetags.mulin import sep, tag
from core.web.rendering import lean_html
from core.web.tables import (
    DASH,
    BooleanColumn,
    ChoiceColumn,
    Column,
    DateTimeColumn,
    DecimalColumn,
    NumberColumn,
    Table,
    address,
)
from properties.models import UnitMark
from workorders.due import due_of, due_words
from workorders.looks import urgency_html
from workorders.states import STATUS_COLOURS, Warranty

WARRANTY_COLOURS: dict[str, str] = {Warranty.IN: "green", Warranty.OUT: "grey", Warranty.UNKNOWN: "orange"}


class RemainingColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        due = due_of(record)
        return due.html if due else DASH

    def export(self, value: Any, record: Any) -> str:
        return due_words(record)


class NumberLink(Column):
    """Short inside one community; with its code where several stand together, and always in Excel."""

    css = "nw"

    def cell(self, value: Any, record: Any) -> SafeString:
        number = record.full_number if getattr(record, "across", False) else record.number
        return lean_html('<a href="{}">{}</a>', address(record), number)

    def export(self, value: Any, record: Any) -> str:
        return str(record.full_number)


class UrgencyColumn(ChoiceColumn):
    def cell(self, value: Any, record: Any) -> SafeString:
        return urgency_html(value)


class MatterColumn(Column):
    """给排水 / 水管漏水 and the first words of what is wrong."""

    css = "td-desc"

    def cell(self, value: Any, record: Any) -> SafeString:
        return lean_html(
            '<div class="t-cut" title="{}">{}{}{}<span class="t-3 desc">{}</span></div>',
            record.description, record.category, sep(), record.kind, record.description,
        )  # fmt: skip

    def export(self, value: Any, record: Any) -> str:
        return f"{record.category} / {record.kind} {record.description}"


class PlaceColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> SafeString:
        marks = record.unit.marks.all() if record.unit_id else ()
        cares = (mark for mark in marks if mark.kind == UnitMark.Kind.CARE)
        drawn = ((tag(mark.note or mark.get_kind_display(), "care", "heart-handshake"),) for mark in cares)
        return lean_html("{}{}", value, format_html_join("", " {}", drawn))


class ReporterColumn(Column):
    """The name as this reader may see it."""

    def cell(self, value: Any, record: Any) -> str:
        return str(record.eyes.sees("name", value, [record.community_id])) or DASH

    def export(self, value: Any, record: Any) -> str:
        return str(record.eyes.sees("name", value, [record.community_id]))


class PhoneColumn(Column):
    """Always masked, on the page and in Excel: the whole number is asked for one by one on the order's page."""

    css = "nw num"

    def cell(self, value: Any, record: Any) -> str:
        return mask_phone(value or "") or DASH

    def export(self, value: Any, record: Any) -> str:
        return mask_phone(value or "")


class HandsColumn(Column):
    """Who has it: the person, else the team."""

    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record) or DASH

    def export(self, value: Any, record: Any) -> str:
        return str(record.assignee or record.team or "")


class WorkOrderTable(Table):
    remaining = RemainingColumn(accessor="next_due_at", verbose_name=_("剩余时间"), order_by=("next_due_at",))
    number = NumberLink(verbose_name=_("工单号"), order_by=("number",))
    urgency = UrgencyColumn(verbose_name=_("紧急"), css="nw", orderable=False)
    matter = MatterColumn(accessor="description", verbose_name=_("类型与描述"), orderable=False)
    address = PlaceColumn(verbose_name=_("位置"), order_by=("address",))
    reporter_name = ReporterColumn(verbose_name=_("报事人"), css="nw col-l", orderable=False)
    status = ChoiceColumn(verbose_name=_("状态"), colours=STATUS_COLOURS, css="nw")
    assignee = HandsColumn(verbose_name=_("处理人"), orderable=False)
    reported_at = DateTimeColumn(verbose_name=_("受理时间"), css="nw col-xl")
    community = Column(verbose_name=_("项目"), shown=False, css="nw", orderable=False)
    next_due_at = DateTimeColumn(verbose_name=_("截止时间"), shown=False)
    spot = Column(verbose_name=_("具体位置"), shown=False, css="nw")
    area = ChoiceColumn(verbose_name=_("区域"), shown=False, css="nw")
    source = ChoiceColumn(verbose_name=_("来源渠道"), shown=False, css="nw")
    reporter_phone = PhoneColumn(verbose_name=_("报事人电话"), shown=False, orderable=False)
    team = Column(verbose_name=_("责任班组"), shown=False, css="nw", orderable=False)
    visit_from = DateTimeColumn(verbose_name=_("预约上门从"), shown=False)
    visit_until = DateTimeColumn(verbose_name=_("预约上门到"), shown=False)
    warranty = ChoiceColumn(verbose_name=_("是否在保"), colours=WARRANTY_COLOURS, shown=False, css="nw")
    paid = BooleanColumn(verbose_name=_("有偿"), shown=False, css="nw")
    late = BooleanColumn(verbose_name=_("曾超时"), shown=False, css="nw")
    dispatched_at = DateTimeColumn(verbose_name=_("派单时间"), shown=False)
    accepted_at = DateTimeColumn(verbose_name=_("接单时间"), shown=False)
    arrived_at = DateTimeColumn(verbose_name=_("到场时间"), shown=False)
    completed_at = DateTimeColumn(verbose_name=_("完成时间"), shown=False)
    ended_at = DateTimeColumn(verbose_name=_("结束时间"), shown=False)
    cause = Column(verbose_name=_("故障原因"), shown=False, css="nw", orderable=False)
    result = Column(verbose_name=_("处理结果"), shown=False, css="cut", orderable=False)
    labour_fee = DecimalColumn(verbose_name=_("人工费（元）"), shown=False)
    materials_fee = DecimalColumn(verbose_name=_("物料费（元）"), shown=False)
    stars = NumberColumn(verbose_name=_("评价"), shown=False)
    rework_count = NumberColumn(verbose_name=_("返工次数"), shown=False)
