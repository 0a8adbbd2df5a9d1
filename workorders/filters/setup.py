"""Filters of what repairs go by, and of the requests to suspend."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.web.filters import ActiveFilter, DictFilter, FilterSet, ScopedFilter, SearchFilter
from properties.current import communities_in_reach
from properties.models import Community
from workorders.models import WorkOrder
from workorders.queries.search import search_orders
from workorders.states import Clock, RequestStatus, Urgency

APPROVE = "workorders.approve_suspension"
YES_NO = [("1", _("是")), ("0", _("否"))]


class MaterialFilter(FilterSet):
    visible = ("kept", "status")
    q = SearchFilter(_("编码、名称、规格"), method="search")
    kept = django_filters.ChoiceFilter(label=_("管库存"), choices=YES_NO, empty_label=_("全部"), method="by_kept")
    status = ActiveFilter()

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(code__istartswith=value) | Q(name__icontains=value) | Q(spec__icontains=value))

    def by_kept(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(stock__isnull=value == "0")


class PriceFilter(FilterSet):
    visible = ("community", "status")
    q = SearchFilter(_("服务项目"), method="search")
    community = ScopedFilter(
        Community, "workorders.view_priceitem", load=communities_in_reach, label=_("项目"), method="here"
    )
    status = ActiveFilter()

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(name__icontains=value) | Q(note__icontains=value))

    def here(self, rows: Any, name: str, value: Any) -> Any:
        """What holds there: the community's own prices and those of the house."""
        return rows.holding_in(value)


class RuleFilter(FilterSet):
    visible = ("category", "urgency", "skill")
    q = SearchFilter(_("类型"), field_name="kind__name", lookup_expr="icontains")
    category = DictFilter("repair_category", label=_("一级类型"))
    urgency = django_filters.ChoiceFilter(label=_("紧急程度"), choices=Urgency.choices, empty_label=_("全部"))
    skill = DictFilter("skill", label=_("技能"))
    paid = django_filters.ChoiceFilter(label=_("户内有偿"), choices=YES_NO, empty_label=_("全部"), method="by_paid")

    def by_paid(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(paid=value == "1")


class ClockFilter(FilterSet):
    visible = ("urgency", "clock", "kind")
    q = SearchFilter(_("类型"), field_name="kind__name", lookup_expr="icontains")
    urgency = django_filters.ChoiceFilter(label=_("紧急程度"), choices=Urgency.choices, empty_label=_("全部"))
    clock = django_filters.ChoiceFilter(label=_("时限"), choices=Clock.choices, empty_label=_("全部"))
    kind = DictFilter("repair_kind", label=_("类型"))


class SuspensionFilter(FilterSet):
    visible = ("status", "reason", "community")
    q = SearchFilter(_("工单号、房号"), method="search")
    status = django_filters.ChoiceFilter(label=_("状态"), choices=RequestStatus.choices, empty_label=_("全部"))
    reason = DictFilter("suspend_reason", label=_("原因"))
    community = ScopedFilter(
        Community, APPROVE, load=communities_in_reach, label=_("项目"), field_name="order__community"
    )

    def search(self, rows: Any, name: str, value: str) -> Any:
        found = search_orders(WorkOrder.objects.visible_to(self.user, APPROVE), value)
        return rows.filter(order__in=found.order_by().values("pk"))
