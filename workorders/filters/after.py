"""Filters of the list of 督办."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web.filters import DateRangeFilter, FilterSet, ScopedFilter, SearchFilter
from properties.current import communities_in_reach
from properties.models import Community
from workorders.models import Supervision

VIEW = "workorders.view_workorder"
STATES = [("open", _("待回复")), ("late", _("过期未回复")), ("replied", _("已回复"))]


class SupervisionFilter(FilterSet):
    visible = ("state", "origin", "community")
    q = SearchFilter(_("工单号、位置、要求"), method="search")
    state = django_filters.ChoiceFilter(label=_("状态"), choices=STATES, empty_label=_("全部"), method="in_state")
    origin = django_filters.ChoiceFilter(
        label=_("起因"),
        choices=[("hand", _("人工督办")), ("clock", _("超时自动"))],
        empty_label=_("全部"),
        method="by_origin",
    )
    community = ScopedFilter(Community, VIEW, label=_("项目"), load=communities_in_reach, field_name="order__community")
    due_at = DateRangeFilter(label=_("要求完成日期"))
    created_at = DateRangeFilter(label=_("督办日期"))

    class Meta:
        model = Supervision
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        word = value.strip()
        return rows.filter(
            Q(order__number__iexact=word) | Q(order__address__icontains=word) | Q(demand__icontains=word)
        )

    def in_state(self, rows: Any, name: str, value: str) -> Any:
        if value == "replied":
            return rows.filter(replied_at__isnull=False)
        rows = rows.filter(replied_at__isnull=True)
        return rows.filter(due_at__lt=timezone.now()) if value == "late" else rows

    def by_origin(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(level="") if value == "hand" else rows.exclude(level="")
