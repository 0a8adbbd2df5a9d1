"""Filters of the clock standards."""

import django_filters
from django.utils.translation import gettext_lazy as _

from complaints.services.standards import OF_THE_HOUSE
from complaints.states import Kind, Level
from core.web.filters import FilterSet

ALL = _("全部")


class StandardFilter(FilterSet):
    visible = ("level", "clock", "kind")
    level = django_filters.ChoiceFilter(label=_("级别"), choices=Level.choices, empty_label=ALL)
    clock = django_filters.ChoiceFilter(
        label=_("时限"), choices=[(one, one.label) for one in OF_THE_HOUSE], empty_label=ALL
    )
    kind = django_filters.ChoiceFilter(label=_("性质"), choices=Kind.choices, empty_label=ALL)
