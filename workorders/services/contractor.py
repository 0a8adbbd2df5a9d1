"""Warranty cases go to the company that built (地产公司): a link to one order, restricted, expiring, revocable. It shows where and what,
never who lives there; the company answers on it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BadValue, BusinessError
from core.models import Attachment, SignedLink
from core.services import links
from core.services.attachments import OPENED
from core.services.inbox import notify
from workorders.models import WorkOrder
from workorders.queries.after import CONTRACTOR, CONTRACTOR_ANSWERED
from workorders.queries.audience import Audience
from workorders.states import Level, Status

LINKED = log.declare("workorders.workorder.contractor_linked", lazy("转给了外部公司"))
REVOKED = log.declare("workorders.workorder.contractor_revoked", lazy("收回了给外部公司的链接"))
ANSWERED = log.declare(CONTRACTOR_ANSWERED, lazy("外部公司回复"))
LONGEST = 30


@transaction.atomic
def send_to_contractor(order: WorkOrder, *, by: Any, company: str, days: int, note: str = "") -> str:
    """The token of a new link; it is kept nowhere and cannot be had again. Raises BusinessError."""
    if not order.is_open and order.status != Status.CLOSED:
        raise BusinessError(_("工单已结束，不用再转"))
    if not 0 < days <= LONGEST:
        raise BadValue(_("有效期最长 %(most)d 天") % {"most": LONGEST}, field="days")
    token = links.create(order, CONTRACTOR, by=by, valid=timedelta(days=days))
    until = timezone.localdate() + timedelta(days=days)
    log.record(LINKED, order, by=by, changes={"company": company, "until": until}, reason=note)
    return token


@transaction.atomic
def revoke_links(order: WorkOrder, *, by: Any) -> int:
    count = links.revoke(order, CONTRACTOR)
    if count:
        log.record(REVOKED, order, by=by, changes={"count": count})
    return count


@transaction.atomic
def record_answer(order: WorkOrder, *, link: SignedLink, text: str) -> None:
    """What the company says. Nobody signed in: the entry names the link by its number, and whoever has the order hears of it."""
    if not text.strip():
        raise BadValue(_("请填写处理情况"), field="text")
    log.record(ANSWERED, order, by=_Contractor(link.pk), changes={"answer": text})
    sentence = _("外部公司已回复：%(order)s") % {"order": order.headline}
    for person in Audience().of(order, Level.REMIND):
        notify(person, sentence, url=order.door)


def note_opened(photo: Attachment, *, link: SignedLink) -> None:
    """Who has seen which picture: as for everybody who opens a stored file."""
    log.record(OPENED, photo, by=_Contractor(link.pk), changes={"name": photo.name, "sha256": photo.sha256})


class _Contractor:
    """Whoever holds the link."""

    actor_type = "link"

    def __init__(self, link_id: int) -> None:
        self.actor_id = link_id
        self.actor_label = _("外部公司（链接 %(id)d）") % {"id": link_id}
