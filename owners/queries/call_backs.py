"""Call-backs as their list and page need them."""

from typing import Any

from django.db.models import Count as Aggregated
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from core import closed
from core.masking import mask_phone
from core.web.paging import Count, count_each
from owners.call_back_sources import acts, address, button
from owners.models import CallBackTask
from owners.queries.call_scripts import script_of
from owners.states import CallBackCause, CallBackStatus
from owners.visibility import Eyes

VIEW, CALL, ASSIGN = "owners.view_callbacktask", "owners.call_callbacktask", "owners.assign_callbacktask"
# What is called about here may lead to a complaint or a repair; a complaint is done again by itself.
RAISING = frozenset({"owners.callbackplan", "workorders.workorder"})
REVEAL, CHANGE_OWNER = "owners.reveal_owner", "owners.change_owner"


def listed(rows: QuerySet[CallBackTask]) -> QuerySet[CallBackTask]:
    return rows.select_related("community", "unit__building", "owner", "closed_by", "assignee", "plan")


def count_groups(rows: Any, user: Any) -> list[Count]:
    """What the tabs of the list show: 待回访, 现在可以打, 今天到期, 已逾期, 分配给我的, 不满意, 不满意没有跟进, 全部. Five are of what waits,
    which is little beside what was called: one pass counts them, so that only four ask again which calls are closed to the reader."""
    parts = {
        "waiting": Q(), "now": rows.is_ready_for(user), "today": rows.is_due_today(), "late": rows.is_late(), "mine": Q(assignee=user),
    }  # fmt: skip
    found = rows.waiting().order_by().aggregate(**{name: Aggregated("pk", filter=part) for name, part in parts.items()})
    return [
        *(Count.of(found[name]) for name in parts),
        *count_each([rows.filter(status=CallBackStatus.UNSATISFIED), rows.not_followed(), rows]),
    ]


def reaches(user: Any, permission: str, task: Any) -> bool:
    """Whether he holds the permission where this row of a community stands; held elsewhere it opens nothing."""
    return bool(user.has_perm(permission)) and Eyes(user).covers(permission, task.community_id, task.building_id)


def facts(task: CallBackTask, user: Any) -> dict[str, Any]:
    """Context of the page of one call-back: whom to call, what to say, about what, and what came of the calls before."""
    eyes = Eyes(user)
    leads, mine = reaches(user, ASSIGN, task), task.assignee_id == user.pk
    did_it, free = user.pk in task.handlers, task.assignee_id is None
    calls = task.is_waiting and reaches(user, CALL, task)
    return {
        "task": task,
        "name": eyes.owner_name(task.owner) if task.owner else "",
        "phones": _phones(task, eyes),
        "quiet": _quiet(task),
        "calls": list(task.calls.select_related("by")),
        "follows": _follows(task, user),
        "source_url": address(task.source_type, task.source_id) or _plan_url(task, user),
        "source_label": button(task.source_type),
        "script": script_of(task, eyes),
        "keeps_scripts": user.has_perm("owners.view_callscript") and reaches(user, "owners.change_callscript", task),
        "acts": _acts(task, user),
        "may_call": calls and not did_it and (free or mine or leads),
        "may_take": calls and free and not did_it,
        "may_release": task.is_waiting and not free and (mine or leads),
        "may_assign": task.is_waiting and leads,
        "may_change": _may_change(task, user),
        "did_it": did_it,
        "outside_hours": _outside(task),
    }


def _phones(task: CallBackTask, eyes: Eyes) -> list[dict[str, str]]:
    if task.owner is None:
        return []
    communities = [task.community_id]
    may = eyes.may_reveal("phone", communities, REVEAL)
    return [
        {
            "masked": mask_phone(row.number),
            "label": row.label,
            "url": reverse("audit:reveal", args=["owners.ownerphone", row.pk, "number"]) if may else "",
        }
        for row in task.owner.phones.all()
    ]


def _quiet(task: CallBackTask) -> str:
    """When he asked not to be disturbed."""
    owner = task.owner
    if owner is None or owner.quiet_from is None or owner.quiet_until is None:
        return ""
    return f"{owner.quiet_from:%H:%M}–{owner.quiet_until:%H:%M}"


def _follows(task: CallBackTask, user: Any) -> list[dict[str, Any]]:
    rows = closed.without(task.follows.select_related("by"), user, type_field="source_type", id_field="source_id")
    return [{"row": row, "url": address(row.source_type, row.source_id)} for row in rows]


def _acts(task: CallBackTask, user: Any) -> list[dict[str, Any]]:
    """Complaint and repair, for what people say when they are called: of a plan's calls always, of the others when somebody is unhappy
    or has said so with few stars.
    An unhappy complainant's own case is begun anew instead."""
    raises = task.plan is not None or task.status == CallBackStatus.UNSATISFIED or task.cause == CallBackCause.LOW
    if not raises or task.unit is None or task.source_type not in RAISING:
        return []
    return [
        {"label": act.label, "icon": act.icon, "url": reverse(act.url, args=[task.pk])}
        for act in acts()
        if reaches(user, act.permission, task)
    ]


def _plan_url(task: CallBackTask, user: Any) -> str:
    if task.plan is None or not user.has_perm("owners.view_callbackplan"):
        return ""
    return task.plan.get_absolute_url() if Eyes(user).covers("owners.view_callbackplan", task.community_id) else ""


def _may_change(task: CallBackTask, user: Any) -> bool:
    """After a verification that found something changed: the way to put it right."""
    if task.status != CallBackStatus.CHANGED or task.owner is None:
        return False
    return reaches(user, CHANGE_OWNER, task)


def _outside(task: CallBackTask) -> str:
    """The hours of the plan, when it is not within them."""
    plan = task.plan
    if plan is None or not task.is_waiting:
        return ""
    if plan.window_from <= timezone.localtime().time() < plan.window_until:
        return ""
    return f"{plan.window_from:%H:%M}–{plan.window_until:%H:%M}"
