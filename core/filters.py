"""Filters of core's own lists."""

from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import Job, JobStatus, WorkCalendar
from core.queries.calendars import without_year, year_to_arrange
from core.web.filters import DateRangeFilter, FilterSet, SearchFilter


class JobFilter(FilterSet):
    q = SearchFilter(_("任务标题"), field_name="title", lookup_expr="icontains")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=JobStatus.choices, empty_label=_("全部"))
    created_at = DateRangeFilter(label=_("发起时间"))

    visible = ("status",)

    class Meta:
        model = Job
        fields = ["q", "status", "created_at"]


class WorkCalendarFilter(FilterSet):
    q = SearchFilter(_("名称"), field_name="name", lookup_expr="icontains")
    arranged = django_filters.ChoiceFilter(
        label=_("放假和调休"), choices=[("missing", _("该安排而未安排"))], method="by_year", empty_label=_("全部")
    )

    visible = ("arranged",)

    class Meta:
        model = WorkCalendar
        fields = ["q", "arranged"]

    def by_year(self, rows: Any, name: str, value: str) -> Any:
        return without_year(rows, year_to_arrange(timezone.localdate()))
