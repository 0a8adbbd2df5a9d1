"""The red counts of the menu: how much waits for this person behind an entry. Counted no further than anybody reads."""

from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from dashboard import entries

MOST = 99


@dataclass(frozen=True)
class Count:
    """`place` is the id of the badge in the menu."""

    place: str
    number: int
    says: Any

    @property
    def shown(self) -> str:
        return f"{MOST}+" if self.number > MOST else str(self.number)


def counts_for(user: Any, community: Any) -> list[Count]:
    """One cheap statement for each entry the person may open."""
    found = []
    for entry in entries.counted():
        if user.has_perm(entry.permission):
            rows = import_string(entry.count.rows)(user, community)
            found.append(Count(entry.count_place, rows.order_by()[: MOST + 1].count(), entry.count.says))
    return found
