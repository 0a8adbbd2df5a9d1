"""Filters of the list of orders."""

import django_filters
from django.utils.translation import gettext_lazy as _

from core.web.filters import FilterSet, ScopedFilter
from properties.models import Community
from workorders.states import Status


class WorkOrderFilter(FilterSet):
    visible = ("status", "community")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Status.choices, empty_label=_("全部"))
    community = ScopedFilter(Community, "workorders.view_workorder", label=_("项目"))
