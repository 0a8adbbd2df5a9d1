"""The role matrix as data: groups of permissions x roles, settings on top, what is locked and why."""

import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.access import PROTECTED_FIELDS
from audit.models import DataScope, FieldVisibility, Grant, Role
from audit.permission_labels import PermissionFacts, all_permissions
from audit.policies import locked_permissions

FIELD_WORDS = {
    "name": gettext_lazy("姓名"),
    "phone": gettext_lazy("手机号"),
    "id": gettext_lazy("证件号"),
    "amount": gettext_lazy("金额"),
}


@dataclass(frozen=True)
class Head:
    """One column: a role, how many people hold it, and why it cannot be changed by the reader ("" when it can)."""

    role: Role
    people: int
    frozen: str


@dataclass(frozen=True)
class Cell:
    role_id: int
    on: bool
    locked: str
    frozen: bool


@dataclass(frozen=True)
class Line:
    """One permission. `locks` is what holding it excludes, {permission id: why} as JSON, "" when nothing: the page locks by it."""

    facts: PermissionFacts
    cells: list[Cell]
    locks: str


@dataclass(frozen=True)
class Group:
    name: str
    lines: list[Line]


@dataclass(frozen=True)
class Setting:
    """One row on top: a select in every column."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    cells: list[tuple[Role, str, bool]]


def roles_in_force() -> QuerySet[Role]:
    return Role.objects.filter(disabled_at__isnull=True)


def heads(actor: Any) -> list[Head]:
    """Roles in force with the number of people who hold them now."""
    in_force = Grant.objects.in_force().filter(user__disabled_at__isnull=True)
    own = set(Grant.objects.in_force().filter(user=actor).values_list("role_id", flat=True))
    counted = dict(in_force.values_list("role_id").annotate(n=Count("user", distinct=True)))
    sentence = _("您自己持有这个角色，须由另一位安全管理员修改")
    return [Head(role, counted.get(role.pk, 0), sentence if role.pk in own else "") for role in roles_in_force()]


def settings_rows(columns: list[Head]) -> list[Setting]:
    rows: list[tuple[str, Any, Any]] = [("data_scope", _("数据范围"), DataScope.choices)]
    rows += [(f"{name}_visibility", FIELD_WORDS[name], FieldVisibility.choices) for name in PROTECTED_FIELDS]
    return [
        Setting(name, str(label), list(choices), [(h.role, getattr(h.role, name), bool(h.frozen)) for h in columns])
        for name, label, choices in rows
    ]


def groups(columns: list[Head]) -> list[Group]:
    """Two queries, whatever the size: all permissions, all pairs."""
    facts = all_permissions()
    names = {row.id: row.name for row in facts}
    ids = {row.name: row.id for row in facts}
    pairs = set(Role.permissions.through.objects.values_list("role_id", "permission_id"))
    held = {h.role.pk: {names[pk] for role, pk in pairs if role == h.role.pk and pk in names} for h in columns}
    locks = {pk: locked_permissions(permissions) for pk, permissions in held.items()}
    found: dict[str, list[Line]] = {}
    for row in facts:
        cells = [
            Cell(h.role.pk, row.name in held[h.role.pk], locks[h.role.pk].get(row.name, ""), bool(h.frozen))
            for h in columns
        ]
        found.setdefault(row.app_name, []).append(Line(row, cells, _locks(row, ids)))
    return [Group(name, lines) for name, lines in found.items()]


def _locks(row: PermissionFacts, ids: dict[str, int]) -> str:
    excluded = {ids[name]: why for name, why in locked_permissions([row.name]).items() if name in ids}
    return json.dumps(excluded, ensure_ascii=False) if excluded else ""


def holders(role: Role) -> Any:
    """Grants of a role in force, for the role's page."""
    return (
        Grant.objects.in_force()
        .filter(role=role)
        .filter(Q(user__disabled_at__isnull=True))
        .select_related("user", "role")
        .order_by("user__username")
    )
