"""What has been handed to a vendor, by request id: a repeated id gets the first answer and never a second message (SECURITY 1.1).

Most vendors cannot be asked what became of a message, and some deliver a repeated one; this row outlives a worker that dies
between the vendor's answer and the caller's own note of it. The row is committed before the call, so callers hold no transaction.
"""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.channels.contract import Message, Outcome, Refused, Sent, Unknown
from notices.models import ChannelRequest

KEEP = timedelta(days=30)
State = ChannelRequest.State


def claim(code: str, message: Message) -> Outcome | None:
    """Notes that the message leaves now; the first answer when it has left before."""
    row = ChannelRequest(uid=message.request_id, code=code, to=message.to)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
        return None
    except IntegrityError:
        pass
    again = ChannelRequest.objects.filter(uid=message.request_id, state=State.OPEN)
    if again.update(state=State.SENDING, at=timezone.now()):
        return None
    return recalled(ChannelRequest.objects.filter(uid=message.request_id).first())


def recalled(row: ChannelRequest | None) -> Outcome:
    """The answer that stands in the row."""
    if row is not None and row.state == State.SENT:
        return Sent(row.vendor_id)
    if row is not None and row.state == State.REFUSED:
        return Refused(row.note, permanent=True)
    if row is not None and row.state == State.UNKNOWN:
        return Unknown(row.note)
    return Unknown(_("正在发送，或在发送途中中断"))


def settle(request_id: Any, outcome: Outcome) -> None:
    """Notes the answer. What may be tried again stands open: the same id may leave once more."""
    rows = ChannelRequest.objects.filter(uid=request_id)
    if isinstance(outcome, Sent):
        rows.update(state=State.SENT, vendor_id=outcome.vendor_id[:80], note="")
    elif isinstance(outcome, Unknown):
        rows.update(state=State.UNKNOWN, note=outcome.reason[:120])
    elif isinstance(outcome, Refused) and outcome.permanent:
        rows.update(state=State.REFUSED, note=outcome.reason[:120])
    else:
        rows.update(state=State.OPEN)


def purge() -> int:
    return ChannelRequest.objects.filter(at__lt=timezone.now() - KEEP).delete()[0]
