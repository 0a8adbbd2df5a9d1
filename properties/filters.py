"""Filters of the estate's lists. 项目 is an ordinary filter: the menu sets it to the community in which the person works,
so it stands as a chip, is part of the address, and goes away with a click."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.web.batch_filter import BatchFilter
from core.web.filters import (
    ActiveFilter,
    DateRangeFilter,
    DictFilter,
    FilterSet,
    NumberRangeFilter,
    ScopedFilter,
    SearchFilter,
)
from core.web.rendering import LeanSelect
from properties.current import communities_in_reach
from properties.models import Building, Community, DeliveryStatus, OrgNode, UnitKind, UnitMark, UsageStatus
from properties.naming import canonical_building, canonical_entrance, canonical_number, search_words, split_room


def in_community(permission: str) -> ScopedFilter:
    return ScopedFilter(Community, permission, load=communities_in_reach, label=_("项目"))


def in_building(permission: str) -> ScopedFilter:
    return ScopedFilter(Building, permission, picker="properties:building_picker", label=_("楼栋"))


def _by_name(*fields: str) -> Any:
    """A scrap of any of the fields, upper or lower case."""

    def search(self: Any, rows: Any, name: str, value: str) -> Any:
        condition = Q()
        for field in fields:
            condition |= Q(**{f"{field}__icontains": value.strip()})
        return rows.filter(condition)

    return search


class CommunityFilter(FilterSet):
    visible = ("node", "city", "status")
    q = SearchFilter(_("编码、名称、地址"), method="search")
    node = django_filters.ModelChoiceFilter(
        queryset=OrgNode.objects.order_by("path"), label=_("所属组织"), method="below", empty_label=_("全部")
    )
    city = django_filters.AllValuesFilter(field_name="city", label=_("城市"), empty_label=_("全部"))
    status = ActiveFilter()
    taken_over_on = DateRangeFilter(label=_("接管日期"))

    search = _by_name("code", "name", "short_name", "address", "developer")

    def below(self, rows: Any, name: str, node: OrgNode) -> Any:
        return rows.filter(node__path__startswith=node.path)


class BuildingFilter(FilterSet):
    visible = ("community", "building_type", "status")
    q = SearchFilter(_("楼栋号、名称、门牌"), method="search")
    community = in_community("properties.view_building")
    building_type = DictFilter("building_type", label=_("楼栋类型"))
    status = ActiveFilter()
    floors_above = NumberRangeFilter(label=_("地上层数"))
    completed_on = DateRangeFilter(label=_("竣工验收合格日"))

    def search(self, rows: Any, name: str, value: str) -> Any:
        number = canonical_building(value)
        return rows.filter(Q(number__istartswith=number) | Q(name__icontains=value) | Q(address__icontains=value))


class UnitFilter(FilterSet):
    visible = ("community", "building", "usage")
    q = SearchFilter(_("房号，如 3-2-1502"), method="search")
    community = in_community("properties.view_unit")
    building = in_building("properties.view_unit")
    usage = django_filters.ChoiceFilter(
        choices=UsageStatus, label=_("使用状态"), empty_label=_("全部"), widget=LeanSelect
    )
    room = django_filters.CharFilter(label=_("房号（精确）"), method="exactly")
    entrance = django_filters.CharFilter(label=_("单元"), method="in_entrance")
    floor = NumberRangeFilter(label=_("楼层"))
    kind = django_filters.ChoiceFilter(choices=UnitKind, label=_("类别"), empty_label=_("全部"))
    unit_type = DictFilter("unit_type", label=_("房屋类型"))
    delivery_status = django_filters.ChoiceFilter(choices=DeliveryStatus, label=_("交付状态"), empty_label=_("全部"))
    orientation = DictFilter("orientation", label=_("朝向"))
    property_nature = DictFilter("property_nature", label=_("产权性质"))
    built_area = NumberRangeFilter(label=_("建筑面积（㎡）"))
    delivered_on = DateRangeFilter(label=_("交付日期"))
    mark = django_filters.ChoiceFilter(choices=UnitMark.Kind, label=_("标记"), empty_label=_("全部"), method="marked")
    status = ActiveFilter()
    batch = BatchFilter("properties.unit")

    def search(self, rows: Any, name: str, value: str) -> Any:
        """Any beginning of any spelling of the room."""
        words = search_words(value)
        return rows.filter(search__begins=words) if words else rows

    def exactly(self, rows: Any, name: str, value: str) -> Any:
        """The whole room in any spelling, or the whole room number."""
        room = split_room(value)
        if room is None:
            return rows.filter(number=canonical_number(value))
        rows = rows.filter(building__number=room.building, number=room.number)
        return rows.filter(entrance=room.entrance) if room.entrance else rows

    def in_entrance(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(entrance=canonical_entrance(value))

    def marked(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(pk__in=UnitMark.objects.filter(kind=value).values("unit"))


class PlaceFilter(FilterSet):
    visible = ("community", "place_type", "status")
    q = SearchFilter(_("位置名称、编码"), method="search")
    community = in_community("properties.view_place")
    place_type = DictFilter("place_type", label=_("区域类型"))
    status = ActiveFilter()
    building = in_building("properties.view_building")

    search = _by_name("name", "code", "building__name", "building__number")


class TeamFilter(FilterSet):
    visible = ("community", "team_type", "status")
    q = SearchFilter(_("班组、班长、成员"), method="search")
    community = in_community("properties.view_team")
    team_type = DictFilter("team_type", label=_("班组类型"))
    status = ActiveFilter()

    def search(self, rows: Any, name: str, value: str) -> Any:
        people = Q(leader__display_name__icontains=value) | Q(members__display_name__icontains=value)
        return rows.filter(pk__in=rows.model.objects.filter(Q(name__icontains=value) | people).values("pk"))
