"""Columns of the list of outages."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from core.web.tables import ChoiceColumn, Column, DateTimeColumn, LinkColumn, NumberColumn, Table
from workorders.states import OutageKind

KIND_COLOURS: dict[str, str] = {OutageKind.EMERGENCY: "red", OutageKind.PLANNED: "blue"}


class RunningColumn(Column):
    """影响中 until it is ended; a planned one that lies ahead says so."""

    css = "nw"

    def cell(self, value: Any, record: Any) -> SafeString:
        word, colour = record.standing
        return format_html('<span class="st st-{}">{}</span>', colour, word)

    def export(self, value: Any, record: Any) -> str:
        return str(record.standing[0])


class ReachColumn(Column):
    css = "cut"

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return "、".join(str(row) for row in record.places.all()) or now("整个项目")


class OutageTable(Table):
    title = LinkColumn(verbose_name=_("标题"), css="nw")
    standing = RunningColumn(accessor="ended_at", verbose_name=_("状态"), order_by=("ended_at",))
    kind = ChoiceColumn(verbose_name=_("性质"), colours=KIND_COLOURS, css="nw")
    category = Column(verbose_name=_("报修类型"), orderable=False, css="nw")
    reach = ReachColumn(accessor="pk", verbose_name=_("影响范围"), orderable=False)
    started_at = DateTimeColumn(verbose_name=_("开始时间"))
    expected_until = DateTimeColumn(verbose_name=_("预计恢复"))
    ended_at = DateTimeColumn(verbose_name=_("恢复时间"), shown=False)
    calls = NumberColumn(verbose_name=_("来电数"))
    order_count = NumberColumn(verbose_name=_("工单数"), orderable=False)
    community = Column(verbose_name=_("项目"), shown=False, css="nw", orderable=False)
    caller_text = Column(verbose_name=_("答复来电的话"), shown=False, css="cut", orderable=False)
    created_by = Column(verbose_name=_("登记人"), shown=False, css="nw", orderable=False)
