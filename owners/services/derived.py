"""The columns of an owner that follow from other rows: search keys, communities, completeness.

Set-based, so that the services (one owner), the import (a hundred thousand) and the rebuild command share one truth. Only rows
that differ are written: a rebuild of a true table writes nothing.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import connection

from core.lexemes import literal
from owners.indexing import WEIGHTS, owner_lexemes
from owners.models import Owner

CHUNK = 5_000

# Tenures count whether they have ended or not: who once lived here stays visible here, and the value does not depend on the day
# it is computed.
_FACTS = f"""
    SELECT o.id,
           COALESCE((SELECT array_agg(DISTINCT t.community_id ORDER BY t.community_id)
                       FROM owners_tenure t WHERE t.owner_id = o.id), '{{}}') AS community_ids,
           CASE WHEN o.name <> '' THEN {WEIGHTS["name"]} ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM owners_ownerphone p WHERE p.owner_id = o.id) THEN {WEIGHTS["phone"]} ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM owners_tenure t WHERE t.owner_id = o.id) THEN {WEIGHTS["unit"]} ELSE 0 END
         + CASE WHEN o.id_index IS NOT NULL THEN {WEIGHTS["id_number"]} ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM owners_emergencycontact e WHERE e.owner_id = o.id)
                THEN {WEIGHTS["emergency"]} ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM owners_familymember f WHERE f.owner_id = o.id AND f.left_on IS NULL)
                THEN {WEIGHTS["family"]} ELSE 0 END
         + CASE WHEN EXISTS (SELECT 1 FROM owners_vehicle v WHERE v.owner_id = o.id AND v.disabled_at IS NULL)
                THEN {WEIGHTS["vehicle"]} ELSE 0 END AS completeness
      FROM owners_owner o WHERE o.id = ANY(%(ids)s)
"""  # noqa: S608  only the weights are put in, numbers of our own
_UPDATE = f"""
    UPDATE owners_owner AS o
       SET community_ids = facts.community_ids, completeness = facts.completeness, search = keys.search::tsvector
      FROM ({_FACTS}) AS facts
      JOIN unnest(%(ids)s::bigint[], %(keys)s::text[]) AS keys(id, search) USING (id)
     WHERE o.id = facts.id
       AND (o.community_ids, o.completeness, o.search)
           IS DISTINCT FROM (facts.community_ids, facts.completeness::smallint, keys.search::tsvector)
"""  # noqa: S608  only constants are put in


def refresh_owner(owner_ids: Iterable[int]) -> int:
    """Brings the derived columns of these owners up to date; returns how many rows had to change."""
    changed = 0
    remaining = iter(owner_ids)
    while chunk := set(islice(remaining, CHUNK)):
        names = list(Owner.objects.filter(pk__in=chunk).order_by("pk").values_list("pk", "name", "number"))
        keys = [literal(owner_lexemes(name, number)) for _pk, name, number in names]
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, {"ids": [pk for pk, _name, _number in names], "keys": keys})
            changed += cursor.rowcount
    return changed


def all_owner_ids() -> Iterator[int]:
    """Every owner's id in order, a chunk at a time."""
    last = 0
    while ids := list(Owner.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield from ids
        last = ids[-1]
