"""The places of a grant as a tree for the form: organisation nodes with their communities, communities with their buildings."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from audit import scope_choices
from audit.scope_choices import Choice


@dataclass(frozen=True)
class Leaf:
    """One line with its check box. `kind` is the form field: nodes, communities or buildings ("" = a mere heading)."""

    kind: str
    id: int
    label: str
    depth: int
    checked: bool


def community_tree(nodes: Collection[int], communities: Collection[int]) -> list[Leaf]:
    """Nodes and communities, each under its parent; communities without a known node stand at the end."""
    below: dict[int | None, list[Choice]] = defaultdict(list)
    for row in scope_choices.nodes():
        below[row.parent_id].append(row)
    inside: dict[int | None, list[Choice]] = defaultdict(list)
    known = {row.id for rows in below.values() for row in rows}
    for row in scope_choices.communities():
        inside[row.parent_id if row.parent_id in known else None].append(row)
    leaves: list[Leaf] = []

    def walk(parent: int | None, depth: int) -> None:
        for node in below[parent]:
            leaves.append(Leaf("nodes", node.id, node.label, depth, node.id in nodes))
            leaves.extend(
                Leaf("communities", row.id, row.label, depth + 1, row.id in communities) for row in inside[node.id]
            )
            walk(node.id, depth + 1)

    walk(None, 0)
    leaves += [Leaf("communities", row.id, row.label, 0, row.id in communities) for row in inside[None]]
    return leaves


def building_tree(buildings: Collection[int]) -> list[Leaf]:
    """Buildings under their communities."""
    inside: dict[int | None, list[Choice]] = defaultdict(list)
    for row in scope_choices.buildings():
        inside[row.parent_id].append(row)
    leaves: list[Leaf] = []
    for community in scope_choices.communities():
        if inside[community.id]:
            leaves.append(Leaf("", community.id, community.label, 0, False))
            leaves += [Leaf("buildings", row.id, row.label, 1, row.id in buildings) for row in inside[community.id]]
    return leaves
