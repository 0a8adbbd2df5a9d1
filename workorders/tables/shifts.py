"""Columns of the list of 交接班."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.web.tables import Column, DateTimeColumn, LinkColumn, NumberColumn, Table


class StandingColumn(Column):
    css = "nw"

    def cell(self, value: Any, record: Any) -> SafeString:
        word, colour = record.standing
        return format_html('<span class="st st-{}">{}</span>', colour, word)

    def export(self, value: Any, record: Any) -> str:
        return str(record.standing[0])


class HandoverTable(Table):
    given_at = DateTimeColumn(verbose_name=_("交班时间"))
    standing = StandingColumn(accessor="taken_at", verbose_name=_("状态"), orderable=False)
    community = LinkColumn(verbose_name=_("项目"), css="nw", orderable=False)
    given_by = Column(verbose_name=_("交班人"), css="nw", orderable=False)
    taken_by = Column(verbose_name=_("接班人"), css="nw", orderable=False)
    taken_at = DateTimeColumn(verbose_name=_("接班时间"), orderable=False)
    received = NumberColumn(verbose_name=_("本班受理"))
    finished = NumberColumn(verbose_name=_("本班办结"))
    note = Column(verbose_name=_("交代的话"), css="cut", orderable=False)
    taken_note = Column(verbose_name=_("接班补充"), shown=False, css="cut", orderable=False)
