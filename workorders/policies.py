"""Rules about single orders beyond a permission."""

from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit import states as machine
from audit.policies import Denied
from core.models import Attachment
from properties.models import Team
from workorders.models import CheckPoint, Supervision, WorkOrder
from workorders.states import TRANSITIONS, Action

VIEW = "workorders.view_workorder"
DISPATCH = "workorders.dispatch_workorder"
# What the repairer does himself; anybody else does it for him (代办) and needs a permission of its own.
OWN_ACTS = frozenset(
    {Action.ACCEPT, Action.RETURN, Action.AWAIT_PARTS, Action.PARTS_ARRIVED, Action.RESUME, Action.COMPLETE}
)
ACT_FOR = "workorders.act_for_workorder"
UNPRICED = lazy("有偿维修还没有业主同意的价目")


def is_mine(actor: Any, order: WorkOrder) -> bool:
    """His by name, or lying with his team while nobody in it has taken it."""
    if actor.actor_type != "user":
        return False
    if order.assignee_id is None and order.team_id is not None:
        team = Team.objects.filter(pk=order.team_id)
        return team.filter(Q(members=actor.actor_id) | Q(leader=actor.actor_id)).exists()
    return bool(actor.actor_id == order.assignee_id)


def was_on(actor: Any, order: WorkOrder) -> bool:
    """Whether this person did the work, alone or helping: he neither rates it nor calls back about it."""
    if actor.actor_type != "user":
        return False
    return actor.actor_id == order.assignee_id or order.helpers.filter(pk=actor.actor_id).exists()


def crew_of(orders: QuerySet[WorkOrder]) -> set[int]:
    """Of whom was_on holds for one of these orders, in one statement however many they are."""
    return {pk for pair in orders.order_by().values_list("assignee", "helpers") for pk in pair if pk is not None}


def acts_for(actor: Any, order: WorkOrder) -> bool:
    """Whether a repairer's act by this person is 代办."""
    return actor.actor_type == "user" and not is_mine(actor, order)


def may(actor: Any, action: str, order: WorkOrder) -> Literal[True] | Denied:
    """Only the repairer himself, or somebody who may act for him, does his work; nobody archives or judges his own."""
    if actor.actor_type != "user":
        return True
    if action in OWN_ACTS and acts_for(actor, order) and not actor.has_perm(ACT_FOR):
        return Denied(_("这张工单派给了别人，只能由他本人或有代办权限的人操作"))
    if action == Action.ARCHIVE and is_mine(actor, order):
        return Denied(_("维修工不能归档自己的工单"))
    return True


def reaches(user: Any, permission: str, order: WorkOrder) -> bool:
    """Whether the permission holds where the order stands, told from the grants alone: no question to the database. Rights to one's
    own or one's team's orders are not looked at."""
    scope = user.access.scope(permission)
    here = scope.covers_community(order.community_id) or order.building_id in scope.building_ids
    return bool(user.has_perm(permission) and here)


def works_by_phone(user: Any, order: WorkOrder) -> bool:
    """His own order, and he sees no others: the repairer, who is asked to the page made for his phone."""
    scope = user.access.scope(VIEW)
    only_own = scope.self_only and not (scope.everything or scope.community_ids or scope.building_ids or scope.team)
    return bool(only_own and user.has_perm("workorders.work_workorder") and is_mine(user, order))


def answers_for(actor: Any, order: WorkOrder) -> bool:
    """Whoever has the order in hand, or answers for the people who have."""
    return is_mine(actor, order) or WorkOrder.objects.visible_to(actor, DISPATCH).filter(pk=order.pk).exists()


def may_answer(actor: Any, supervision: Supervision) -> Literal[True] | Denied:
    """Nobody answers what he demanded himself."""
    if actor.actor_type != "user":
        return True
    if supervision.demanded_by_id is not None and supervision.demanded_by_id == actor.actor_id:
        return Denied(_("督办要由责任人回复，不能自己回复自己的督办"))
    if answers_for(actor, supervision.order):
        return True
    return Denied(_("这张工单不在你手上，请由处理人或派单的人回复"))


def available_actions(user: Any, order: WorkOrder) -> list[str]:
    """What this person may do with the order now; pages show buttons for these and no others."""
    return machine.available_actions(user, order, transitions=TRANSITIONS, policy=may)


def may_open_attachment(user: Any, attachment: Attachment) -> bool:
    return WorkOrder.objects.visible_to(user, VIEW).filter(pk=attachment.source_id).exists()


def may_open_check_photo(user: Any, attachment: Attachment) -> bool:
    orders = WorkOrder.objects.visible_to(user, VIEW).values("pk")
    return CheckPoint.objects.filter(pk=attachment.source_id, order__in=orders).exists()
