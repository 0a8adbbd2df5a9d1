"""Filters of the list of orders. `group` is what the tabs choose; it stands in the bar unseen, so that other filters keep it."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from core.masking import mask_phone
from core.normalise import normalise_phone
from core.web.digest_filters import DigestFilter
from core.web.filters import Chip, DateRangeFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter
from core.web.searching import SearchesLast
from properties.current import communities_in_reach
from properties.models import Building, Community, Place, Team, Unit
from workorders.models import Outage, Repairer, WorkOrder
from workorders.queries.groups import GROUPS, of_group
from workorders.queries.missed import missing
from workorders.queries.search import search_orders
from workorders.states import Area, Clock, Source, Status, Urgency, Warranty

VIEW = "workorders.view_workorder"


def _by_phone(rows: Any, way: str, digest: bytes) -> Any:
    return rows.filter(**{"phone_last4" if way == "l" else "phone_index": digest})


class WorkOrderFilter(SearchesLast, FilterSet):
    visible = ("category", "urgency", "assignee", "group")
    typed = ("category", "kind", "cause")
    permission = VIEW
    kinds = frozenset({"category", "kind", "cause", "urgency", "source", "area", "late", "materials"})
    q = SearchFilter(_("工单号、房号、报事人"), method="search")
    group = django_filters.ChoiceFilter(
        label=_("范围"), choices=GROUPS, empty_label=None, method="in_group", widget=forms.HiddenInput
    )
    category = DictFilter("repair_category", label=_("类型"))
    urgency = django_filters.ChoiceFilter(label=_("紧急"), choices=Urgency.choices, empty_label=_("全部"))
    assignee = ScopedFilter(
        Repairer, VIEW, label=_("处理人"), method="of_assignee", picker="workorders:repairer_picker"
    )
    status = django_filters.ChoiceFilter(label=_("状态"), choices=Status.choices, empty_label=_("全部"))
    community = ScopedFilter(Community, VIEW, label=_("项目"), load=communities_in_reach)
    kind = DictFilter("repair_kind", label=_("二级类型"))
    source = django_filters.ChoiceFilter(label=_("来源渠道"), choices=Source.choices, empty_label=_("全部"))
    area = django_filters.ChoiceFilter(label=_("区域"), choices=Area.choices, empty_label=_("全部"))
    building = ScopedFilter(Building, VIEW, picker="properties:building_picker", label=_("楼栋"))
    unit = ScopedFilter(Unit, VIEW, picker="properties:unit_picker", label=_("房号"))
    place = ScopedFilter(Place, VIEW, picker="workorders:place_picker", label=_("公共区域"))
    team = ScopedFilter(Team, VIEW, label=_("责任班组"))
    phone = DigestFilter(
        kind="phone", normalise=normalise_phone, mask=mask_phone, find=_by_phone, last4=True, label=_("报事人电话")
    )
    outage = ScopedFilter(Outage, VIEW, picker="workorders:outage_picker", label=_("已知故障"))
    reported_at = DateRangeFilter(label=_("受理日期"))
    completed_at = DateRangeFilter(label=_("完成日期"))
    late = django_filters.ChoiceFilter(
        label=_("曾超时"), choices=[("1", _("是")), ("0", _("否"))], empty_label=_("全部"), method="by_late"
    )
    paid = django_filters.ChoiceFilter(
        label=_("有偿"), choices=[("1", _("是")), ("0", _("否"))], empty_label=_("全部"), method="by_paid"
    )
    warranty = django_filters.ChoiceFilter(label=_("是否在保"), choices=Warranty.choices, empty_label=_("全部"))
    cause = DictFilter("fault_cause", label=_("故障原因"))
    rating = django_filters.ChoiceFilter(
        label=_("评价"),
        choices=[("low", _("1–3 星")), ("high", _("4–5 星")), ("any", _("已评价")), ("none", _("未评价"))],
        empty_label=_("全部"),
        method="by_rating",
    )
    rework = django_filters.ChoiceFilter(
        label=_("返工"), choices=[("1", _("返工过")), ("0", _("没有返工"))], empty_label=_("全部"), method="by_rework"
    )
    # What the figures of the statistics lead to.
    finished = django_filters.ChoiceFilter(
        label=_("完工"), choices=[("1", _("完工过")), ("0", _("没有完工"))], empty_label=_("全部"), method="by_finished"
    )
    missed = django_filters.ChoiceFilter(
        label=_("哪个时限超时"), choices=Clock.choices, empty_label=_("全部"), method="by_missed"
    )
    materials = django_filters.ChoiceFilter(
        label=_("用过物料"), choices=[("1", _("是")), ("0", _("否"))], empty_label=_("全部"), method="by_materials"
    )
    blank = django_filters.ChoiceFilter(
        label=_("没有填写"), choices=[("building", _("楼栋")), ("team", _("责任班组")), ("assignee", _("处理人"))],
        empty_label=_("全部"), method="by_blank",
    )  # fmt: skip

    class Meta:
        model = WorkOrder
        fields: list[str] = []

    def chips(self, query: Any) -> Iterator[Chip]:
        """The tab already says which group it is."""
        return (chip for chip in super().chips(query) if chip.label != str(self.filters["group"].label))

    def search(self, rows: Any, name: str, value: str) -> Any:
        return search_orders(rows, value)

    def in_group(self, rows: Any, name: str, value: str) -> Any:
        return of_group(rows, value)

    def of_assignee(self, rows: Any, name: str, value: Repairer) -> Any:
        return rows.filter(assignee=value.user_id)

    def by_late(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(late=value == "1")

    def by_paid(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(paid=value == "1")

    def by_rework(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(rework_count__gt=0) if value == "1" else rows.filter(rework_count=0)

    def by_rating(self, rows: Any, name: str, value: str) -> Any:
        if value == "none":
            return rows.filter(stars__isnull=True, completed_at__isnull=False)
        if value == "any":
            return rows.filter(stars__isnull=False)
        return rows.filter(stars__lte=3) if value == "low" else rows.filter(stars__gte=4)

    def by_finished(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(completed_at__isnull=value != "1")

    def by_missed(self, rows: Any, name: str, value: str) -> Any:
        return missing(rows, value)

    def by_materials(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(materials_fee__gt=0) if value == "1" else rows.filter(materials_fee=0)

    def by_blank(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(**{f"{value}__isnull": True})
