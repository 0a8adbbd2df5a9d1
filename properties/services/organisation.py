"""The organisation tree 集团 > 区域 > 城市 and the grants that were given by its nodes (R6, R35)."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Grant
from core import changes, log
from core.errors import BadValue, BusinessError, OutOfScope
from properties.models import Community, OrgNode
from properties.policies import ADD_NODE, CHANGE_NODE, can_change_node
from properties.services import guards

CREATED = log.declare("properties.orgnode.created", gettext_lazy("新增组织节点"))
CHANGED = log.declare("properties.orgnode.changed", gettext_lazy("修改组织节点"))
MOVED = log.declare("properties.orgnode.moved", gettext_lazy("移动组织节点"))
DISABLED = log.declare("properties.orgnode.disabled", gettext_lazy("停用组织节点"))
RESTORED = log.declare("properties.orgnode.restored", gettext_lazy("恢复组织节点"))
REMATERIALISED = log.declare("properties.grant.rematerialised", gettext_lazy("组织调整后更新授权范围"))

_RANK = {OrgNode.Kind.GROUP: 0, OrgNode.Kind.REGION: 1, OrgNode.Kind.CITY: 2}
# Ids of the communities below each node, stopped ones included.
Reach = Mapping[int, frozenset[int]]


def reach() -> dict[int, frozenset[int]]:
    """Two small queries: a company has tens of nodes and hundreds of communities."""
    found: dict[int, set[int]] = {pk: set() for pk in OrgNode.objects.values_list("pk", flat=True)}
    for community_id, path in Community.objects.order_by().values_list("pk", "node__path"):
        for node_id in path.strip("/").split("/"):
            found.setdefault(int(node_id), set()).add(community_id)
    return {node_id: frozenset(ids) for node_id, ids in found.items()}


def communities_below(node_ids: Iterable[int]) -> set[int]:
    below = reach()
    return set().union(*(below.get(node_id, frozenset()) for node_id in node_ids))


@transaction.atomic
def rematerialise_grants(*, by: Any, before: Reach | None = None) -> int:
    """Brings `Grant.community_ids` in line with the tree; returns how many grants changed.

    With `before` (the reach of the nodes before a change of the tree) communities that were ticked one by one beside the nodes
    stay; without it the nodes alone decide, which is what a repair wants.
    """
    after, changed = reach(), 0
    grants = Grant.objects.filter(withdrawn_at__isnull=True).exclude(node_ids=[])
    for grant in grants.select_for_update(of=("self",)).select_related("user", "role").order_by("pk"):
        ids = _ids_after(grant, after, before)
        if ids != sorted(grant.community_ids):
            log.record(REMATERIALISED, grant, by=by, changes={"community_ids": [sorted(grant.community_ids), ids]})
            Grant.objects.filter(pk=grant.pk).update(community_ids=ids)
            changed += 1
    return changed


def _ids_after(grant: Grant, after: Reach, before: Reach | None) -> list[int]:
    def below(tree: Reach) -> set[int]:
        return set().union(*(tree.get(node_id, frozenset()) for node_id in grant.node_ids))

    single = set(grant.community_ids) - below(before) if before is not None else set()
    return sorted(below(after) | single)


@contextmanager
def grants_follow_tree(by: Any) -> Iterator[None]:
    """Around every change of the tree: one transaction with the grants that hang on it; tree changes wait for each other."""
    with transaction.atomic():
        list(OrgNode.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
        before = reach()
        yield
        rematerialise_grants(by=by, before=before)
        by.__dict__.pop("access", None)  # what the actor himself may do may just have grown


def _require_reach(node: OrgNode | None, *, by: Any, permission: str = CHANGE_NODE, field: str = "") -> None:
    if not can_change_node(by, permission, node):
        place = node or _("最上层")
        sentence = _("%(place)s不在您的组织范围内") % {"place": place}
        raise OutOfScope(sentence, _("请由管理全部组织或这一组织子树的人员操作"), field=field)


@transaction.atomic
def create_node(*, by: Any, kind: str, name: str, parent: OrgNode | None = None, sort: int = 0) -> OrgNode:
    node = OrgNode(parent=parent, kind=kind, name=name, sort=sort)
    _check_place(node, parent)
    _require_reach(parent, by=by, permission=ADD_NODE, field="parent")
    node.path = "/"  # needs its own id; completed below in the same transaction
    changes.save(node)
    node.path = f"{parent.path if parent else '/'}{node.pk}/"
    node.save(update_fields=["path"])
    log.record(CREATED, node, by=by, changes=guards.named({"parent": parent, "kind": kind, "name": name}, node))
    return node


def change_node(node: OrgNode, *, by: Any, kind: str, name: str, sort: int = 0) -> OrgNode:
    _require_reach(node, by=by)
    node.kind, old_kind = kind, node.kind
    _check_place(node, node.parent, field="kind")
    deepest = min((_RANK[OrgNode.Kind(child.kind)] for child in node.children.all()), default=9)
    if deepest <= _RANK[OrgNode.Kind(kind)]:
        raise BadValue(_("下级节点的层级不低于%(kind)s") % {"kind": node.get_kind_display()}, field="kind")
    node.kind = old_kind
    guards.write_change(node, {"kind": kind, "name": name, "sort": sort}, action=CHANGED, by=by)
    return node


def move_node(node: OrgNode, *, by: Any, parent: OrgNode | None) -> OrgNode:
    """Hangs the node with everything below it under another node; grants given by nodes follow."""
    _require_reach(node, by=by)
    if parent is not None and parent.path.startswith(node.path):
        raise BadValue(_("不能把%(node)s移到它自己的下级") % {"node": node}, field="parent")
    _check_place(node, parent)
    if parent == node.parent:
        return node
    _require_reach(parent, by=by, field="parent")
    with grants_follow_tree(by):
        old_parent, old_path = node.parent, node.path
        node.parent, node.path = parent, f"{parent.path if parent else '/'}{node.pk}/"
        changes.save(node)
        below = list(OrgNode.objects.filter(path__startswith=old_path).exclude(pk=node.pk))
        for child in below:
            child.path = node.path + child.path.removeprefix(old_path)
        OrgNode.objects.bulk_update(below, ["path"])
        log.record(MOVED, node, by=by, changes={"parent": [old_parent, parent]})
    return node


def _check_place(node: OrgNode, parent: OrgNode | None, *, field: str = "parent") -> None:
    """Levels only grow downward, and nothing hangs on a stopped node. `field` is where the form asked for the level."""
    if parent is None:
        if node.kind != OrgNode.Kind.GROUP:
            raise BadValue(_("%(kind)s需要选择上级") % {"kind": node.get_kind_display()}, field=field)
        return
    if parent.disabled_at:
        raise BadValue(_("上级%(parent)s已停用") % {"parent": parent}, field="parent")
    if _RANK[OrgNode.Kind(parent.kind)] >= _RANK[OrgNode.Kind(node.kind)]:
        words = {"kind": node.get_kind_display(), "parent": parent.get_kind_display()}
        raise BadValue(_("%(kind)s不能放在%(parent)s下面") % words, field=field)


def why_not_stop(node: OrgNode) -> str:
    """A node that still carries something cannot be stopped; "" when it can."""
    nodes = node.children.filter(disabled_at__isnull=True).count()
    communities = node.communities.filter(disabled_at__isnull=True).count()
    if not nodes and not communities:
        return ""
    words = {"node": node, "nodes": nodes, "communities": communities}
    return _("%(node)s下面还有 %(nodes)d 个启用的下级和 %(communities)d 个启用的项目，请先移到别处或停用") % words


def disable_node(node: OrgNode, *, by: Any, reason: str = "") -> OrgNode:
    _require_reach(node, by=by)
    if blocked := why_not_stop(node):
        raise BusinessError(blocked)
    guards.stop(node, action=DISABLED, by=by, reason=reason)
    return node


def restore_node(node: OrgNode, *, by: Any, reason: str = "") -> OrgNode:
    _require_reach(node, by=by)
    if node.parent and node.parent.disabled_at:
        raise BusinessError(_("上级%(parent)s还在停用中，请先恢复上级") % {"parent": node.parent})
    guards.restart(node, action=RESTORED, by=by, reason=reason)
    return node
