from properties.queries.grid import building_grid
from properties.queries.overview import building_cards, community_sums, names_above, tree
from properties.queries.rows import (
    building_choices,
    building_rows,
    community_choices,
    community_rows,
    dependents,
    entrances_of,
    node_choices,
    open_orders,
    place_rows,
    team_rows,
    unit_rows,
    usage_summary,
    with_place,
)

__all__ = [
    "building_cards",
    "building_choices",
    "building_grid",
    "building_rows",
    "community_choices",
    "community_rows",
    "community_sums",
    "dependents",
    "entrances_of",
    "names_above",
    "node_choices",
    "open_orders",
    "place_rows",
    "team_rows",
    "tree",
    "unit_rows",
    "usage_summary",
    "with_place",
]
