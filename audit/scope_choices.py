"""What a role may be given for: organisation nodes, communities, buildings. This floor knows no estate, so properties fills the
registry in ready(); until somebody does, there is nothing to choose.

    scope_choices.register(nodes=..., communities=..., buildings=..., materialise=...)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from core import context


@dataclass(frozen=True)
class Choice:
    """One place a grant can name. `parent_id` is the node above a node or a community, and the community of a building."""

    id: int
    label: str
    parent_id: int | None = None
    code: str = ""


Listing = Callable[[], Sequence[Choice]]


def _nothing() -> Sequence[Choice]:
    return ()


def _no_communities(node_ids: Iterable[int]) -> Iterable[int]:
    return ()


@dataclass(frozen=True)
class Estate:
    """The four answers the owner of the estate gives. Stopped places are left out; buildings come in the order of their lists."""

    nodes: Listing = _nothing
    communities: Listing = _nothing
    buildings: Listing = _nothing
    materialise: Callable[[Iterable[int]], Iterable[int]] = _no_communities


_estate = Estate()


def register(
    *, nodes: Listing, communities: Listing, buildings: Listing, materialise: Callable[[Iterable[int]], Iterable[int]]
) -> None:
    """`materialise(node_ids)` gives the ids of all communities below the nodes, stopped ones included."""
    global _estate
    _estate = Estate(nodes, communities, buildings, materialise)


def nodes() -> list[Choice]:
    """The organisation above the communities, parents before children."""
    return list(_estate.nodes())


def communities() -> list[Choice]:
    return list(_estate.communities())


def buildings() -> list[Choice]:
    return list(_estate.buildings())


def materialise(node_ids: Iterable[int]) -> list[int]:
    """The communities below the nodes, each once."""
    return sorted(set(_estate.materialise(list(node_ids))))


def communities_of(building_ids: Iterable[int]) -> list[int]:
    """The communities in which the buildings stand: rows without a building are visible there."""
    wanted = set(building_ids)
    return sorted({row.parent_id for row in buildings() if row.id in wanted and row.parent_id is not None})


def community_names(ids: Iterable[int]) -> list[str]:
    """Labels of communities for pages and the log; an id nobody knows any more is shown as a number."""
    request_id = context.current().request_id
    labels = _labels_in(request_id) if request_id else _labels()
    return [labels.get(pk, f"#{pk}") for pk in ids]


def _labels() -> dict[int, str]:
    return {row.id: row.label for row in communities()}


@lru_cache(maxsize=4)
def _labels_in(request_id: str) -> dict[int, str]:
    """Read once for each request: a page of log entries names a community in every row."""
    return _labels()
