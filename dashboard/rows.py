"""What waits, as rows: cards of the workbench and red counts of the menu count the same lists. `community` narrows to the one in which
the person works, as the links of the menu do."""

from typing import Any

from django.db.models import QuerySet

from notices.models import Notice
from notices.states import Status as NoticeStatus
from owners.models import CallBackTask, Correction
from owners.states import CorrectionStatus
from workorders.models import Supervision, SuspensionRequest, WorkOrder
from workorders.queries.groups import of_group
from workorders.states import RequestStatus, Status

Rows = QuerySet[Any]


def _here(rows: Rows, path: str, community: Any) -> Rows:
    return rows.filter(**{path: community.pk}) if community is not None else rows


def orders(user: Any, group: str, community: Any = None) -> Rows:
    rows = WorkOrder.objects.visible_to(user, "workorders.view_workorder")
    found: Rows = of_group(_here(rows, "community", community), group)
    return found


def late_orders(user: Any, community: Any = None) -> Rows:
    """Orders past a deadline that still runs."""
    return orders(user, "over", community)


def undispatched_orders(user: Any, community: Any = None) -> Rows:
    rows = WorkOrder.objects.visible_to(user, "workorders.dispatch_workorder")
    return _here(rows.filter(status=Status.WAITING), "community", community)


def orders_to_accept(user: Any, community: Any = None) -> Rows:
    """Given to this person by name, and not yet accepted; on the phone all communities stand together."""
    rows = WorkOrder.objects.visible_to(user, "workorders.work_workorder")
    return rows.filter(assignee=user, status=Status.DISPATCHED)


def pending_suspensions(user: Any, community: Any = None) -> Rows:
    """Requests to suspend that nobody has answered."""
    rows = SuspensionRequest.objects.visible_to(user, "workorders.approve_suspension")
    return _here(rows.filter(status=RequestStatus.PENDING), "order__community", community)


def open_supervisions(user: Any, community: Any = None) -> Rows:
    """Demands nobody has answered yet."""
    rows = Supervision.objects.visible_to(user, "workorders.view_workorder").filter(replied_at__isnull=True)
    return _here(rows, "order__community", community)


def call_backs_now(user: Any, community: Any = None) -> Rows:
    """Households this person can call now: he did not do the work himself, and no colleague has taken them."""
    rows = CallBackTask.objects.visible_to(user, "owners.view_callbacktask")
    return _here(rows.ready_for(user), "community", community)


def waiting_corrections(user: Any, community: Any = None) -> Rows:
    """What owners have corrected themselves and nobody has looked at yet (R26)."""
    rows = Correction.objects.visible_to(user, "owners.review_correction").filter(status=CorrectionStatus.WAITING)
    return _here(rows, "community", community)


def notices_to_review(user: Any, community: Any = None) -> Rows:
    """Announcements that wait for a review this person may give: not his own."""
    rows = Notice.objects.visible_to(user, "notices.approve_notice").filter(status=NoticeStatus.SUBMITTED)
    rows = rows.exclude(author_id=user.pk)
    return rows.filter(community_ids__contains=[community.pk]) if community is not None else rows
