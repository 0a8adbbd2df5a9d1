"""What a person may do and why: every permission with its places and the roles that give it; one question answered in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit import scope_choices
from audit.access import PROTECTED_FIELDS, GrantFacts, Scope
from audit.models import DataScope, FieldVisibility, User
from audit.permission_labels import PermissionFacts, all_permissions
from audit.queries.matrix import FIELD_WORDS


@dataclass(frozen=True)
class Reason:
    role_name: str
    role_id: int
    place: str


@dataclass(frozen=True)
class Right:
    facts: PermissionFacts
    reasons: list[Reason]


@dataclass(frozen=True)
class Answer:
    allowed: bool
    sentence: str
    reasons: list[str]


class Places:
    """Names of communities and buildings, read once for a whole page."""

    def __init__(self) -> None:
        self.communities = {row.id: row.label for row in scope_choices.communities()}
        self._buildings: dict[int, str] | None = None

    def community(self, pk: int) -> str:
        return self.communities.get(pk, f"#{pk}")

    def building(self, pk: int) -> str:
        if self._buildings is None:
            self._buildings = {row.id: row.label for row in scope_choices.buildings()}
        return self._buildings.get(pk, f"#{pk}")

    def words(self, scope: Scope) -> str:
        """全部项目 / 湖映花园、云栖里 / 楼栋 3栋、5栋 / 本组 / 本人."""
        if scope.everything:
            return _("全部项目")
        parts = []
        if scope.community_ids:
            parts.append(_listed([self.community(pk) for pk in sorted(scope.community_ids)]))
        if scope.building_ids:
            parts.append(
                _("楼栋 %(names)s") % {"names": _listed([self.building(pk) for pk in sorted(scope.building_ids)])}
            )
        if scope.team:
            parts.append(str(DataScope.TEAM.label))
        if scope.self_only:
            parts.append(str(DataScope.SELF.label))
        return "，".join(parts) or _("没有选择范围")


def _listed(names: list[str], most: int = 4) -> str:
    shown = "、".join(names[:most])
    return shown if len(names) <= most else _("%(names)s 等 %(count)d 个") % {"names": shown, "count": len(names)}


def rights(user: User) -> list[tuple[str, list[Right]]]:
    """[(app name, its rights)] of what the person holds, in the order of the matrix."""
    places, access = Places(), user.access
    found: dict[str, list[Right]] = {}
    for facts in all_permissions():
        grants = access.reasons(facts.name)
        if grants:
            reasons = [Reason(g.role_name, g.role_id, places.words(g.scope)) for g in grants]
            found.setdefault(facts.app_name, []).append(Right(facts, reasons))
    return list(found.items())


def visibility(user: User) -> list[dict[str, Any]]:
    """One line for each grant: place and how the four protected fields look there."""
    places = Places()
    lines = []
    for grant in user.access.grants:
        fields = [{"label": FIELD_WORDS[name], **_level(grant.visibility[name])} for name in PROTECTED_FIELDS]
        lines.append({"role": grant.role_name, "place": places.words(grant.scope), "fields": fields})
    return lines


def _level(value: str) -> dict[str, Any]:
    level = FieldVisibility(value)
    return {"word": str(level.label), "plain": level == FieldVisibility.PLAIN}


def answer(user: User, permission: PermissionFacts, community_id: int | None) -> Answer:
    """May this person do this (there)? With every grant that gives the permission and whether it reaches the place."""
    words, grants = Places(), user.access.reasons(permission.name)
    about = {
        "person": str(user),
        "act": permission.label,
        "place": words.community(community_id) if community_id else _("任何项目"),
    }
    if user.disabled_at or not user.is_active:
        return Answer(False, _("不可以：%(person)s 的账号已停用。") % about, [])
    if user.is_expired:
        return Answer(False, _("不可以：%(person)s 的账号已过有效期。") % about, [])
    if not grants:
        return Answer(False, _("不可以：%(person)s 的角色里没有“%(act)s”。") % about, [_no_role(user)])
    reaching = [grant for grant in grants if _reaches(grant.scope, community_id)]
    reasons = [_because(grant, words, grant in reaching) for grant in grants]
    if not reaching:
        return Answer(False, _("不可以：%(person)s 有“%(act)s”，但范围不含 %(place)s。") % about, reasons)
    return Answer(True, _("可以：%(person)s 能在 %(place)s “%(act)s”。") % about, reasons)


def _reaches(scope: Scope, community_id: int | None) -> bool:
    if community_id is None:
        return not scope.is_empty
    inside = scope.community_ids | scope.building_community_ids
    return scope.everything or community_id in inside or scope.team or scope.self_only


def _because(grant: GrantFacts, words: Places, reaches: bool) -> str:
    place = words.words(grant.scope)
    if reaches:
        return _("角色“%(role)s”给出，范围：%(place)s") % {"role": grant.role_name, "place": place}
    return _("角色“%(role)s”含有此权限，但范围只有：%(place)s") % {"role": grant.role_name, "place": place}


def _no_role(user: User) -> str:
    names = user.role_words
    return _("现有角色：%(roles)s") % {"roles": names} if names else _("此人没有任何角色")
