"""Trees and cards: the organisation with its communities, a community with its buildings (R6, R31)."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Q

from properties.models import Building, Community, DeliveryStatus, OrgNode, Unit, UnitKind, UnitMark, UsageStatus
from properties.policies import ADD_COMMUNITY, ADD_NODE, CHANGE_NODE, can_change_node
from properties.queries.amounts import counted
from properties.queries.rows import ACTIVE

SPACES = (UnitKind.PARKING, UnitKind.STORAGE)


def tree(user: Any) -> list[dict[str, Any]]:
    """All nodes in the order of the tree, each with its depth, the communities the user may see (counts summed upward) and whether
    he may change it."""
    nodes = list(OrgNode.objects.select_related("parent"))
    order = {node.pk: f"{node.sort:06}-{node.pk:06}" for node in nodes}
    shown = Community.objects.visible_to(user, "properties.view_community")
    communities = defaultdict(list)
    below: dict[int, int] = defaultdict(int)
    for community in shown.select_related("node").annotate(
        unit_count=Count("units", filter=Q(units__disabled_at__isnull=True))
    ):
        communities[community.node_id].append(community)
        for node_id in community.node.path.strip("/").split("/"):
            below[int(node_id)] += 1
    nodes.sort(key=lambda node: [order.get(int(pk), "") for pk in node.path.strip("/").split("/")])
    return [
        {
            "node": node,
            "depth": min(node.path.count("/") - 2, 4),
            "communities": communities[node.pk],
            "below": below[node.pk],
            "may_add": can_change_node(user, ADD_NODE, node),
            "may_change": can_change_node(user, CHANGE_NODE, node),
            "may_add_community": not node.disabled_at and can_change_node(user, ADD_COMMUNITY, node),
        }
        for node in nodes
    ]


def names_above(community: Community) -> list[str]:
    """集团, 区域, 城市 above a community."""
    ids = [int(pk) for pk in community.node.path.strip("/").split("/")]
    names = dict(OrgNode.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [names[pk] for pk in ids if pk in names]


def community_sums(community: Community) -> dict[str, int]:
    units = Unit.objects.filter(ACTIVE, community=community)
    sums = units.aggregate(
        units=Count("pk"),
        spaces=Count("pk", filter=Q(kind__in=SPACES)),
        delivered=Count("pk", filter=Q(delivery_status=DeliveryStatus.DELIVERED)),
        vacant=Count("pk", filter=Q(usage=UsageStatus.VACANT)),
    )
    return sums | {"buildings": Building.objects.filter(ACTIVE, community=community).count()}


def building_cards(community: Community, user: Any) -> list[dict[str, Any]]:
    """The buildings of a community with how their units are used and what is marked: three queries, however many buildings."""
    rows = Building.objects.visible_to(user, "properties.view_building").filter(ACTIVE, community=community)
    buildings = list(rows.select_related("building_type").order_by("sort_key"))
    uses: dict[int, dict[str, int]] = defaultdict(dict)
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    units = Unit.objects.filter(ACTIVE, building__in=buildings).order_by()
    for row in units.values("building", "usage", "kind").annotate(n=Count("pk")):
        uses[row["building"]][row["usage"]] = uses[row["building"]].get(row["usage"], 0) + row["n"]
        kinds[row["building"]][row["kind"]] += row["n"]
    marks: dict[int, dict[str, int]] = defaultdict(dict)
    marked = UnitMark.objects.filter(unit__building__in=buildings, unit__disabled_at__isnull=True).order_by()
    for mark in marked.values("unit__building", "kind").annotate(n=Count("unit", distinct=True)):
        marks[mark["unit__building"]][mark["kind"]] = mark["n"]
    return [_card(building, kinds[building.pk], uses[building.pk], marks[building.pk]) for building in buildings]


def _card(building: Building, kinds: Counter[str], uses: dict[str, int], marks: dict[str, int]) -> dict[str, Any]:
    return {
        "building": building,
        "total": kinds.total(),
        "amount": counted(kinds),
        "uses": [
            {"usage": value, "word": label, "count": uses[value]}
            for value, label in UsageStatus.choices
            if uses.get(value)
        ],
        "marks": [
            {"kind": value, "word": label, "count": marks[value]}
            for value, label in UnitMark.Kind.choices
            if marks.get(value)
        ],
    }
