"""Filters of the list of 交接班."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from core.web.filters import DateRangeFilter, FilterSet, ScopedFilter
from properties.current import communities_in_reach
from properties.models import Community
from workorders.models import Handover

VIEW = "workorders.view_handover"


class HandoverFilter(FilterSet):
    visible = ("taken", "community")
    taken = django_filters.ChoiceFilter(
        label=_("状态"), choices=[("no", _("待接班")), ("yes", _("已接班"))], empty_label=_("全部"), method="by_taken"
    )
    community = ScopedFilter(Community, VIEW, label=_("项目"), load=communities_in_reach)
    given_at = DateRangeFilter(label=_("交班日期"))

    class Meta:
        model = Handover
        fields: list[str] = []

    def by_taken(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(taken_at__isnull=value == "no")
