"""督办 (R41): somebody demands that an order be done by a day; whoever is responsible answers."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import InboxItem
from core.services.inbox import notify
from workorders.models import Supervision, WorkOrder
from workorders.policies import may_answer
from workorders.queries.audience import Audience
from workorders.services.escalations import DEMANDED, SUPERVISED
from workorders.states import Level

ANSWERED = log.declare("workorders.workorder.answered", lazy("回复了督办"))


@transaction.atomic
def supervise_order(order: WorkOrder, *, by: Any, demand: str, due_at: datetime) -> Supervision:
    """A demand on an open order; whoever has it in hand, or dispatches there, hears of it. Raises BadValue, BusinessError."""
    locked = WorkOrder.objects.select_for_update(of=("self",)).select_related("assignee", "team__leader", "kind").get(
        pk=order.pk
    )  # fmt: skip
    if not locked.is_open:
        raise BusinessError(_("工单已结束，不用再督办"))
    if not demand.strip():
        raise BadValue(_("请写明督办要求"), field="demand")
    if due_at <= timezone.now():
        raise BadValue(_("要求完成时间须晚于现在"), field="due_at")
    row = Supervision(order=locked, demanded_by_id=user_id(by), demand=demand, due_at=due_at)
    save(row)
    day = formats.date_format(timezone.localtime(due_at), "DATETIME_FORMAT")
    log.record(DEMANDED, locked, by=by, changes={"demand": demand, "due_at": day})
    words = {"order": locked.headline, "due": day}
    sentence = _("督办：%(order)s，要求 %(due)s 前完成") % words
    for person in Audience().of(locked, Level.REMIND):
        if person.pk != user_id(by):
            notify(person, sentence, kind=SUPERVISED.code, url=locked.door, level=InboxItem.Level.URGENT)
    return row


@transaction.atomic
def reply_supervision(supervision: Supervision, *, by: Any, reply: str) -> Supervision:
    """The answer, once; whoever demanded hears of it."""
    row = Supervision.objects.select_for_update(of=("self",)).select_related("order__kind", "demanded_by").get(
        pk=supervision.pk
    )  # fmt: skip
    if row.replied_at is not None:
        raise BusinessError(_("这条督办已由 %(who)s 回复") % {"who": row.replied_by})
    allowed = may_answer(by, row)
    if not allowed:
        raise BusinessError(getattr(allowed, "reason", ""))
    if not reply.strip():
        raise BadValue(_("请填写回复"), field="reply")
    row.reply, row.replied_by_id, row.replied_at = reply, user_id(by), timezone.now()
    save(row, ["reply", "replied_by", "replied_at"])
    log.record(ANSWERED, row.order, by=by, changes={"answer": reply})
    if row.demanded_by is not None:
        sentence = _("督办已回复：%(order)s") % {"order": row.order.headline}
        notify(row.demanded_by, sentence, kind=SUPERVISED.code, url=row.order.door)
    return row
