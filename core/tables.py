"""Columns of core's own lists."""

from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.models import Job, JobStatus, WorkCalendar
from core.models.jobs import JOB_COLOURS
from core.queries.calendars import year_to_arrange
from core.web.tables import DASH, ChoiceColumn, Column, DateTimeColumn, LinkColumn, NumberColumn, Table


class JobTitleColumn(LinkColumn):
    def cell(self, value: Any, record: Job) -> Any:
        return super().cell(str(record), record)

    def export(self, value: Any, record: Job) -> str:
        return str(record)


class JobProgressColumn(Column):
    """A bar while it runs, before and after failing its stage or its error in words."""

    def cell(self, value: Any, record: Job) -> Any:
        if record.status == JobStatus.RUNNING:
            bar = '<progress class="bar" max="100" value="{0}" aria-label="{1}"></progress>'
            return format_html(
                '<span class="gap-row">' + bar + '<span class="num">{0}%</span></span>', record.percent, record
            )
        return format_html('<span class="t-cut t-2" title="{0}">{0}</span>', self.export(value, record) or DASH)

    def export(self, value: Any, record: Job) -> str:
        # The last stage of what is done says nothing any more.
        return record.error or ("" if record.status == JobStatus.DONE else record.message)


class JobResultColumn(Column):
    def cell(self, value: Any, record: Job) -> Any:
        if record.status != JobStatus.DONE or not record.result_url:
            return DASH
        return format_html('<a class="lnk" href="{}">{}</a>', record.result_url, _("查看结果"))


class JobTable(Table):
    title = JobTitleColumn(verbose_name=_("任务"))
    status = ChoiceColumn(verbose_name=_("状态"), colours=JOB_COLOURS, css="nw")
    progress_done = JobProgressColumn(verbose_name=_("进展"), orderable=False, css="job-bar")
    result_url = JobResultColumn(verbose_name=_("结果"), orderable=False, css="nw")
    created_by = Column(verbose_name=_("发起人"), css="nw", order_by="created_by__display_name")
    created_at = DateTimeColumn(verbose_name=_("发起时间"))
    finished_at = DateTimeColumn(verbose_name=_("结束时间"))
    kind = Column(verbose_name=_("代码"), shown=False)
    attempts = Column(verbose_name=_("次数"), shown=False)


class CalendarNameColumn(LinkColumn):
    def cell(self, value: Any, record: WorkCalendar) -> Any:
        mark = format_html(' <span class="tag">{}</span>', _("默认")) if record.is_default else ""
        return format_html("{}{}", super().cell(value, record), mark)


class ArrangedColumn(Column):
    """The last year with arrangements; orange when the year that is due by now is missing."""

    def cell(self, value: int | None, record: WorkCalendar) -> Any:
        if record.all_day:
            return DASH
        late = value is None or value < year_to_arrange(timezone.localdate())
        return format_html(
            '<span class="st st-{}">{}</span>', "orange" if late else "green", self.export(value, record)
        )

    def export(self, value: int | None, record: WorkCalendar) -> str:
        if record.all_day:
            return ""
        return str(_("未安排") if value is None else _("到 %(year)d 年") % {"year": value})


class WorkCalendarTable(Table):
    name = CalendarNameColumn(verbose_name=_("名称"))
    week_words = Column(verbose_name=_("每周工作时间"), orderable=False, width=40)
    arranged_until = ArrangedColumn(verbose_name=_("放假和调休"), orderable=False, css="nw")
    uses = NumberColumn(verbose_name=_("指定它的项目"), orderable=False)
    version = NumberColumn(verbose_name=_("版本"), shown=False)
    changed_at = DateTimeColumn(verbose_name=_("修改时间"))
