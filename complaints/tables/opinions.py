"""Columns of the list of opinions, and of the keywords."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from complaints.states import LEVEL_COLOURS, MOOD_COLOURS, OPINION_COLOURS
from core.web.tables import DASH, ActiveColumn, ChoiceColumn, Column, DateTimeColumn, LinkColumn, Table


class CaseColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> SafeString | str:
        text = self.export(value, record)
        return format_html('<a href="{}">{}</a>', value.get_absolute_url(), text) if text else DASH

    def export(self, value: Any, record: Any) -> str:
        """A confidential case stands on the page of its entry, for whoever may open it."""
        return str(value) if value and not value.confidential else ""


class OpinionTable(Table):
    title = LinkColumn(verbose_name=_("标题"), css="cut")
    platform = Column(verbose_name=_("平台"), css="nw", order_by=("platform__sort",))
    level = ChoiceColumn(verbose_name=_("级别"), colours=LEVEL_COLOURS, css="nw", orderable=False)
    mood = ChoiceColumn(verbose_name=_("情感倾向"), colours=MOOD_COLOURS, css="nw", orderable=False)
    topic = Column(verbose_name=_("类别"), css="nw", order_by=("topic__sort",))
    words = Column(verbose_name=_("命中关键词"), css="cut", orderable=False)
    posted_at = DateTimeColumn(verbose_name=_("发布时间"))
    status = ChoiceColumn(verbose_name=_("状态"), colours=OPINION_COLOURS, css="nw")
    complaint = CaseColumn(verbose_name=_("转出投诉"), orderable=False)
    community = Column(verbose_name=_("项目"), css="nw col-xl", orderable=False)
    author = Column(verbose_name=_("发布人"), shown=False, css="nw")
    found_by = Column(verbose_name=_("登记人"), shown=False, css="nw", orderable=False)
    found_at = DateTimeColumn(verbose_name=_("登记时间"), shown=False)
    result = Column(verbose_name=_("处置结果"), shown=False, css="cut", orderable=False)
    handled_by = Column(verbose_name=_("处置人"), shown=False, css="nw", orderable=False)
    handled_at = DateTimeColumn(verbose_name=_("处置时间"), shown=False)


class KeywordTable(Table):
    word = LinkColumn(verbose_name=_("关键词"), css="nw")
    level = ChoiceColumn(verbose_name=_("建议级别"), colours=LEVEL_COLOURS, css="nw", orderable=False)
    topic = Column(verbose_name=_("建议类别"), css="nw", order_by=("topic__sort",))
    disabled_at = ActiveColumn(verbose_name=_("状态"))
