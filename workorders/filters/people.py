"""Filters of the list of repairers."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.web.filters import ActiveFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter, YesNoFilter
from properties.current import communities_in_reach
from properties.models import Community


class RepairerFilter(FilterSet):
    visible = ("community", "skill", "status")
    q = SearchFilter(_("姓名、工号"), method="search")
    community = ScopedFilter(Community, "workorders.view_repairer", load=communities_in_reach, label=_("项目"))
    skill = DictFilter("skill", label=_("技能"), field_name="skills")
    automatic = YesNoFilter(label=_("参与自动派单"))
    status = ActiveFilter()

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(user__display_name__icontains=value) | Q(user__staff_number__istartswith=value))
