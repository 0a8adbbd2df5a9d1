"""Columns of the list of cases."""

from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from complaints.due import due_of, due_words
from complaints.states import LEVEL_COLOURS, STATUS_COLOURS
from core.templatetags.mulin import tag
from core.web.rendering import lean_html
from core.web.tables import (
    DASH,
    BooleanColumn,
    ChoiceColumn,
    Column,
    DateColumn,
    DateTimeColumn,
    DecimalColumn,
    NumberColumn,
    Table,
)
from workorders.tables.orders import HandsColumn, NumberLink, PhoneColumn, ReporterColumn


class RemainingColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        due = due_of(record)
        return due.html if due else DASH

    def export(self, value: Any, record: Any) -> str:
        return due_words(record)


class MatterColumn(Column):
    """装修噪音 and the first words of the facts; what stands out about the case is marked."""

    css = "td-desc"

    def cell(self, value: Any, record: Any) -> SafeString:
        marks = (
            (_("群诉"), "users-group", record.group_id), (_("保密"), "lock", record.confidential),
            (_("重复"), "copy", record.repeat_count),
        )  # fmt: skip
        drawn = format_html_join("", "{}", ((tag(word, "", icon),) for word, icon, there in marks if there))
        return lean_html(
            '<div class="t-cut" title="{}">{}<span class="t-3 desc">{}</span> {}</div>',
            record.facts, record.topic, record.facts, drawn,
        )  # fmt: skip

    def export(self, value: Any, record: Any) -> str:
        return str(record.facts)


class WhoHasItColumn(HandsColumn):
    def export(self, value: Any, record: Any) -> str:
        return str(record.handler or record.team or "")


class LevelColumn(ChoiceColumn):
    """Not judged yet is no level, unless what happened says it is 重大."""

    def cell(self, value: Any, record: Any) -> Any:
        judged = record.accepted_at is not None or record.is_major
        return super().cell(value, record) if judged else DASH

    def export(self, value: Any, record: Any) -> Any:
        return super().export(value, record) if record.accepted_at is not None or record.is_major else ""


class SpotColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return str(value or record.community)

    export = cell


class ComplaintTable(Table):
    remaining = RemainingColumn(accessor="next_due_at", verbose_name=_("剩余时间"), order_by=("next_due_at",))
    number = NumberLink(verbose_name=_("编号"), order_by=("number",))
    kind = ChoiceColumn(verbose_name=_("性质"), css="nw", orderable=False)
    level = LevelColumn(verbose_name=_("级别"), colours=LEVEL_COLOURS, css="nw", orderable=False)
    matter = MatterColumn(accessor="facts", verbose_name=_("类别与事实"), orderable=False)
    address = SpotColumn(verbose_name=_("位置"), order_by=("address",))
    complainant = ReporterColumn(verbose_name=_("投诉人"), css="nw col-l", orderable=False)
    status = ChoiceColumn(verbose_name=_("状态"), colours=STATUS_COLOURS, css="nw")
    handler = WhoHasItColumn(verbose_name=_("责任人"), orderable=False)
    source = ChoiceColumn(verbose_name=_("来源"), css="nw col-xl")
    received_at = DateTimeColumn(verbose_name=_("登记时间"), css="nw col-xl")
    community = Column(verbose_name=_("项目"), shown=False, css="nw", orderable=False)
    next_due_at = DateTimeColumn(verbose_name=_("截止时间"), shown=False)
    category = Column(verbose_name=_("一级类别"), shown=False, css="nw", orderable=False)
    topic = Column(verbose_name=_("二级类别"), shown=False, css="nw", orderable=False)
    phone = PhoneColumn(verbose_name=_("联系电话"), shown=False, orderable=False)
    demand = Column(verbose_name=_("诉求"), shown=False, css="cut", orderable=False)
    accused = Column(verbose_name=_("被投诉对象"), shown=False, css="nw", orderable=False)
    responsibility = ChoiceColumn(verbose_name=_("责任归属"), shown=False, css="nw")
    third_party = Column(verbose_name=_("第三方单位"), shown=False, css="nw", orderable=False)
    partner_due = DateColumn(verbose_name=_("对方答复期限"), shown=False)
    warranty_until = DateColumn(verbose_name=_("质保到期日"), shown=False)
    repeat_count = NumberColumn(verbose_name=_("90 天内重复次数"), shown=False)
    group = Column(verbose_name=_("群诉"), shown=False, css="nw", orderable=False)
    team = Column(verbose_name=_("责任部门"), shown=False, css="nw", orderable=False)
    recorded_by = Column(verbose_name=_("登记人"), shown=False, css="nw", orderable=False)
    accepted_at = DateTimeColumn(verbose_name=_("受理时间"), shown=False)
    first_answer_at = DateTimeColumn(verbose_name=_("首次回复时间"), shown=False)
    answered_at = DateTimeColumn(verbose_name=_("反馈客户时间"), shown=False)
    closed_at = DateTimeColumn(verbose_name=_("关闭时间"), shown=False)
    late = BooleanColumn(verbose_name=_("曾超时"), shown=False, css="nw")
    result = Column(verbose_name=_("处理结果"), shown=False, css="cut", orderable=False)
    compensation = DecimalColumn(verbose_name=_("赔付金额（元）"), shown=False)
    cause = Column(verbose_name=_("根本原因"), shown=False, css="nw", orderable=False)
    improvement_due = DateColumn(verbose_name=_("整改期限"), shown=False)
    improved_on = DateColumn(verbose_name=_("整改完成日期"), shown=False)
    outcome = ChoiceColumn(verbose_name=_("建议的处理结论"), shown=False, css="nw")
    ending = ChoiceColumn(verbose_name=_("关闭方式"), shown=False, css="nw")
    redo_count = NumberColumn(verbose_name=_("复处理次数"), shown=False)
    reopen_count = NumberColumn(verbose_name=_("重启次数"), shown=False)
