"""What holds for all rows of an import."""

from dataclasses import dataclass
from functools import cached_property

from audit.access import Scope
from owners.importing.columns import UNIT_KEYS
from owners.importing.problems import Blame


@dataclass(frozen=True)
class Ground:
    """Whose import it is, where it may write, what the file's columns are, what is assumed."""

    scope: Scope
    community_id: int
    blame: Blame
    default_unit_type: int | None
    default_role: str
    area_free_types: frozenset[int]  # parking spaces and store rooms are often sold without one

    @cached_property
    def unit_keys(self) -> tuple[str, ...]:
        """What the file says about units: rows need not be asked for columns that it has not."""
        return tuple(key for key in UNIT_KEYS if key in self.blame.letters)

    def may_write(self, building_id: int) -> bool:
        return self.scope.covers_community(self.community_id) or building_id in self.scope.building_ids
