"""Columns of the list of repairers."""

from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.tables import DASH, ActiveColumn, BooleanColumn, Column, LinkColumn, NumberColumn, Table
from workorders.queries.duty import duty_of
from workorders.states import DUTY_COLOURS, Duty


class DutyColumn(Column):
    """What he is now; the page reads it for all its rows at once, an export row by row (there are few people)."""

    def raw(self, record: Any) -> Any:
        state = getattr(record, "duty", None)
        return state or duty_of([record], timezone.now())[record.pk]

    def cell(self, value: Any, record: Any) -> str:
        return format_html('<span class="st st-{}">{}</span>', DUTY_COLOURS[value.duty], Duty(value.duty).label)

    def export(self, value: Any, record: Any) -> str:
        return str(Duty(value.duty).label)


class NamesColumn(Column):
    """Many-to-many rows that were fetched with the page, by one word each."""

    def raw(self, record: Any) -> Any:
        return [getattr(row, "label", None) or str(row) for row in getattr(record, str(self.accessor)).all()]

    def cell(self, value: Any, record: Any) -> str:
        return "、".join(value) or DASH

    def export(self, value: Any, record: Any) -> str:
        return "、".join(value)


class PlacesColumn(NamesColumn):
    """No building named means all of them."""

    def cell(self, value: Any, record: Any) -> str:
        return self.export(value, record)

    def export(self, value: Any, record: Any) -> str:
        return "、".join(value) or _("全部楼栋")


class RepairerTable(Table):
    user = LinkColumn(verbose_name=gettext_lazy("姓名"), order_by=("user__display_name",), css="nw")
    community = Column(verbose_name=gettext_lazy("项目"), order_by=("community__name",), css="nw")
    duty = DutyColumn(verbose_name=gettext_lazy("现在"), orderable=False, css="nw")
    in_hand = NumberColumn(verbose_name=gettext_lazy("在办与待接"))
    skills = NamesColumn(verbose_name=gettext_lazy("技能"), orderable=False)
    buildings = PlacesColumn(verbose_name=gettext_lazy("负责楼栋"), orderable=False)
    automatic = BooleanColumn(verbose_name=gettext_lazy("自动派单"))
    disabled_at = ActiveColumn(verbose_name=gettext_lazy("状态"))
