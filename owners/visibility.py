"""How one reader sees the protected values of people (姓名, 手机, 证件), community by community (DOMAIN 2.0).

Rows fetched with `read_by(user)` carry their reader, so that list columns, exports and templates ask one place.
"""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext as _

from audit.models import FieldVisibility
from core import masking
from properties.scoping import ScopedQuerySet

_RANK: dict[str, int] = {FieldVisibility.HIDDEN: 0, FieldVisibility.MASKED: 1, FieldVisibility.PLAIN: 2}


MASKS = {"name": masking.mask_name, "phone": masking.mask_phone, "id": masking.mask_id_number}


class Eyes:
    """The eyes of one person on the page: the level of a field in some communities, looked up once each."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._levels: dict[tuple[str, Any], str] = {}

    def level(self, field: str, community_ids: Iterable[int | None]) -> str:
        """The best level in any of the communities: who may see a person's name in one of them knows it."""
        best: str = FieldVisibility.HIDDEN
        for community_id in list(community_ids) or [None]:
            key = (field, community_id)
            if key not in self._levels:
                self._levels[key] = self.user.access.visibility(field, community_id)
            if _RANK[self._levels[key]] > _RANK[best]:
                best = self._levels[key]
        return best

    def sees(self, field: str, value: str, community_ids: Iterable[int | None]) -> str:
        """The value as this person may see it; '' stays ''."""
        if not value:
            return ""
        level = self.level(field, community_ids)
        if level == FieldVisibility.PLAIN:
            return value
        return MASKS[field](value) if level == FieldVisibility.MASKED else _("不可见")

    def covers(self, permission: str, community_id: int, building_id: int | None = None) -> bool:
        """Whether a row that stands there is in this person's scope; for rows fetched along with a visible one."""
        scope = self.user.access.scope(permission)
        return scope.covers_community(community_id) or building_id in scope.building_ids

    def reaches(self, permission: str, community_id: int) -> bool:
        """The same for rows that stand in a community and in no building (vehicles)."""
        scope = self.user.access.scope(permission)
        return scope.covers_community(community_id) or community_id in scope.building_community_ids

    def owner_name(self, owner: Any) -> str:
        """Organisations stay whole for everybody who may see names at all."""
        if owner.is_organisation and self.level("name", owner.community_ids) == FieldVisibility.MASKED:
            return str(owner.name)
        return self.sees("name", owner.name, owner.community_ids)

    def may_reveal(self, field: str, community_ids: Iterable[int], permission: str) -> bool:
        return bool(self.user.access.may_look(permission, field, community_ids))


class ReadQuerySet(ScopedQuerySet):
    """Rows that may know their reader: `row.eyes` after `read_by(user)`; and whether they stand among those of several communities, where
    a number alone does not say whose it is: `row.across`."""

    _eyes: Eyes | None = None
    _across = False

    def read_by(self, user: Any, *, across: bool = False) -> Self:
        rows = self.all()
        rows._eyes, rows._across = Eyes(user), across
        return rows

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # django-stubs leave it out
        clone._eyes, clone._across = self._eyes, self._across
        return clone

    def _fetch_all(self) -> None:
        super()._fetch_all()
        if self._eyes is not None:
            for row in self._result_cache or ():
                if isinstance(row, models.Model):
                    row.eyes, row.across = self._eyes, self._across  # type: ignore[attr-defined]
