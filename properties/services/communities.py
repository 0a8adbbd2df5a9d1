from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import changes, log
from core.errors import BadValue
from properties.models import Community
from properties.queries.calendars import calendar_of
from properties.services import guards
from properties.services.organisation import grants_follow_tree
from properties.signals import community_calendar_changed

CREATED = log.declare("properties.community.created", gettext_lazy("新增项目"))
CHANGED = log.declare("properties.community.changed", gettext_lazy("修改项目"))
DISABLED = log.declare("properties.community.disabled", gettext_lazy("停用项目"))
RESTORED = log.declare("properties.community.restored", gettext_lazy("恢复项目"))


def create_community(*, by: Any, **values: Any) -> Community:
    """A new project under a node; people who hold a role for the node see it at once."""
    community = Community(**_tidy(values))
    _check_node(community)
    with transaction.atomic():
        with grants_follow_tree(by):
            changes.save(community)
            log.record(CREATED, community, by=by, changes=guards.named(values, community))
        guards.require_in_scope(community, by=by, permission="properties.add_community")
    return community


def change_community(community: Community, *, by: Any, **values: Any) -> Community:
    values, calendar = _tidy(values), calendar_of(community)
    with transaction.atomic():
        if values.get("node", community.node) == community.node:
            guards.write_change(community, values, action=CHANGED, by=by)
        else:
            with grants_follow_tree(by):
                guards.write_change(community, values, action=CHANGED, by=by)
                _check_node(community)
        if calendar_of(community) != calendar:
            facts = {"community": community, "old": calendar, "new": calendar_of(community), "by": by}
            community_calendar_changed.send(Community, **facts)
    return community


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"code": values["code"].upper()} if values.get("code") else values


def _check_node(community: Community) -> None:
    if community.node.disabled_at:
        raise BadValue(_("组织节点%(node)s已停用") % {"node": community.node}, field="node")


def disable_community(community: Community, *, by: Any, reason: str = "") -> Community:
    """Nobody can work in it any more; everything in it stays readable."""
    guards.stop(community, action=DISABLED, by=by, reason=reason)
    return community


def restore_community(community: Community, *, by: Any, reason: str = "") -> Community:
    guards.restart(community, action=RESTORED, by=by, reason=reason)
    return community
