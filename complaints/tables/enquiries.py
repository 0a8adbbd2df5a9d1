"""Columns of the inbox of conversations, and of the ready answers."""

from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from complaints.states import ENQUIRY_COLOURS, Voice
from core.web.due import Due, due_at
from core.web.tables import (
    DASH,
    ActiveColumn,
    BooleanColumn,
    ChoiceColumn,
    Column,
    DateTimeColumn,
    LinkColumn,
    Table,
    address,
)


def due_of(due: Any) -> Due:
    """How long is left for the answer that is owed; ticks on the open page (static/js/due.js)."""
    return due_at(due, due, now("答复"), timezone.now())


class RemainingColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return due_of(value).html if value else DASH

    def export(self, value: Any, record: Any) -> str:
        return due_of(value).text if value else ""


class WordsColumn(Column):
    """The last message, with the dot of what nobody of the desk has read."""

    css = "td-desc"

    def cell(self, value: Any, record: Any) -> SafeString:
        dot = format_html('<span class="tk-dot" title="{}">{}</span>', now("未读消息"), record.staff_unread)
        who = "" if record.last_voice == Voice.OWNER else f"{record.get_last_voice_display()}："
        return format_html(
            '<div class="t-cut{}" title="{}">{}<a href="{}">{}</a><span class="t-3 desc">{}{}</span></div>',
            " tk-new" if record.staff_unread else "", value, dot if record.staff_unread else "", address(record), record.topic, who, value,
        )  # fmt: skip

    def export(self, value: Any, record: Any) -> str:
        return str(value)


class OwnerColumn(Column):
    """The name as this reader may see it."""

    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record) or DASH

    def export(self, value: Any, record: Any) -> str:
        return str(record.eyes.sees("name", record.owner.name, [record.community_id]))


class RoomColumn(Column):
    """With the community, where the list holds several."""

    def cell(self, value: Any, record: Any) -> str:
        home = record.community
        return f"{home.short_name or home.name} {value}" if record.across else str(value)


class EnquiryTable(Table):
    last_words = WordsColumn(verbose_name=_("事项与最近消息"), orderable=False)
    due_at = RemainingColumn(verbose_name=_("答复时限"), order_by=("due_at",))
    unit = RoomColumn(verbose_name=_("房号"), css="nw", orderable=False)
    owner = OwnerColumn(verbose_name=_("业主"), orderable=False)
    status = ChoiceColumn(verbose_name=_("状态"), colours=ENQUIRY_COLOURS, css="nw")
    handler = Column(verbose_name=_("接待人"), css="nw", orderable=False)
    last_at = DateTimeColumn(verbose_name=_("最近消息时间"))
    number = LinkColumn(verbose_name=_("编号"), css="nw col-xl")
    community = Column(verbose_name=_("项目"), shown=False, css="nw", orderable=False)
    topic = Column(verbose_name=_("咨询事项"), shown=False, css="nw", orderable=False)
    opened_at = DateTimeColumn(verbose_name=_("咨询时间"), shown=False)
    first_answer_at = DateTimeColumn(verbose_name=_("首次答复时间"), shown=False)
    late = BooleanColumn(verbose_name=_("首次答复超时"), shown=False, css="nw")
    closed_at = DateTimeColumn(verbose_name=_("结束时间"), shown=False)


class EverywhereColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return str(value) if value else now("所有项目")


class AnyTopicColumn(Column):
    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return str(value) if value else now("通用")


class ReplyTable(Table):
    title = LinkColumn(verbose_name=_("标题"), css="nw")
    text = Column(verbose_name=_("内容"), css="cut", orderable=False)
    topic = AnyTopicColumn(verbose_name=_("咨询事项"), css="nw", order_by=("topic__sort",))
    community = EverywhereColumn(verbose_name=_("项目"), css="nw", order_by=("community__name",))
    disabled_at = ActiveColumn(verbose_name=_("状态"))
