"""Handing deliveries to the channels (SECURITY 1.1, external side effects).

A row goes waiting -> sending (with a lease, committed before the vendor is asked) -> what the vendor answered. Who is killed in
between leaves a row in `sending`; when its lease is over it becomes unknown, is shown as that, and is resolved by asking the vendor
or by a person. It is never sent again by itself: nobody gets a message twice because a worker died.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import locks
from core.actors import SYSTEM
from core.errors import BadValue
from core.masking import mask_phone
from core.normalise import normalise_phone
from core.services import links
from notices.channels import registry
from notices.channels.contract import Busy, Channel, Message, Refused, Sent, Unknown
from notices.models import Delivery
from notices.sources import Content, content
from notices.states import Outcome, OwnerChannel, Reason
from notices.timing import PACE, next_allowed
from owners.models import Owner
from owners.services.consents import OPT_OUT

LEASE = timedelta(minutes=3)
MAX_TRIES = 3
OPT_OUT_DAYS = timedelta(days=180)
RETRY = (timedelta(minutes=1), timedelta(minutes=10))

_CLAIM = """
UPDATE notices_delivery SET status = 'sending', lease_until = clock_timestamp() + %(lease)s, tries = tries + 1
 WHERE id = (SELECT id FROM notices_delivery
              WHERE status = 'waiting' AND lead AND channel = %(channel)s AND send_after <= clock_timestamp()
                AND (urgent OR NOT %(quiet)s)
              ORDER BY urgent DESC, send_after, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, owner_id, urgent
"""
# The last message to this person over an outside channel, also one that is on its way now: the row in flight says when it left.
_LAST = """
SELECT max(at) FROM (
    SELECT sent_at AS at FROM notices_delivery
     WHERE owner_id = %(owner)s AND lead AND channel <> 'in_app' AND sent_at > clock_timestamp() - %(pace)s
    UNION ALL
    SELECT lease_until - %(lease)s FROM notices_delivery
     WHERE status = 'sending' AND owner_id = %(owner)s AND lead AND channel <> 'in_app' AND id <> %(id)s
) AS recent
"""
_FOLLOW = """
UPDATE notices_delivery d
   SET status = l.status, reason = l.reason, detail = l.detail, sent_at = l.sent_at, vendor_id = l.vendor_id
  FROM notices_delivery l
 WHERE NOT d.lead AND d.status IN ('waiting', 'unknown') AND l.status NOT IN ('waiting', 'sending') AND l.status <> d.status
   AND l.lead AND l.owner_id = d.owner_id AND l.source_type = d.source_type AND l.source_id = d.source_id
   AND l.channel = d.channel
"""


def due_channels() -> list[str]:
    """The channels that have something to send now, in a fixed order. Each is asked by itself: to read the distinct channels of half a
    million waiting rows took longer than sending some."""
    due = Delivery.objects.filter(status=Outcome.WAITING, lead=True, send_after__lte=Now())
    kinds = (True,) if _quiet() else (True, False)
    codes = sorted({spec.channel for spec in registry.SPECS})
    return [code for code in codes if any(due.filter(channel=code, urgent=kind).exists() for kind in kinds)]


def _quiet() -> bool:
    now = timezone.now()
    return next_allowed(now) != now


def claim(channel: str) -> Delivery | None:
    """The next row of a channel, marked as being sent and committed; two senders never get the same one. A row that comes too soon
    after another message to its person is put off and returned as waiting."""
    values: dict[str, Any] = {"lease": LEASE, "channel": channel, "quiet": _quiet()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        found = cursor.fetchone()
        if found is None:
            return None
        pk, owner_id, urgent = found
        if not urgent:
            _keep_pace(pk, owner_id)
    return Delivery.objects.select_related("owner").get(pk=pk)


def _keep_pace(pk: int, owner_id: int) -> None:
    """Two senders who hold rows for one person look one after the other, so that the second sees what the first has claimed. The
    lock comes after the row's: nobody waits for that row (others skip it), so the two orders cannot meet."""
    locks.hold("notices.pace", owner_id)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"owner": owner_id, "id": pk, "pace": PACE, "lease": LEASE}
        cursor.execute(_LAST, values)
        (last,) = cursor.fetchone()
    if last is not None:
        Delivery.objects.filter(pk=pk).update(
            status=Outcome.WAITING, send_after=last + PACE, lease_until=None, tries=F("tries") - 1
        )


def deliver_next(code: str, channel: Channel) -> Delivery | None:
    """Claims, asks the vendor and writes down the answer; None when nothing is due."""
    delivery = claim(code)
    if delivery is None or delivery.status != Outcome.SENDING:
        return delivery
    later = _later(delivery)
    if later is not None:
        _put_back(delivery, later, count=False)
        return delivery
    words = content(delivery.source_type, delivery.source_id)
    if words is None:
        return _settle(delivery, Outcome.SKIPPED, Reason.WITHDRAWN)
    if words.marketing and not delivery.owner.marketing_consent:
        # He said no since the row was written: overnight, or between two channels.
        return _settle(delivery, Outcome.SKIPPED, Reason.OPTED_OUT)
    to = address_of(delivery.owner, code)
    if not to:
        return _settle(delivery, Outcome.FAILED, Reason.BAD_ADDRESS)
    settle(delivery, channel.send(message_for(delivery, words, to)))
    return delivery


def _later(delivery: Delivery) -> Any:
    """The end of the person's own quiet hours, when it may not leave now. What is urgent waits for nothing."""
    owner = delivery.owner
    if delivery.urgent or owner.quiet_from is None or owner.quiet_until is None:
        return None
    now = timezone.now()
    allowed = next_allowed(now, owner.quiet_from, owner.quiet_until)
    return allowed if allowed != now else None


def address_of(owner: Owner, channel: str) -> str:
    """Where this person is on that channel; "" when nowhere. Text messages go to mobiles only."""
    if channel == OwnerChannel.EMAIL:
        return str(owner.email)
    if channel == OwnerChannel.IN_APP:
        return f"owner:{owner.pk}"
    if channel == OwnerChannel.WECHAT:
        bindings: Any = getattr(owner, "wechat_bindings", None)
        bound = bindings.filter(unbound_at__isnull=True).first() if bindings is not None else None
        return str(bound.openid) if bound else ""
    for phone in owner.phones.all():
        try:
            number = normalise_phone(phone.number)
        except BadValue:
            continue
        if len(number) == 11 and number.startswith("1"):
            return number
    return ""


def message_for(delivery: Delivery, words: Content, to: str) -> Message:
    """The personal link is made anew for each message: of a token only its digest is kept."""
    url = ""
    if words.address:
        token = links.create(delivery, words.purpose, by=SYSTEM, valid=words.valid)
        url = settings.PUBLIC_URL.rstrip("/") + reverse(words.address, args=[token])
    variables, text = dict(words.variables), words.text
    if words.marketing:
        variables |= _way_out(delivery.owner)
        text = "\n\n".join([text, _("不想再收到这类信息，请打开：%(url)s") % {"url": variables["opt_out_url"]}])
    return Message(
        request_id=delivery.uid,
        to=to,
        template=words.template,
        variables=variables,
        subject=words.subject,
        text=text,
        url=url,
    )


def _way_out(owner: Owner) -> dict[str, str]:
    """The link that ends advertising, without signing in; alone and as an address, as vendors want the one or the other."""
    token = links.create(owner, OPT_OUT, by=SYSTEM, valid=OPT_OUT_DAYS)
    return {"opt_out": token, "opt_out_url": settings.PUBLIC_URL.rstrip("/") + reverse("portal:opt_out", args=[token])}


def settle(delivery: Delivery, answer: Sent | Refused | Busy | Unknown) -> Delivery:
    """Writes down what the vendor said, unless somebody else has decided about this attempt meanwhile."""
    match answer:
        case Sent():
            return _settle(delivery, Outcome.SENT, vendor_id=answer.vendor_id[:80], sent_at=Now())
        case Busy():
            return _put_back(delivery, timezone.now() + timedelta(seconds=answer.retry_after_seconds), count=False)
        case Unknown():
            return _settle(delivery, Outcome.UNKNOWN, Reason.NO_ANSWER, detail=_said(answer.reason))
    if answer.permanent or delivery.tries >= MAX_TRIES:
        return _settle(delivery, Outcome.FAILED, Reason.REFUSED, detail=_said(answer.reason))
    return _put_back(delivery, timezone.now() + RETRY[delivery.tries - 1], count=True)


def _said(reason: str) -> str:
    """A vendor's words may repeat the number."""
    words = reason[:200].split()
    return " ".join(mask_phone(word) if word.isdecimal() and len(word) >= 7 else word for word in words)


def _attempt(delivery: Delivery) -> Any:
    """The row while it is still this attempt's: one that was swept as unknown takes the answer that comes after all."""
    return Delivery.objects.filter(
        pk=delivery.pk, status__in=[Outcome.SENDING, Outcome.UNKNOWN], tries=delivery.tries, uid=delivery.uid
    )


def _settle(delivery: Delivery, status: str, reason: str = "", **values: Any) -> Delivery:
    _attempt(delivery).update(status=status, reason=reason, lease_until=None, **{"detail": ""} | values)
    delivery.refresh_from_db()
    return delivery


def _put_back(delivery: Delivery, at: Any, *, count: bool) -> Delivery:
    """Back into the queue. What the vendor has refused counts as a try; what never left does not."""
    values: dict[str, Any] = {"status": Outcome.WAITING, "send_after": at, "lease_until": None}
    if not count:
        values["tries"] = F("tries") - 1
    _attempt(delivery).filter(status=Outcome.SENDING).update(**values)
    delivery.refresh_from_db()
    return delivery


def sweep() -> int:
    """Rows whose sender is gone: nobody knows whether the vendor got them. Returns how many became unknown."""
    lost = Delivery.objects.filter(status=Outcome.SENDING, lease_until__lt=Now())
    return lost.update(status=Outcome.UNKNOWN, reason=Reason.NO_ANSWER, lease_until=None)


def ask_about_unknown(limit: int = 200) -> int:
    """Asks the vendors that can tell; returns how many were resolved. What nobody can tell is left to a person."""
    resolved, ask_again = 0, timezone.now() + timedelta(hours=1)
    rows = Delivery.objects.filter(status=Outcome.UNKNOWN, lead=True, send_after__lte=Now())
    for delivery in rows.select_related("owner").order_by("pk")[:limit]:
        resolved += ask_vendor(delivery)
        # send_after now says when to ask next: a vendor is not asked the same thing every minute.
        Delivery.objects.filter(pk=delivery.pk, status=Outcome.UNKNOWN).update(send_after=ask_again)
    return resolved


def ask_vendor(delivery: Delivery) -> bool:
    """One unknown row: True when the vendor knew."""
    to = address_of(delivery.owner, delivery.channel)
    answer = registry.get(delivery.channel).query(delivery.uid, to=to, sent_on=timezone.localdate(delivery.created_at))
    if not isinstance(answer, (Sent, Refused)):
        return False
    if isinstance(answer, Refused):
        _settle(delivery, Outcome.FAILED, Reason.REFUSED, detail=_said(answer.reason))
    else:
        settle(delivery, answer)
    return True


def follow_leads() -> int:
    """The other homes of somebody who has several take over what became of his one message."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW)
        return int(cursor.rowcount)


def fail_disabled(codes: list[str]) -> int:
    """Nothing waits for a channel that is not set up: it fails at once, so that the next channel takes over."""
    off = Delivery.objects.filter(status=Outcome.WAITING, channel__in=codes)
    # In two statements, because each has an index of its own and both together have none.
    return sum(off.filter(lead=lead).update(status=Outcome.FAILED, reason=Reason.NOT_ENABLED) for lead in (True, False))
