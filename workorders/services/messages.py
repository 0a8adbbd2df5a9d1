"""What the household is told by itself: somebody is coming, is there, has finished and would like to know how it was (R42, R43)."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from notices.services import messages
from notices.sources import Content
from owners.models import Owner, OwnerPhone, Tenure
from workorders.models import OrderMessage, WorkOrder
from workorders.queries.household_page import by_family_name
from workorders.services.clocks import ROUND_THE_CLOCK
from workorders.states import MessageKind

SOURCE = "workorders.ordermessage"
FOLLOW = "workorders.follow_order"
VALID = timedelta(days=30)
TEMPLATE = "order_progress"
# Everybody of a household concerns what was restored for all; the rest only whoever reported it.
_TO_HOUSEHOLD = frozenset({MessageKind.RESTORED})


def tell_owner(order: WorkOrder, kind: str, text: str = "", besides: Collection[Owner] = ()) -> OrderMessage | None:
    """Sends inside the caller's transaction, once for each call; None when nobody of the house is known to have reported it.
    Emergencies are told at night too. `besides` have just been told something that says it too."""
    owners = [owner for owner in recipients(order, kind) if owner not in besides]
    if not owners:
        return None
    message = OrderMessage.objects.create(order=order, kind=kind, round=order.rework_count, text=text[:200])
    messages.send(
        message,
        unit=order.unit,
        owners=owners,
        urgent=order.urgency in ROUND_THE_CLOCK,
        community_id=order.community_id,
    )
    return message


def recipients(order: WorkOrder, kind: str = "") -> list[Owner]:
    """Whoever reported: the file named on the order, else the one of that flat with the same number."""
    if kind in _TO_HOUSEHOLD and order.unit_id is not None:
        return list(Owner.objects.filter(pk__in=_today(order).values("owner")).order_by("pk"))
    if order.owner is not None:
        return [order.owner]
    if order.unit_id is None or order.phone_index is None:
        return []
    phones = OwnerPhone.objects.filter(number_index=order.phone_index, owner__in=_today(order).values("owner"))
    found = phones.select_related("owner").order_by("pk").first()
    return [found.owner] if found is not None else []


def _today(order: WorkOrder) -> Any:
    return Tenure.objects.filter(unit=order.unit_id).current()


def content_of(message_id: int) -> Content | None:
    """None when it is no longer true: nobody is told of a repairer on his way to an order that was cancelled meanwhile."""
    row = (
        OrderMessage.objects.select_related("order__community", "order__kind", "order__assignee")
        .filter(pk=message_id)
        .first()
    )
    if row is None or row.round != row.order.rework_count:
        return None
    order = row.order
    if row.kind in {MessageKind.DISPATCHED, MessageKind.ARRIVED} and not order.is_open:
        return None
    said = sentence_of(row)
    variables = {
        "community": order.community.name[:20], "matter": str(order.kind)[:20], "state": str(row.get_kind_display())[:20],
        "time": formats.date_format(timezone.localtime(row.created_at), "DATETIME_FORMAT"),
    }  # fmt: skip
    subject = _("报修“%(kind)s”%(state)s") % {"kind": order.kind, "state": row.get_kind_display()}
    return Content(
        template=TEMPLATE, variables=variables, subject=subject, text=said, purpose=FOLLOW,
        address="workorders:public_order", valid=VALID,
    )  # fmt: skip


def sentence_of(message: OrderMessage) -> str:
    """In free text, for mail and the page behind the link. Of the repairer only the family name."""
    order = message.order
    words = {"kind": order.kind, "who": by_family_name(order.assignee), "text": message.text}
    sentences = {
        MessageKind.DISPATCHED: _("您报修的“%(kind)s”已派给%(who)s，将按约定时间上门。"),
        MessageKind.ARRIVED: _("您报修的“%(kind)s”，%(who)s已到场。"),
        MessageKind.COMPLETED: _("您报修的“%(kind)s”已完工，请评价这次服务。"),
        MessageKind.REWORKED: _("您报修的“%(kind)s”将重新维修，我们会尽快安排上门。"),
        MessageKind.ENDED: _("您报修的“%(kind)s”已结束。%(text)s"),
        MessageKind.RESTORED: _("您报修的“%(kind)s”所在范围已恢复。%(text)s"),
    }
    return str(sentences[MessageKind(message.kind)] % words).strip()
