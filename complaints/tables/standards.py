"""Columns of the clock standards and of the rules for few stars."""

from datetime import timedelta
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from complaints.states import LEVEL_COLOURS, Basis, LowAct
from complaints.tables.enquiries import EverywhereColumn
from core.web.due import span
from core.web.tables import ChoiceColumn, Column, Table, address, linked


class LengthColumn(Column):
    """30分, 24小时, 3 个工作日."""

    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        if record.basis == Basis.DAYS:
            return now("%(n)d 个工作日") % {"n": value}
        return span(timedelta(minutes=value))


class ClockColumn(ChoiceColumn):
    """The clock's word opens its form."""

    def cell(self, value: Any, record: Any) -> str:
        return format_html('<a href="{}">{}</a>', address(record), self.label(value, record))


class AnyKindColumn(ChoiceColumn):
    def cell(self, value: Any, record: Any) -> Any:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return str(self.label(value, record)) if value else now("通用")


class StandardTable(Table):
    level = ChoiceColumn(verbose_name=_("级别"), colours=LEVEL_COLOURS, order_by=("rank",), css="nw")
    clock = ClockColumn(verbose_name=_("时限"), order_by=("place",), css="nw")
    kind = AnyKindColumn(verbose_name=_("性质"), css="nw")
    amount = LengthColumn(verbose_name=_("时长"), orderable=False)
    basis = ChoiceColumn(verbose_name=_("计时"), css="nw")


LOW_COLOURS: dict[str, str] = {LowAct.CALL: "grey", LowAct.ASK: "orange", LowAct.COMPLAINT: "red"}


class WhereColumn(EverywhereColumn):
    """The place opens the form of its rule, for whoever may change it."""

    def cell(self, value: Any, record: Any) -> str:
        return linked(record, self.export(value, record))


class StarsColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return now("%(n)d 星及以下") % {"n": value}


class LowRuleTable(Table):
    community = WhereColumn(verbose_name=_("项目"), css="nw", order_by=("community__name",))
    stars = StarsColumn(verbose_name=_("评价"))
    act = ChoiceColumn(verbose_name=_("怎样处理"), colours=LOW_COLOURS, css="nw")
