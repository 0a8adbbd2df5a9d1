"""Filters of the list of outages."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from core.web.filters import DateRangeFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter
from properties.current import communities_in_reach
from properties.models import Building, Community
from workorders.models import Outage
from workorders.states import OutageKind

VIEW = "workorders.view_outage"


class OutageFilter(FilterSet):
    visible = ("running", "kind", "category")
    q = SearchFilter(_("标题"), field_name="title", lookup_expr="icontains")
    running = django_filters.ChoiceFilter(
        label=_("状态"), choices=[("yes", _("影响中")), ("no", _("已恢复"))], empty_label=_("全部"), method="by_running"
    )
    kind = django_filters.ChoiceFilter(label=_("性质"), choices=OutageKind.choices, empty_label=_("全部"))
    category = DictFilter("repair_category", label=_("报修类型"))
    community = ScopedFilter(Community, VIEW, label=_("项目"), load=communities_in_reach)
    building = ScopedFilter(Building, VIEW, picker="properties:building_picker", label=_("楼栋"), method="in_building")
    started_at = DateRangeFilter(label=_("开始日期"))

    class Meta:
        model = Outage
        fields: list[str] = []

    def by_running(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(ended_at__isnull=value == "yes")

    def in_building(self, rows: Any, name: str, value: Building) -> Any:
        return rows.filter(places__building=value)
