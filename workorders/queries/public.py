"""What strangers with a link see of an order: no name, no number, nothing of other orders."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.models import Attachment, LogEntry, SignedLink
from notices.models import Delivery
from owners.models import Owner
from workorders.models import OrderMessage, Rating, WorkOrder
from workorders.queries.after import CONTRACTOR_ANSWERED
from workorders.signatures import SIGNED
from workorders.states import Status

RATED_IN = frozenset({Status.DONE, Status.ARCHIVED})


@dataclass(frozen=True)
class Followed:
    """The order a message was about, and whose message it was."""

    order: WorkOrder
    owner: Owner
    round: int


def followed(delivery: Delivery) -> Followed | None:
    if delivery.source_type != OrderMessage._meta.label_lower:
        return None
    row = OrderMessage.objects.select_related("order__community", "order__kind", "order__category").filter(
        pk=delivery.source_id
    )
    message = row.first()
    return Followed(message.order, delivery.owner, message.round) if message is not None else None


def progress(source: Followed) -> dict[str, Any]:
    order = source.order
    rating = Rating.objects.filter(order=order, round=order.rework_count).first()
    return {
        "order": order,
        "steps": steps(order),
        "rating": rating,
        "may_rate": rating is None and order.status in RATED_IN,
    }


def steps(order: WorkOrder) -> list[dict[str, Any]]:
    """The road of an order, each step with its time once it is behind."""
    rows = [
        (_("已受理"), order.reported_at),
        (_("已派单"), order.dispatched_at),
        (_("已接单"), order.accepted_at),
        (_("已到场"), order.arrived_at),
        (_("已完工"), order.completed_at),
    ]
    if order.status in {Status.CANCELLED, Status.CLOSED}:
        rows = [row for row in rows if row[1]] + [(str(order.get_status_display()), order.ended_at)]
    return [{"label": label, "at": at} for label, at in rows]


def photos_of(order: WorkOrder) -> QuerySet[Attachment]:
    """Pictures of the matter: neither those of the checklist nor an owner's signature."""
    rows = Attachment.objects.filter(source_type=order._meta.label_lower, source_id=order.pk, removed_at__isnull=True)
    return rows.filter(content_type__startswith="image/").exclude(name__startswith=SIGNED).order_by("id")


def warranty_case(order: WorkOrder, link: SignedLink) -> dict[str, Any]:
    """For the company that built: the place, the matter and its pictures, the dates of the warranty, its own answers."""
    answers = LogEntry.objects.filter(
        action=CONTRACTOR_ANSWERED,
        object_type=order._meta.label_lower,
        object_id=order.pk,
        actor_type="link",
        actor_id=link.pk,
    )
    return {
        "order": order,
        "photos": list(photos_of(order)),
        "expires_at": link.expires_at,
        "answers": [{"at": row.at, "text": row.changes.get("answer", "")} for row in answers.order_by("id")],
    }
