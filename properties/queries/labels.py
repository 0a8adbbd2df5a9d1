"""How buildings read where they stand beside those of other places."""

from collections.abc import Iterable
from functools import cache

from core.statements import KEYS, Instances, among
from properties.models import Building, Community


def building_labels(keys: Iterable[int]) -> dict[int, str]:
    """{building: its community and itself}; a report names every building of a city."""
    found = _buildings().rows(list(keys))
    places = dict(
        Community.objects.filter(pk__in={row.community_id for row in found}).order_by().values_list("pk", "name")
    )
    return {row.pk: f"{places[row.community_id]} {row}" for row in found}


@cache
def _buildings() -> Instances:
    return Instances(
        Building,
        lambda keys: Building._base_manager.filter(among("pk", keys)),
        KEYS,
        only=("id", "community_id", "number", "name"),
    )
