"""Filters of core's own lists."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.models import Job, JobStatus
from core.web.filters import DateRangeFilter, FilterSet, SearchFilter


class JobFilter(FilterSet):
    q = SearchFilter(_("任务标题"), field_name="title", lookup_expr="icontains")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=JobStatus.choices, empty_label=_("全部"))
    created_at = DateRangeFilter(label=_("发起时间"))

    visible = ("status",)

    class Meta:
        model = Job
        fields = ["q", "status", "created_at"]
