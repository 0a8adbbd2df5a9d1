"""What comes after the work, for the page of an order and for the lists of it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core.models import SignedLink
from core.statements import Statement
from notices.models import Delivery
from notices.states import OwnerChannel
from owners.models import CallBackFollow, CallBackTask
from workorders.models import OrderMessage, Supervision, WorkOrder
from workorders.policies import answers_for

CONTRACTOR = "workorders.contractor"
CONTRACTOR_ANSWERED = "workorders.workorder.contractor_answered"
MESSAGES = "workorders.ordermessage"
CALL_BACKS = "owners.view_callbacktask"
DELIVERIES = "notices.view_delivery"
MOST_MESSAGES = 20


def listed(rows: QuerySet[Supervision]) -> QuerySet[Supervision]:
    return rows.select_related(
        "order__community", "order__kind", "order__assignee", "order__team", "demanded_by", "replied_by"
    )


def panels(order: WorkOrder, user: Any, told: list[OrderMessage]) -> dict[str, Any]:
    """Context of templates/workorders/_after.html: demands to be answered, messages to the household, call-backs,
    the contractor's links. A fixed number of queries."""
    links = contractor_links(order)
    demands = list(order.supervisions.select_related("demanded_by", "replied_by"))
    answers = any(row.replied_at is None for row in demands) and answers_for(user, order)
    return {
        "demands": [
            {"row": row, "may_answer": answers and row.replied_at is None and row.demanded_by_id != user.pk}
            for row in demands
        ],
        "messages_sent": messages_of(told) if user.has_perm(DELIVERIES) else [],
        "call_backs": call_backs_of(order, user),
        "contractor_links": links,
        "contractor_open": any(link.revoked_at is None and link.expires_at > timezone.now() for link in links),
    }


def messages_of(rows: list[OrderMessage]) -> list[dict[str, Any]]:
    """What the household was told, with what became of each sending."""
    if not rows:
        return []
    sent: dict[int, list[Delivery]] = {}
    for delivery in Delivery.objects.filter(source_type=MESSAGES, source_id__in=[row.pk for row in rows]).order_by(
        "pk"
    ):
        delivery.channel_word = OwnerChannel(delivery.channel).label  # type: ignore[attr-defined]
        sent.setdefault(delivery.source_id, []).append(delivery)
    return [{"row": row, "deliveries": sent.get(row.pk, [])} for row in rows]


def call_backs_of(order: WorkOrder, user: Any) -> list[CallBackTask]:
    """Calls about the order, and the one it came of. Few orders have any, and who may know of them is a long question."""
    keys = [key for (key,) in _CALLS.rows(order.pk)]
    if not keys:
        return []
    rows = CallBackTask.objects.visible_to(user, CALL_BACKS).filter(pk__in=keys)
    return list(rows.select_related("closed_by").order_by("-pk"))


def _calls(order: int) -> QuerySet[CallBackTask, Any]:
    """As two lists of keys: of an OR PostgreSQL would look through all call-backs."""
    source = {"source_type": WorkOrder._meta.label_lower, "source_id": order}
    led = CallBackFollow.objects.filter(**source).order_by().values_list("task")
    return CallBackTask.objects.filter(**source).order_by().values_list("pk").union(led, all=True)


_CALLS = Statement(_calls, -1)


def contractor_links(order: WorkOrder) -> list[SignedLink]:
    rows = SignedLink.objects.filter(source_type=WorkOrder._meta.label_lower, source_id=order.pk, purpose=CONTRACTOR)
    return list(rows.order_by("-pk"))
