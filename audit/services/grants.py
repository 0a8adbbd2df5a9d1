"""Giving roles to people for places, and taking them back (R131). Every change is logged with role, places and time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import scope_choices
from audit.models import DataScope, Grant, Role, User
from audit.policies import can_change_grants, conflicts_of_person
from core import changes, log
from core.actors import user_id
from core.errors import BadValue, BusinessError, OutOfScope

GIVEN = log.declare("audit.grant.given", gettext_lazy("分配了角色"), sensitive=True)
CHANGED = log.declare("audit.grant.changed", gettext_lazy("修改了角色的范围"), sensitive=True)
WITHDRAWN = log.declare("audit.grant.withdrawn", gettext_lazy("收回了角色"), sensitive=True)
PERMISSION = "audit.grant_role_user"


def places_for(
    role: Role, nodes: Sequence[int], communities: Sequence[int], buildings: Sequence[int]
) -> dict[str, list[int]]:
    """The id columns of a grant of this role: what its scope does not use is left out, node ids are materialised."""
    known = {
        "nodes": {row.id for row in scope_choices.nodes()},
        "communities": {row.id for row in scope_choices.communities()},
        "buildings": {row.id for row in scope_choices.buildings()},
    }
    nodes = sorted(set(nodes) & known["nodes"])
    communities = sorted(set(communities) & known["communities"])
    buildings = sorted(set(buildings) & known["buildings"])
    match role.data_scope:
        case DataScope.ALL | DataScope.SELF | DataScope.TEAM:
            return {"node_ids": [], "chosen_ids": [], "community_ids": [], "building_ids": []}
        case DataScope.BUILDING:
            if not buildings:
                raise BadValue(_("请至少选择一个楼栋"), field="buildings")
            found = scope_choices.communities_of(buildings)
            return {"node_ids": [], "chosen_ids": [], "community_ids": found, "building_ids": buildings}
        case _:
            found = sorted(set(communities) | set(scope_choices.materialise(nodes)))
            if not found and not nodes:
                raise BadValue(_("请至少选择一个项目或组织节点"), field="communities")
            return {"node_ids": nodes, "chosen_ids": communities, "community_ids": found, "building_ids": []}


def _guard(user: User, role: Role, places: dict[str, list[int]], by: Any) -> None:
    allowed = can_change_grants(by, user)
    if not allowed:
        raise BusinessError(allowed.reason)
    if by.actor_type != "user":
        return
    reach = by.access.scope(PERMISSION)
    outside = [pk for pk in places["community_ids"] if not reach.covers_community(pk)]
    unbounded = role.data_scope == DataScope.ALL and not reach.everything
    if outside or unbounded:
        raise OutOfScope(_("只能在您自己的数据范围内分配角色"))


def _shown(grant: Grant) -> dict[str, Any]:
    names = {row.id: row.label for row in scope_choices.buildings()} if grant.building_ids else {}
    shown: dict[str, Any] = {
        "role": grant.role.name,
        "communities": "、".join(scope_choices.community_names(grant.community_ids)),
    }
    if grant.building_ids:
        shown["buildings"] = "、".join(names.get(pk, f"#{pk}") for pk in grant.building_ids)
    if grant.until:
        shown["until"] = grant.until
    return {key: value for key, value in shown.items() if value}


@transaction.atomic
def grant_role(
    user: User,
    *,
    by: Any,
    role: Role,
    nodes: Sequence[int] = (),
    communities: Sequence[int] = (),
    buildings: Sequence[int] = (),
    until: datetime | None = None,
) -> Grant:
    """Gives a role for places (as its data scope asks for). Refused: to oneself, a stopped role or person, beyond
    one's own scope, and what would join duties that must stay apart."""
    User.objects.select_for_update().get(pk=user.pk)  # two roles given at once must see each other's duties
    if role.disabled_at or user.disabled_at:
        raise BusinessError(_("停用的角色或账号不能再分配"))
    places = places_for(role, nodes, communities, buildings)
    _guard(user, role, places, by)
    conflicts = conflicts_of_person(user, adding=role)
    if conflicts:
        raise BusinessError(_("与此人已有的角色互斥：%(why)s") % {"why": conflicts[0].sentence})
    grant = Grant(user=user, role=role, until=until, granted_by_id=user_id(by), **places)
    changes.save(grant)
    log.record(GIVEN, user, by=by, changes=_shown(grant))
    return grant


@transaction.atomic
def change_grant(
    grant: Grant,
    *,
    by: Any,
    nodes: Sequence[int] = (),
    communities: Sequence[int] = (),
    buildings: Sequence[int] = (),
    until: datetime | None = None,
) -> Grant:
    """Gives the same role for other places or another end."""
    places = places_for(grant.role, nodes, communities, buildings)
    _guard(grant.user, grant.role, {"community_ids": grant.community_ids}, by)
    _guard(grant.user, grant.role, places, by)
    before = _shown(grant)
    for name, ids in places.items():
        setattr(grant, name, ids)
    grant.until = until
    grant.save(update_fields=[*places, "until"])
    after = _shown(grant)
    differing = {
        key: [before.get(key, ""), after.get(key, "")]
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    }
    if differing:
        log.record(CHANGED, grant.user, by=by, changes={"role": grant.role.name, **differing})
    return grant


@transaction.atomic
def withdraw_grant(grant: Grant, *, by: Any, reason: str = "") -> Grant:
    """Takes a role back; effective with the person's next request."""
    _guard(grant.user, grant.role, {"community_ids": grant.community_ids}, by)
    if not Grant.objects.filter(pk=grant.pk, withdrawn_at__isnull=True).update(withdrawn_at=timezone.now()):
        raise BusinessError(_("这个角色已经收回"))
    grant.refresh_from_db()
    log.record(WITHDRAWN, grant.user, by=by, changes=_shown(grant), reason=reason)
    return grant
