"""Filters of the inbox of conversations, and of the ready answers. `group` is what the tabs choose."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models import CannedReply, Enquiry
from complaints.queries.enquiries import GROUPS, of_group, search
from complaints.states import EnquiryStatus
from core.web.filters import ActiveFilter, Chip, DateRangeFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter
from core.web.searching import SearchesLast
from properties.current import communities_in_reach
from properties.models import Building, Community, Unit

VIEW = "complaints.view_enquiry"
YES_NO = [("1", _("是")), ("0", _("否"))]


class EnquiryFilter(SearchesLast, FilterSet):
    visible = ("topic", "unread", "group")
    q = SearchFilter(_("编号、房号、说过的话"), method="search")
    group = django_filters.ChoiceFilter(
        label=_("范围"), choices=GROUPS, empty_label=None, method="in_group", widget=forms.HiddenInput
    )
    topic = DictFilter("enquiry_topic", label=_("咨询事项"))
    unread = django_filters.ChoiceFilter(label=_("未读"), choices=YES_NO, empty_label=_("全部"), method="by_unread")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=EnquiryStatus.choices, empty_label=_("全部"))
    over = django_filters.ChoiceFilter(label=_("正在超时"), choices=YES_NO, empty_label=_("全部"), method="by_over")
    late = django_filters.ChoiceFilter(label=_("首次答复超时"), choices=YES_NO, empty_label=_("全部"), method="by_late")
    handled = django_filters.ChoiceFilter(
        label=_("接待人"), choices=[("none", _("还没有人接待"))], empty_label=_("全部"), method="by_handled"
    )
    community = ScopedFilter(Community, VIEW, label=_("项目"), load=communities_in_reach)
    building = ScopedFilter(
        Building, VIEW, picker="properties:building_picker", label=_("楼栋"), field_name="unit__building"
    )
    unit = ScopedFilter(Unit, VIEW, picker="properties:unit_picker", label=_("房号"))
    opened_at = DateRangeFilter(label=_("咨询日期"))

    class Meta:
        model = Enquiry
        fields: list[str] = []

    def chips(self, query: Any) -> Iterator[Chip]:
        """The tab already says which group it is."""
        return (chip for chip in super().chips(query) if chip.label != str(self.filters["group"].label))

    def search(self, rows: Any, name: str, value: str) -> Any:
        return search(rows, value)

    def in_group(self, rows: Any, name: str, value: str) -> Any:
        return of_group(rows, value, self.user)

    def by_unread(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(staff_unread__gt=0) if value == "1" else rows.filter(staff_unread=0)

    def by_over(self, rows: Any, name: str, value: str) -> Any:
        over = Q(due_at__lt=timezone.now())
        return rows.filter(over) if value == "1" else rows.exclude(over)

    def by_late(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(late=value == "1")

    def by_handled(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(handler__isnull=True)


class ReplyFilter(FilterSet):
    visible = ("topic", "community", "status")
    q = SearchFilter(_("标题、内容"), method="search")
    topic = DictFilter("enquiry_topic", label=_("咨询事项"))
    community = ScopedFilter(
        Community, "complaints.view_cannedreply", load=communities_in_reach, label=_("项目"), method="here"
    )
    status = ActiveFilter()

    class Meta:
        model = CannedReply
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(title__icontains=value) | Q(text__icontains=value))

    def here(self, rows: Any, name: str, value: Any) -> Any:
        """What holds there: the community's own and those of the house."""
        return rows.holding_in(value)
