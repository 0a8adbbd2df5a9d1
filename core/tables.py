"""Columns of core's own lists."""

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.models import Job, JobStatus
from core.models.jobs import JOB_COLOURS
from core.web.tables import DASH, ChoiceColumn, Column, DateTimeColumn, LinkColumn, Table


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
