"""在线咨询 (R60): an owner asks, the desk answers, either ends it. Nothing here calls the other side: it finds what is new by itself
(the pages look every few seconds), and an owner who is away is told by complaints.services.telling."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from audit.queries.people import holders_of
from audit.states import move
from complaints.models import Enquiry, EnquiryMessage
from complaints.models.enquiries import WORDS
from complaints.states import ENQUIRY_TRANSITIONS, EnquiryAction, EnquiryStatus, Voice
from complaints.working import service_clock
from core import inbox_kinds, locks, log, rate_limit
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import DictItem, InboxItem
from core.services import attachments
from core.services.inbox import Note, notify, notify_many
from core.services.numbering import daily_number
from core.uid import keyed_uuid
from owners.models import TimelineEntry
from owners.services import timeline
from properties.models import Unit

OPENED = log.declare("complaints.enquiry.opened", lazy("提出了咨询"))
WROTE = log.declare("complaints.enquiry.written", lazy("继续咨询"))
ANSWERED = log.declare("complaints.enquiry.answered", lazy("答复了咨询"))
NOTED = log.declare("complaints.enquiry.noted", lazy("写了内部备注"))
HANDED = log.declare("complaints.enquiry.handed_over", lazy("分派了咨询"))
ENDED = log.declare("complaints.enquiry.ended", lazy("结束了咨询"))
TAKEN_BACK = log.declare("complaints.enquiry.taken_back", lazy("业主不用答复了"))
ASKED = inbox_kinds.declare(
    "complaints.enquiry", lazy("在线咨询的新消息"), demands=True, permission="complaints.answer_enquiry"
)
FIRST_ANSWER = timedelta(minutes=30)  # of service time
TELL_AFTER = timedelta(seconds=60)  # who looks within a minute is here
MOST_FILES = 9
# What one person sends in an hour.
BEGUN, WRITTEN = 6, 60


# --- The owner -------------------------------------------------------------------------------------------------------------


def open_enquiry(*, by: Any, unit: Unit, topic: DictItem, text: str, key: str, files: Sequence[Any] = ()) -> Enquiry:
    """A new conversation about one of his flats. `key` belongs to the form he opened: sent twice it is one. Raises BadValue."""
    uid = keyed_uuid("complaints.enquiry", f"{by.owner.pk}:{key}")
    found = Enquiry.objects.filter(uid=uid).first()
    if found is not None:
        return found
    if not text.strip():
        raise BadValue(_("请写下要咨询的事"), field="text")
    rate_limit.require(f"enquiry:owner:{by.owner.pk}", capacity=BEGUN, seconds=3600, sentence=_("您提交得太频繁"))
    with transaction.atomic():
        locks.hold("complaints.enquiry", by.owner.pk)
        return Enquiry.objects.filter(uid=uid).first() or _opened(uid, by, unit, topic, text, files)


def _opened(uid: Any, by: Any, unit: Unit, topic: DictItem, text: str, files: Sequence[Any]) -> Enquiry:
    now = timezone.now()
    row = Enquiry(
        uid=uid, community=unit.community, unit=unit, owner=by.owner, topic=topic, opened_at=now, last_at=now,
        last_voice=Voice.OWNER, last_words=text[:WORDS], staff_unread=1,
        due_at=service_clock(unit.community).add_working_time(now, FIRST_ANSWER),
        number=daily_number("ZX", timezone.localdate(now), community_id=unit.community_id),
    )  # fmt: skip
    save(row)
    message = _said(row, Voice.OWNER, by, text, files, now)
    log.record(OPENED, row, by=by, changes={"number": row.number, "topic": topic, "files": len(files)})
    note_household(row, _("在线咨询：%(topic)s") % {"topic": topic}, text)
    _ring(row, message)
    return row


def write(enquiry: Enquiry, *, by: Any, text: str, files: Sequence[Any] = ()) -> EnquiryMessage:
    """The owner goes on; what was ended is open again. Raises BadValue, OutOfScope."""
    _something(text, files)
    rate_limit.require(f"enquiry:message:{by.owner.pk}", capacity=WRITTEN, seconds=3600, sentence=_("您发得太频繁"))
    with transaction.atomic():
        row = _locked(enquiry)
        now, unread = timezone.now(), row.staff_unread
        was_waiting = row.status == EnquiryStatus.WAITING
        due_at = row.due_at if was_waiting else service_clock(row.community).add_working_time(now, FIRST_ANSWER)
        change = _move(row, EnquiryAction.WRITE, by, due_at=due_at, closed_at=None, taken_back=False)
        if not was_waiting:
            row.overdue_told_at = None
        row.staff_unread, row.owner_unread, row.tell_at = unread + 1, 0, None
        message = _spoken(row, Voice.OWNER, by, text, files, now)
        log.record(WROTE, row, by=by, changes=({} if was_waiting else change) | {"files": len(files)})
        if not unread:
            _ring(row, message)
        return message


@transaction.atomic
def take_back(enquiry: Enquiry, *, by: Any) -> Enquiry:
    """不用答复了: nothing is owed any more."""
    row = _locked(enquiry)
    now = timezone.now()
    change = _move(row, EnquiryAction.TAKE_BACK, by, due_at=None, closed_at=now, taken_back=True)
    row.staff_unread += 1
    _spoken(row, Voice.EVENT, by, _("业主表示不用答复了"), (), now)
    log.record(TAKEN_BACK, row, by=by, changes=change)
    return row


# --- The desk ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(enquiry: Enquiry, *, by: Any, text: str, files: Sequence[Any] = ()) -> EnquiryMessage:
    """Whoever answers what nobody has in hand has it in hand from here on. Raises BadValue, OutOfScope, InvalidTransition."""
    _something(text, files)
    row = _locked(enquiry)
    message, change = _answered(row, Voice.STAFF, by, text, files)
    log.record(ANSWERED, row, by=by, changes=change | {"files": len(files)})
    return message


def tell_outcome(row: Enquiry, *, by: Any, text: str) -> dict[str, Any]:
    """What has become of the matter, in the conversation: it counts as the answer. The caller holds the row locked."""
    return _answered(row, Voice.EVENT, by, text, ())[1]


def _answered(
    row: Enquiry, voice: str, by: Any, text: str, files: Sequence[Any]
) -> tuple[EnquiryMessage, dict[str, Any]]:
    now, due_at, first = timezone.now(), row.due_at, row.first_answer_at is None
    was_waiting = row.status == EnquiryStatus.WAITING
    change = _move(row, EnquiryAction.ANSWER, by, due_at=None)
    if first:
        row.first_answer_at, row.late = now, due_at is not None and now > due_at
    row.handler_id = row.handler_id or user_id(by)
    row.staff_unread, row.owner_unread = 0, row.owner_unread + 1
    row.tell_at = row.tell_at or now + TELL_AFTER
    message = _spoken(row, voice, by, text, files, now)
    return message, change if was_waiting else {}


@transaction.atomic
def add_note(enquiry: Enquiry, *, by: Any, text: str) -> EnquiryMessage:
    """For colleagues only; the owner never sees it, and nothing of the conversation moves."""
    if not text.strip():
        raise BadValue(_("请填写备注"), field="text")
    row = _locked(enquiry)
    message = _said(row, Voice.NOTE, by, text, (), timezone.now())
    log.record(NOTED, row, by=by)
    return message


@transaction.atomic
def hand_over(enquiry: Enquiry, *, by: Any, handler: User, note: str = "") -> Enquiry:
    """分派 or 转交: from here on this person answers for it; he is told, with the words of whoever gave it away. Raises BadValue."""
    row = _locked(enquiry)
    if not row.is_open:
        raise BusinessError(_("咨询已结束，业主再来咨询时会重新打开"))
    if row.handler_id == handler.pk:
        raise BadValue(_("已经由 %(who)s 接待") % {"who": handler}, field="handler")
    if not holders_of("complaints.answer_enquiry", [row.community_id]).filter(pk=handler.pk).exists():
        raise BadValue(_("%(who)s不能答复这个项目的咨询") % {"who": handler}, field="handler")
    before, row.handler = row.handler, handler
    row.save(update_fields=["handler"])
    words = _("转给 %(who)s") % {"who": handler} + (f"：{note}" if note else "")
    _said(row, Voice.NOTE, by, words, (), timezone.now())
    log.record(HANDED, row, by=by, changes={"handler": [str(before or ""), str(handler)]}, reason=note)
    if handler.pk != user_id(by):
        sentence = _("交给你答复：%(enquiry)s") % {"enquiry": f"{row.number} {row.topic}"}
        notify(handler, sentence, kind=ASKED.code, url=row.get_absolute_url(), level=InboxItem.Level.WARNING)
    return row


@transaction.atomic
def end(enquiry: Enquiry, *, by: Any) -> Enquiry:
    """Only after an answer; the owner may write again at any time."""
    row = _locked(enquiry)
    now = timezone.now()
    change = _move(row, EnquiryAction.END, by, closed_at=now, due_at=None)
    _spoken(row, Voice.EVENT, by, _("咨询已结束，有问题可以接着写"), (), now)
    log.record(ENDED, row, by=by, changes=change)
    return row


# --- Both -------------------------------------------------------------------------------------------------------------------


def seen_by_staff(enquiry: Enquiry) -> None:
    """Somebody of the desk has the conversation open."""
    if enquiry.staff_unread:
        Enquiry.objects.filter(pk=enquiry.pk).update(staff_unread=0)


def seen_by_owner(enquiry: Enquiry) -> None:
    """He has read it, so nobody tells him any more."""
    if enquiry.owner_unread or enquiry.tell_at is not None:
        Enquiry.objects.filter(pk=enquiry.pk).update(owner_unread=0, tell_at=None)


def _something(text: str, files: Sequence[Any]) -> None:
    if not text.strip() and not files:
        raise BadValue(_("请写几句，或选择文件"), field="text")
    if len(files) > MOST_FILES:
        raise BadValue(_("文件最多 %(most)d 个") % {"most": MOST_FILES}, field="files")


def _locked(enquiry: Enquiry) -> Enquiry:
    return Enquiry.objects.select_for_update(of=("self",)).with_place().get(pk=enquiry.pk)


def _move(row: Enquiry, action: str, by: Any, **values: Any) -> dict[str, Any]:
    return move(row, action, by=by, transitions=ENQUIRY_TRANSITIONS, **values)


def _spoken(row: Enquiry, voice: str, by: Any, text: str, files: Sequence[Any], now: Any) -> EnquiryMessage:
    """One more message, with what the lists show of it. The caller has set what else changes of the row."""
    row.last_at, row.last_voice, row.last_words = now, voice, (text.strip() or _("[文件]"))[:WORDS]
    row.save()
    return _said(row, voice, by, text, files, now)


def _said(row: Enquiry, voice: str, by: Any, text: str, files: Sequence[Any], now: Any) -> EnquiryMessage:
    message = EnquiryMessage(enquiry=row, voice=voice, by_id=user_id(by), at=now, text=text.strip())
    save(message)
    for file in files:
        attachments.store(message, file, by=by)
    return message


def _ring(row: Enquiry, message: EnquiryMessage) -> None:
    """Once for each run of messages nobody has looked at: whoever has it in hand, else everybody who answers there."""
    people = [row.handler] if row.handler else holders_of("complaints.answer_enquiry", [row.community_id])
    where = row.unit.label if row.unit else row.community.name
    sentence = _("在线咨询：%(topic)s，%(where)s") % {"topic": row.topic, "where": where}
    url, level = row.get_absolute_url(), InboxItem.Level.INFO
    notes = [Note(person.pk, sentence, url, level, f"complaints.enquiry:{message.pk}:{person.pk}") for person in people]
    notify_many(notes, kind=ASKED.code)


def note_household(row: Enquiry, sentence: Any, detail: str = "") -> None:
    """A line on the household's file (R72: all contact with a household stands there)."""
    if row.unit_id is not None:
        timeline.note_unit(
            [row.unit_id], sentence, owner=row.owner, kind=TimelineEntry.Kind.CONTACT, detail=detail, source=row
        )
