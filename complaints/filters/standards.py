"""Filters of the clock standards and of the rules for few stars."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from complaints.services.standards import OF_THE_HOUSE
from complaints.states import Kind, Level, LowAct
from core.web.filters import FilterSet, ScopedFilter
from properties.current import communities_in_reach
from properties.models import Community

ALL = _("全部")


class StandardFilter(FilterSet):
    visible = ("level", "clock", "kind")
    level = django_filters.ChoiceFilter(label=_("级别"), choices=Level.choices, empty_label=ALL)
    clock = django_filters.ChoiceFilter(
        label=_("时限"), choices=[(one, one.label) for one in OF_THE_HOUSE], empty_label=ALL
    )
    kind = django_filters.ChoiceFilter(label=_("性质"), choices=Kind.choices, empty_label=ALL)


class LowRuleFilter(FilterSet):
    visible = ("community", "act")
    community = ScopedFilter(
        Community, "complaints.view_lowratingrule", load=communities_in_reach, label=_("项目"), method="here"
    )
    act = django_filters.ChoiceFilter(label=_("怎样处理"), choices=LowAct.choices, empty_label=ALL)

    def here(self, rows: Any, name: str, value: Any) -> Any:
        """What holds there: the community's own and that of all."""
        return rows.holding_in(value)
