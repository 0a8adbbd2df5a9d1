"""Call-backs as their list and page need them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from core.masking import mask_phone
from owners.call_back_sources import address
from owners.models import CallBackTask
from owners.visibility import Eyes

CALL = "owners.call_callbacktask"
REVEAL = "owners.reveal_owner"


def listed(rows: QuerySet[CallBackTask]) -> QuerySet[CallBackTask]:
    return rows.select_related("community", "unit__building", "owner", "closed_by")


def facts(task: CallBackTask, user: Any) -> dict[str, Any]:
    """Context of the page of one call-back: whom to call, about what, and what came of the calls before."""
    eyes = Eyes(user)
    scope = user.access.scope(CALL)
    covers = scope.covers_community(task.community_id) or task.building_id in scope.building_ids
    return {
        "task": task,
        "name": eyes.owner_name(task.owner) if task.owner else "",
        "phones": _phones(task, eyes),
        "calls": list(task.calls.select_related("by")),
        "source_url": address(task.source_type, task.source_id),
        "may_call": task.is_waiting and user.has_perm(CALL) and covers and user.pk not in task.handlers,
        "did_it": user.pk in task.handlers,
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
