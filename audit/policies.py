"""Separation of duties: rights that one role, and one person over all his roles, may not hold together (等保 三员分立).

Apps above add their own pairs in ready() with declare_conflict (book a charge / approve it).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Grant, Role, User


@dataclass(frozen=True)
class Conflict:
    """Holding anything of `left` excludes holding anything of `right`."""

    left: frozenset[str]
    right: frozenset[str]
    sentence: Any

    def hurts(self, permissions: Iterable[str]) -> bool:
        held = frozenset(permissions)
        return bool(held & self.left and held & self.right)

    def locked_by(self, permissions: Iterable[str]) -> frozenset[str]:
        """What the holder of these may not get as well."""
        held = frozenset(permissions)
        locked: frozenset[str] = frozenset()
        if held & self.left:
            locked |= self.right
        if held & self.right:
            locked |= self.left
        return locked - held


_ACCOUNTS = frozenset({"audit.add_user", "audit.change_user", "audit.reset_password_user"})
_RIGHTS = frozenset({"audit.grant_role_user", "audit.add_role", "audit.change_role", "audit.unlock_user"})
_LOG = frozenset({"core.view_logentry", "core.export_logentry"})
_conflicts: list[Conflict] = [
    Conflict(_ACCOUNTS, _RIGHTS, gettext_lazy("建账号的人不能同时管权限")),
    Conflict(_LOG, _ACCOUNTS, gettext_lazy("看操作日志的人不能同时管账号")),
    Conflict(_LOG, _RIGHTS, gettext_lazy("看操作日志的人不能同时管权限")),
]


def declare_conflict(left: Sequence[str], right: Sequence[str], sentence: Any) -> None:
    """Adds a pair; called by the app that owns the permissions."""
    _conflicts.append(Conflict(frozenset(left), frozenset(right), sentence))


def conflicts_in(permissions: Iterable[str]) -> list[Conflict]:
    held = frozenset(permissions)
    return [conflict for conflict in _conflicts if conflict.hurts(held)]


def locked_permissions(permissions: Iterable[str]) -> dict[str, str]:
    """{permission that may not be added: why}."""
    held = frozenset(permissions)
    return {name: str(conflict.sentence) for conflict in _conflicts for name in conflict.locked_by(held)}


def names_of(role: Role) -> set[str]:
    return {f"{row.content_type.app_label}.{row.codename}" for row in role.permissions.select_related("content_type")}


def conflicts_of_person(user: User, *, adding: Role | None = None) -> list[Conflict]:
    """What the person's roles, together with one more, would join that must stay apart."""
    rows = Grant.objects.in_force().filter(user=user).select_related("role")
    roles = [grant.role for grant in rows] + ([adding] if adding is not None else [])
    held: set[str] = set().union(*(names_of(role) for role in roles)) if roles else set()
    return conflicts_in(held)


class Denied:
    """A refusal that is false and knows why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def __bool__(self) -> bool:
        return False


def can_change_grants(actor: Any, user: User) -> Literal[True] | Denied:
    if actor.actor_type == "user" and actor.actor_id == user.pk:
        return Denied(_("不能给自己分配、修改或收回角色，请由另一位安全管理员操作"))
    return True


def can_change_role(actor: Any, role: Role) -> Literal[True] | Denied:
    """Widening a role one holds would be granting oneself."""
    if actor.actor_type == "user" and Grant.objects.in_force().filter(user_id=actor.actor_id, role=role).exists():
        return Denied(_("您自己持有“%(role)s”，须由另一位安全管理员修改") % {"role": role})
    return True
