"""Rules about single objects of the estate beyond a permission, as the pages show them and the services keep them."""

from typing import Any

from django.db import models

from properties.models import Building, Community, OrgNode

ADD_NODE, CHANGE_NODE = "properties.add_orgnode", "properties.change_orgnode"
ADD_COMMUNITY = "properties.add_community"
ADD_BUILDING = "properties.add_building"


def reaches(user: Any, permission: str, row: models.Model) -> bool:
    """Whether `visible_to(user, permission)` holds this row, from the row's own columns: for buttons, which cost no query and are not
    offered where pressing them would be answered with 404. For rows of one community; not for a person, who may have several."""
    scope = user.access.scope(permission)
    if scope.everything:
        return True
    building_path = getattr(row, "scope_building_path", "")
    communities = scope.community_ids if building_path else scope.community_ids | scope.building_community_ids
    if _standing(row, row.scope_path) in communities:  # type: ignore[attr-defined]
        return True
    return bool(building_path) and _standing(row, building_path) in scope.building_ids


def _standing(row: models.Model, path: str) -> Any:
    return row.pk if path == "pk" else getattr(row, row._meta.get_field(path).attname)  # type: ignore[union-attr]


def can_add_building(user: Any, community: Community | None = None) -> bool:
    """Who holds single buildings makes no others: the new one would lie outside of what he holds. None asks for any community."""
    scope = user.access.scope(ADD_BUILDING)
    return scope.covers_community(community.pk) if community else bool(scope.everything or scope.community_ids)


def can_copy_building(user: Any, building: Building) -> bool:
    return reaches(user, "properties.copy_building", building) and can_add_building(user)


def can_change_node(actor: Any, permission: str, node: OrgNode | None) -> bool:
    """The tree decides what other people's grants reach. So a node is for those who hold the permission everywhere, or by 组织子树
    on it or on a node above it; holding it in some communities is not enough: that goes for what is done to a node and for a new
    community below it. None is the top, where groups stand."""
    if actor.actor_type != "user":
        return True
    scope = actor.access.scope(permission)
    return bool(scope.everything or (node is not None and scope.node_ids.intersection(node.above)))


def can_add_community(actor: Any) -> bool:
    """Whether any node is there that a new community of this person may stand below; one query, by the same rule as filter."""
    return OrgNode.objects.visible_to(actor, ADD_COMMUNITY).filter(disabled_at__isnull=True).exists()
