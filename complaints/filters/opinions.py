"""Filters of the list of opinions, and of the keywords."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models import KeywordRule, OpinionEntry
from complaints.states import Level, Mood, OpinionStatus
from core.web.filters import ActiveFilter, Chip, DateRangeFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter
from properties.current import communities_in_reach
from properties.models import Community


class OpinionFilter(FilterSet):
    visible = ("platform", "level", "mood", "status")
    q = SearchFilter(_("标题、内容、网名、关键词"), method="search")
    status = django_filters.ChoiceFilter(
        label=_("状态"), choices=OpinionStatus.choices, empty_label=_("全部"), widget=forms.HiddenInput
    )
    platform = DictFilter("opinion_platform", label=_("平台"))
    level = django_filters.ChoiceFilter(label=_("级别"), choices=Level.choices, empty_label=_("全部"))
    mood = django_filters.ChoiceFilter(label=_("情感倾向"), choices=Mood.choices, empty_label=_("全部"))
    topic = DictFilter("complaint_topic", label=_("类别"))
    raised = django_filters.ChoiceFilter(
        label=_("转出投诉"),
        choices=[("1", _("已转出")), ("0", _("没有转出"))],
        empty_label=_("全部"),
        method="by_raised",
    )
    community = ScopedFilter(Community, "complaints.view_opinionentry", label=_("项目"), load=communities_in_reach)
    posted_at = DateRangeFilter(label=_("发布日期"))

    class Meta:
        model = OpinionEntry
        fields: list[str] = []

    def chips(self, query: Any) -> Iterator[Chip]:
        """The tab already says which state it is."""
        return (chip for chip in super().chips(query) if chip.label != str(self.filters["status"].label))

    def search(self, rows: Any, name: str, value: str) -> Any:
        words = (f"{field}__icontains" for field in ("title", "text", "author", "words"))
        wanted = Q()
        for lookup in words:
            wanted |= Q(**{lookup: value})
        return rows.filter(wanted)

    def by_raised(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(complaint__isnull=value != "1")


class KeywordFilter(FilterSet):
    visible = ("level", "topic", "status")
    q = SearchFilter(_("关键词"), field_name="word", lookup_expr="icontains")
    level = django_filters.ChoiceFilter(label=_("建议级别"), choices=Level.choices, empty_label=_("全部"))
    topic = DictFilter("complaint_topic", label=_("建议类别"))
    status = ActiveFilter()

    class Meta:
        model = KeywordRule
        fields: list[str] = []
