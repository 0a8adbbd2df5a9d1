"""Rules about single objects of the estate beyond a permission, as the pages show them and the services keep them."""

from typing import Any

from properties.models import OrgNode

ADD_NODE, CHANGE_NODE = "properties.add_orgnode", "properties.change_orgnode"
ADD_COMMUNITY = "properties.add_community"


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
