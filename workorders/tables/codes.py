"""Columns of the list of codes."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.web.tables import ActiveColumn, Column, DateTimeColumn, Table


class WhereColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> str:
        return str(record)

    export = cell


class StopColumn(Column):
    """The way to its end, for those that still work."""

    css = "row-acts"

    def cell(self, value: Any, record: Any) -> SafeString | str:
        if record.disabled_at is not None:
            return ""
        return format_html(
            '<a class="lnk" href="{}" data-dialog>{}</a>', reverse("workorders:code_stop", args=[record.pk]), _("停用")
        )

    def export(self, value: Any, record: Any) -> str:
        return ""


class CodeTable(Table):
    where = WhereColumn(accessor="pk", verbose_name=_("位置"), orderable=False)
    community = Column(verbose_name=_("项目"), css="nw", orderable=False)
    disabled_at = ActiveColumn(verbose_name=_("状态"))
    created_at = DateTimeColumn(verbose_name=_("生成时间"))
    stop = StopColumn(accessor="pk", verbose_name=_("操作"), orderable=False)
