"""Filters of the list of codes."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.web.filters import ActiveFilter, FilterSet, ScopedFilter, SearchFilter
from owners.queries.rooms import units_like
from properties.current import communities_in_reach
from properties.models import Community
from workorders.models import ReportCode


class CodeFilter(FilterSet):
    visible = ("disabled_at", "community")
    q = SearchFilter(_("位置或房号"), method="search")
    disabled_at = ActiveFilter()
    community = ScopedFilter(Community, "workorders.manage_reportcode", label=_("项目"), load=communities_in_reach)

    class Meta:
        model = ReportCode
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(place__name__icontains=value.strip()) | Q(unit__in=units_like(value).values("pk")))
