"""What a person may do, where, and how much he sees of protected fields: the grants resolved once per request.

Scope is computed per permission: clerk in community A and reader in community B never becomes writer in B (ARCHITECTURE part 3).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from audit.models import DataScope, FieldVisibility, Grant, Role, User
from core.statements import Instances, Statement

PROTECTED_FIELDS = ("name", "phone", "id", "amount")
_RANK = {FieldVisibility.HIDDEN: 0, FieldVisibility.MASKED: 1, FieldVisibility.PLAIN: 2}


@dataclass(frozen=True)
class Scope:
    """Where one permission holds. `everything` needs no ids; otherwise whole communities, single buildings (and the communities
    they stand in, for rows that have no building), own team or own rows. `node_ids` are the organisation nodes of 组织子树, for
    what is done to the tree itself; their communities stand in `community_ids`."""

    everything: bool = False
    community_ids: frozenset[int] = frozenset()
    building_ids: frozenset[int] = frozenset()
    building_community_ids: frozenset[int] = frozenset()
    team: bool = False
    self_only: bool = False
    node_ids: frozenset[int] = frozenset()

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            self.everything or other.everything,
            self.community_ids | other.community_ids,
            self.building_ids | other.building_ids,
            self.building_community_ids | other.building_community_ids,
            self.team or other.team,
            self.self_only or other.self_only,
            self.node_ids | other.node_ids,
        )

    @property
    def is_empty(self) -> bool:
        return not (self.everything or self.community_ids or self.building_ids or self.team or self.self_only)

    def covers_community(self, community_id: int | None) -> bool:
        """Whether the whole community is inside (single buildings of it do not make it so)."""
        return self.everything or community_id in self.community_ids


NOWHERE = Scope()


@dataclass(frozen=True)
class GrantFacts:
    """One grant in force, as data: what `what may this person do and why` explains."""

    grant_id: int
    role_id: int
    role_name: str
    scope: Scope
    permissions: frozenset[str]
    visibility: dict[str, str] = field(default_factory=dict)
    # Where the grant was given, whatever its role makes of it: of 本部门 and 仅本人 the scope has none.
    community_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Access:
    """All grants of one person."""

    grants: tuple[GrantFacts, ...]
    permissions: frozenset[str]
    scopes: dict[str, Scope]

    @property
    def role_names(self) -> list[str]:
        return [grant.role_name for grant in self.grants]

    def scope(self, permission: str) -> Scope:
        return self.scopes.get(permission, NOWHERE)

    def visibility(self, name: str, community_id: int | None, building_id: int | None = None) -> str:
        """How this person sees a protected field ("name", "phone", "id", "amount") of a row that stands in one community, and in
        one building where the caller knows it: the best of the grants whose own scope covers the row; hidden when none does."""
        return _level(self.grants, name, community_id, building_id)

    def may_look(self, permission: str, name: str, community_ids: Iterable[int]) -> bool:
        """Whether the grants that give the permission reach one of these communities and do not hide the field there: what another
        role shows elsewhere is no right to look here."""
        grants = self.reasons(permission)
        if any(grant.scope.everything and grant.visibility[name] != FieldVisibility.HIDDEN for grant in grants):
            return True
        return any(_level(grants, name, pk, None) != FieldVisibility.HIDDEN for pk in community_ids)

    def reasons(self, permission: str) -> list[GrantFacts]:
        """The grants that give a permission."""
        return [grant for grant in self.grants if permission in grant.permissions]


def _level(grants: Iterable[GrantFacts], name: str, community_id: int | None, building_id: int | None) -> str:
    """The best level of the grants that cover the row.

    A person has no building of his own (he may live in several), so most rows are asked about by community alone. A grant of
    single buildings does not cover such a row: beside a role for the whole community it must not lift the mask from the people of
    every other building. Where a person holds nothing but building grants there, all he gets to see stands in one of his
    buildings, but nobody knows in which: the narrowest of them counts.
    """
    levels = [(grant.scope, FieldVisibility(grant.visibility[name])) for grant in grants]
    covering = [
        level
        for scope, level in levels
        if scope.covers_community(community_id) or (building_id is not None and building_id in scope.building_ids)
    ]
    if covering:
        return max(covering, key=_RANK.__getitem__)
    near = [level for scope, level in levels if building_id is None and community_id in scope.building_community_ids]
    return min(near, key=_RANK.__getitem__) if near else FieldVisibility.HIDDEN


def scope_of(grant: Grant) -> Scope:
    return _scope(grant.role.data_scope, grant.community_ids, grant.node_ids, grant.building_ids)


def _scope(kind: str, communities: Iterable[int], nodes: Iterable[int], buildings: Iterable[int]) -> Scope:
    match kind:
        case DataScope.ALL:
            return Scope(everything=True)
        case DataScope.SUBTREE:
            return Scope(community_ids=frozenset(communities), node_ids=frozenset(nodes))
        case DataScope.COMMUNITY:
            return Scope(community_ids=frozenset(communities))
        case DataScope.BUILDING:
            return Scope(building_ids=frozenset(buildings), building_community_ids=frozenset(communities))
        case DataScope.TEAM:
            return Scope(team=True)
        case _:
            return Scope(self_only=True)


def _permission_ids() -> ArraySubquery:
    """The permissions of a grant's role: a column of the grant instead of two more queries on every page."""
    rows = Role.permissions.through.objects.filter(role_id=OuterRef("role_id"))
    return ArraySubquery(rows.values("permission_id"))


# What a permission is called. The rows come with migrations and never mean anything else; who holds which is asked every time.
_codes: dict[int, str] = {}


def _codes_of(ids: Collection[int]) -> frozenset[str]:
    if not _codes.keys() >= set(ids):
        rows = Permission.objects.values_list("pk", "content_type__app_label", "codename")
        _codes.update({pk: f"{app}.{codename}" for pk, app, codename in rows})
    return frozenset([_codes[pk] for pk in ids if pk in _codes])


def _columns(*before: str) -> tuple[Any, ...]:
    return (
        *before,
        "pk", "role_id", "role__name", "role__data_scope", "community_ids", "node_ids", "building_ids", _permission_ids(),
        *(f"role__{name}_visibility" for name in PROTECTED_FIELDS),
    )  # fmt: skip


_GRANTS = Statement(lambda user: Grant.objects.in_force().filter(user_id=user).values_list(*_columns()), -1)
_USER = Instances(User, lambda pk: User.objects.filter(pk=pk), -1)
_HOLDER = [f"user__{name}" for name in _USER.names]
_GRANTS_AND_USER = Statement(
    lambda user: Grant.objects.in_force().filter(user_id=user).values_list(*_columns(*_HOLDER)), -1
)


def _facts(row: tuple[Any, ...]) -> GrantFacts:
    pk, role_id, role_name, kind, communities, nodes, buildings, permission_ids, *levels = row
    visibility, codes = dict(zip(PROTECTED_FIELDS, levels, strict=True)), _codes_of(permission_ids)
    scope = _scope(kind, communities, nodes, buildings)
    return GrantFacts(pk, role_id, role_name, scope, codes, visibility, frozenset(communities))


def load(user: Any) -> Access:
    """One query: grants with their roles and what these permit. Read anew for every request, so that a grant withdrawn is gone."""
    return _access(_GRANTS.rows(user.pk))


def user_with_access(pk: int) -> User | None:
    """The user of a request. One query brings him and his grants; who has none is asked for again."""
    rows = _GRANTS_AND_USER.rows(pk)
    if not rows:
        return next(iter(_USER.rows(pk)), None)
    size = len(_HOLDER)
    user: User = User.from_db(_GRANTS_AND_USER.alias, _USER.names, rows[0][:size])
    user.access = _access([row[size:] for row in rows])
    return user


def _access(rows: Iterable[tuple[Any, ...]]) -> Access:
    grants = tuple(_facts(row) for row in rows)
    scopes: dict[str, Scope] = {}
    for grant in grants:
        for permission in grant.permissions:
            held = scopes.get(permission)
            scopes[permission] = held | grant.scope if held else grant.scope
    return Access(grants, frozenset(scopes), scopes)
