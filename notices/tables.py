"""Columns of announcements, templates and deliveries."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.web.tables import (
    DASH,
    ActiveColumn,
    BooleanColumn,
    ChoiceColumn,
    Column,
    DateTimeColumn,
    LinkColumn,
    NumberColumn,
    Table,
)
from notices.models import Urgency
from notices.queries.board import percent
from notices.states import OUTCOME_COLOURS, STATUS_COLOURS, Outcome, OwnerChannel


class RateColumn(NumberColumn):
    """Read rate in percent, as counted last."""

    def value(self, record: Any) -> Any:
        return percent(record.read_count or 0, record.delivered_count or 0)

    def cell(self, value: Any, record: Any) -> str:
        rate = self.value(record)
        return DASH if rate is None else f"{rate}%"

    def export(self, value: Any, record: Any) -> Any:
        rate = self.value(record)
        return "" if rate is None else float(rate)


class UrgencyColumn(ChoiceColumn):
    """Urgency is no status, so it has no hue: red would say that something is overdue."""

    def cell(self, value: Any, record: Any) -> str:
        word = super().cell(value, record)
        return format_html('<span class="tag ink">{}</span>', word) if value == Urgency.URGENT else word


class NoticeTable(Table):
    title = LinkColumn(verbose_name=_("标题"), css="cut")
    status = ChoiceColumn(verbose_name=_("状态"), colours=STATUS_COLOURS, css="nw")
    notice_type = Column(verbose_name=_("类型"), order_by=("notice_type__sort",), css="nw")
    urgency = UrgencyColumn(verbose_name=_("紧急度"), css="nw")
    household_count = NumberColumn(verbose_name=_("户数"))
    person_count = NumberColumn(verbose_name=_("人数"), shown=False)
    read_count = RateColumn(verbose_name=_("已读率"), orderable=False)
    author = Column(
        accessor="author__display_name", verbose_name=_("拟稿人"), order_by=("author__display_name",), css="nw"
    )
    reviewer = Column(
        accessor="reviewer__display_name", verbose_name=_("审核人"), shown=False, order_by=("reviewer__display_name",)
    )
    published_at = DateTimeColumn(verbose_name=_("发布时间"))
    publish_at = DateTimeColumn(verbose_name=_("定时发布"), shown=False)
    expires_at = DateTimeColumn(verbose_name=_("有效期至"), shown=False)
    pinned = BooleanColumn(verbose_name=_("置顶"), shown=False)
    number = Column(verbose_name=_("编号"), css="nw")
    created_at = DateTimeColumn(verbose_name=_("起草时间"), shown=False)


class TemplateTable(Table):
    name = LinkColumn(verbose_name=_("模板名称"))
    notice_type = Column(verbose_name=_("类型"), order_by=("notice_type__sort",), css="nw")
    title = Column(verbose_name=_("标题"), css="cut")
    disabled_at = ActiveColumn(verbose_name=_("状态"))


class OwnerColumn(Column):
    """The name as this reader may see it."""

    def cell(self, value: Any, record: Any) -> SafeString:
        url = reverse("owners:owner_file", args=[record.owner_id])
        return format_html('<a href="{}">{}</a>', url, record.eyes.owner_name(record.owner))

    def export(self, value: Any, record: Any) -> str:
        return str(record.eyes.owner_name(record.owner))


class ChannelColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return str(dict(OwnerChannel.choices).get(value, value))

    export = cell


class OutcomeColumn(ChoiceColumn):
    """What is known; what nobody knows can be decided right here, also for messages that have no board of their own."""

    def cell(self, value: Any, record: Any) -> str:
        word = super().cell(value, record)
        permitted = record.eyes.user.has_perm("notices.resend_delivery")
        if value != Outcome.UNKNOWN or not (permitted and record.eyes.covers(
            "notices.resend_delivery", record.community_id, record.building_id
        )):  # fmt: skip
            return word
        url = reverse("notices:delivery_decide", args=[record.pk])
        return format_html('{} <a class="lnk" href="{}" data-dialog>{}</a>', word, url, _("认定结果"))


class DeliveryTable(Table):
    """The evidence: to whom, when, how, and what is known of it."""

    room = Column(accessor="unit__label", verbose_name=_("房号"), order_by=("unit__sort_key",), css="nw")
    community = Column(verbose_name=_("项目"), order_by=("community__name",), shown=False, css="nw")
    owner = OwnerColumn(verbose_name=_("住户"), order_by=("owner__name",), css="nw")
    channel = ChannelColumn(verbose_name=_("渠道"), css="nw")
    status = OutcomeColumn(verbose_name=_("状态"), colours=OUTCOME_COLOURS, css="nw")
    reason = ChoiceColumn(verbose_name=_("原因"), css="nw")
    detail = Column(verbose_name=_("渠道答复"), css="cut", shown=False)
    sent_at = DateTimeColumn(verbose_name=_("发送时间"))
    read_at = DateTimeColumn(verbose_name=_("已读时间"))
    confirmed_at = DateTimeColumn(verbose_name=_("确认时间"))
    told_way = ChoiceColumn(verbose_name=_("告知方式"), css="nw")
    told_at = DateTimeColumn(verbose_name=_("告知时间"))
    told_by = Column(accessor="told_by__display_name", verbose_name=_("告知人"), orderable=False, css="nw")
    urgent = BooleanColumn(verbose_name=_("紧急"), shown=False)
    created_at = DateTimeColumn(verbose_name=_("建立时间"), shown=False)
