"""What nobody is there to see tells itself: an answer the owner has not looked at goes out as a message; a question that has waited too
long rings; a conversation nobody goes on with ends.

Each run claims rows with SKIP LOCKED and writes in one transaction: two workers never tell the same twice.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from complaints.models import Enquiry, EnquiryMessage
from complaints.services.enquiries import end
from complaints.states import EnquiryStatus, Voice
from core import inbox_kinds
from core.actors import SYSTEM
from core.models import InboxItem
from core.services.inbox import Note, notify_many
from notices.services import messages
from notices.sources import Content

SOURCE = "complaints.enquirymessage"
READ = "complaints.read_enquiry"
TEMPLATE = "enquiry_answered"
VALID = timedelta(days=14)
SILENT = timedelta(days=7)
BATCH = 200
OVERDUE = inbox_kinds.declare(
    "complaints.enquiry_overdue", lazy("在线咨询超时未答复"), demands=True, permission="complaints.answer_enquiry"
)
TO_OWNER = (Voice.STAFF, Voice.EVENT)


def tell_away_owners(*, hold: Callable[[], None] = lambda: None) -> int:
    """One message for all answers since he looked last."""
    return _each(_tell_owners, hold)


def tell_overdue(*, hold: Callable[[], None] = lambda: None) -> int:
    return _each(_tell_staff, hold)


def end_silent(*, hold: Callable[[], None] = lambda: None) -> int:
    """Answered, and a week without a word: ended by itself. Writing opens it again."""
    return _each(_end_batch, hold)


def _each(batch: Callable[[], int], hold: Callable[[], None]) -> int:
    done = 0
    while True:
        with transaction.atomic():
            hold()
            count = batch()
        if not count:
            return done
        done += count


def _claimed(**condition: Any) -> list[Enquiry]:
    rows = Enquiry.objects.filter(**condition).select_for_update(of=("self",), skip_locked=True).with_place()
    return list(rows.order_by("pk")[:BATCH])


def _tell_owners() -> int:
    rows = _claimed(tell_at__lte=timezone.now())
    for row in rows:
        latest = row.messages.filter(voice__in=TO_OWNER).order_by("-pk").first()
        if row.owner_unread and latest is not None:
            messages.send(latest, unit=row.unit, owners=[row.owner], community_id=row.community_id)
    Enquiry.objects.filter(pk__in=[row.pk for row in rows]).update(tell_at=None)
    return len(rows)


def _tell_staff() -> int:
    now = timezone.now()
    rows = _claimed(due_at__lte=now, overdue_told_at__isnull=True)
    leads: dict[int, list[Any]] = {}
    notes = []
    for row in rows:
        if row.community_id not in leads:
            leads[row.community_id] = list(holders_of("complaints.assign_enquiry", [row.community_id]))
        people = {person.pk for person in leads[row.community_id]} | ({row.handler_id} if row.handler_id else set())
        sentence = _("在线咨询超时未答复：%(enquiry)s") % {"enquiry": f"{row.number} {row.topic}"}
        key = f"complaints.enquiry_overdue:{row.pk}:{row.due_at.timestamp():.0f}" if row.due_at else ""
        level = InboxItem.Level.URGENT
        notes += [Note(pk, sentence, row.get_absolute_url(), level, f"{key}:{pk}") for pk in sorted(people)]
    notify_many(notes, kind=OVERDUE.code)
    Enquiry.objects.filter(pk__in=[row.pk for row in rows]).update(overdue_told_at=now)
    return len(rows)


def _end_batch() -> int:
    rows = _claimed(status=EnquiryStatus.ANSWERED, last_at__lte=timezone.now() - SILENT)
    for row in rows:
        end(row, by=SYSTEM)
    return len(rows)


def content_of(message_id: int) -> Content | None:
    """None when he has read it meanwhile. The words themselves stand behind the link and in no message, mail included: a mailbox and the
    servers on the way have readers of their own."""
    row = EnquiryMessage.objects.select_related("enquiry__community", "enquiry__topic").filter(pk=message_id).first()
    if row is None or not row.enquiry.owner_unread:
        return None
    enquiry = row.enquiry
    variables = {
        "community": enquiry.community.name[:20], "matter": str(enquiry.topic)[:20],
        "time": formats.date_format(timezone.localtime(row.at), "DATETIME_FORMAT"),
    }  # fmt: skip
    subject = _("您的咨询有了答复：%(topic)s") % {"topic": enquiry.topic}
    text = _("您关于“%(topic)s”的在线咨询有了答复，请打开下面的链接查看。") % {"topic": enquiry.topic}
    return Content(
        template=TEMPLATE, variables=variables, subject=subject, text=text, purpose=READ,
        address="complaints:public_enquiry", valid=VALID,
    )  # fmt: skip
