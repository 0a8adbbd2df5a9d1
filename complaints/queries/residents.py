"""What an owner sees of his conversations and complaints on his own pages. His are those he has made himself: a complaint is no matter
of the household, least of all a confidential one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.states import available_actions
from complaints.models import Complaint, ComplaintClock, Enquiry
from complaints.states import CONTENT, OPEN, Action, Clock, Ending, EnquiryStatus, Outcome, Status
from core.models import Attachment, LogEntry
from owners.models import Owner
from owners.waiting import Waiting
from properties.models import Unit
from workorders.queries.household_page import day_and_time

PAGE = 20
JUDGED_CODE = "complaints.complaint.judged"
MOST = 60  # lines of the log: more of them nobody reads on a phone


def enquiries_of(owner: Owner) -> QuerySet[Enquiry]:
    return Enquiry.objects.filter(owner=owner)


def enquiry_of(owner: Owner, pk: int) -> Enquiry | None:
    rows = enquiries_of(owner).select_related("community__work_calendar", "unit__building", "topic", "owner", "handler")
    return rows.filter(pk=pk).first()


@dataclass(frozen=True)
class EnquiryLine:
    enquiry: Enquiry
    word: str
    colour: str
    is_new: bool


def enquiry_lines(owner: Owner, number: int) -> tuple[list[EnquiryLine], bool]:
    """One page and whether another follows: what he has not read first, then what is open, then the rest."""
    rank = Case(
        When(owner_unread__gt=0, then=Value(0)),
        When(status__in=[EnquiryStatus.WAITING, EnquiryStatus.ANSWERED], then=Value(1)),
        default=Value(2),
    )
    rows = enquiries_of(owner).select_related("topic", "unit").annotate(rank=rank).order_by("rank", "-last_at", "-id")
    start = (number - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    return [EnquiryLine(row, *enquiry_word(row), row.owner_unread > 0) for row in found[:PAGE]], len(found) > PAGE


def enquiry_word(row: Enquiry) -> tuple[str, str]:
    """How the state reads to whoever asked: (words, colour)."""
    if row.status == EnquiryStatus.WAITING:
        return _("等待答复"), "orange"
    if row.status == EnquiryStatus.ANSWERED:
        return _("已答复"), "green"
    return _("已结束"), "grey"


def waiting_answers(owner: Owner, unit: Unit | None) -> list[Waiting]:
    """Answers he has not read."""
    rows = enquiries_of(owner).filter(owner_unread__gt=0).select_related("topic").order_by("-last_at")
    return [
        Waiting(
            _("咨询有了答复：%(topic)s") % {"topic": row.topic}, row.last_words, "portal:enquiry", (row.pk,), "message-2", "warn",
        )
        for row in rows[:3]
    ]  # fmt: skip


# --- Complaints ------------------------------------------------------------------------------------------------------------


def cases_of(owner: Owner) -> QuerySet[Complaint]:
    """What he has said himself, by telephone too; also what is confidential: it is his."""
    return Complaint.objects.filter(owner=owner)


def case_of(owner: Owner, pk: int) -> Complaint | None:
    return cases_of(owner).select_related("community", "topic", "category", "unit").filter(pk=pk).first()


def case_word(case: Complaint) -> tuple[str, str]:
    """How the state reads to whoever complained: (words, colour)."""
    words = {
        Status.NEW: (_("已提交，等待受理"), "orange"),
        Status.ROUTING: (_("已受理，正在安排"), "orange"),
        Status.WORKING: (_("处理中"), "blue"),
        Status.ANSWERING: (_("已处理，准备回复您"), "blue"),
        Status.CALLING: (_("请您评价"), "orange"),
        Status.CLOSED: (_("已撤回"), "grey") if case.ending == Ending.WITHDRAWN else (_("已结束"), "green"),
    }
    return words[Status(case.status)]


@dataclass(frozen=True)
class CaseLine:
    case: Complaint
    word: str
    colour: str


def case_lines(owner: Owner, number: int) -> tuple[list[CaseLine], bool]:
    """One page and whether another follows: what wants a word of his first, then what is open, then the rest."""
    rank = Case(
        When(status=Status.CALLING, then=Value(0)), When(status__in=sorted(OPEN), then=Value(1)), default=Value(2)
    )
    rows = cases_of(owner).select_related("topic").annotate(rank=rank).order_by("rank", "-id")
    start = (number - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    return [CaseLine(row, *case_word(row)) for row in found[:PAGE]], len(found) > PAGE


def waiting_judgements(owner: Owner, unit: Unit | None) -> list[Waiting]:
    """Results he has not judged."""
    rows = cases_of(owner).filter(status=Status.CALLING).select_related("topic").order_by("-id")
    return [
        Waiting(
            _("请评价处理结果：%(topic)s") % {"topic": row.topic}, _("满意就结束，不满意重新处理"), "portal:complaint", (row.pk,), "star",
        )
        for row in rows[:3]
        if not judged_since_answer(row)
    ]  # fmt: skip


def case_page(case: Complaint, by: Any) -> dict[str, Any]:
    """`by` is the owner's session: what he may do he may do himself."""
    acts = available_actions(by, case)
    return {
        "case": case,
        "standing": (_("已评价，等待确认"), "blue") if judged_since_answer(case) else case_word(case),
        "steps": _steps(case),
        "promises": _promises(case),
        "answers": list(case.answers.order_by("-at", "-id")),
        "outcome": str(Outcome(case.outcome).label) if case.outcome and case.answered_at else "",
        "photos": photos_of(case),
        "events": list(_events(case)),
        "may_withdraw": Action.WITHDRAW in acts and case.status != Status.CALLING,
        "may_judge": Action.CLOSE in acts and not judged_since_answer(case),
    }


def judged_since_answer(case: Complaint) -> bool:
    """Whether he has said what he thinks of the answer that stands; only of a major case is that not its end."""
    return bool(judgement_of(case))


def judgement_of(case: Complaint) -> str:
    """What he has said of the answer that stands, as an ending; "" when nothing."""
    if not case.is_major or case.answered_at is None:
        return ""
    rows = LogEntry.objects.filter(object_type=case._meta.label_lower, object_id=case.pk, action=JUDGED_CODE)
    said = rows.filter(at__gte=case.answered_at).order_by("-id").first()
    if said is None:
        return ""
    word = said.changes.get("outcome")
    return next((code for code in sorted(CONTENT) if str(Ending(code).label) == word), Ending.BASICALLY)


def _steps(case: Complaint) -> list[dict[str, Any]]:
    rows: list[tuple[str, datetime | None]] = [
        (_("已提交"), case.received_at), (_("已受理"), case.accepted_at), (_("处理中"), case.assigned_at),
        (_("已回复"), case.answered_at if case.status in {Status.CALLING, Status.CLOSED} else None),
    ]  # fmt: skip
    if case.ending == Ending.WITHDRAWN:
        rows = [row for row in rows if row[1]] + [(_("已撤回"), case.closed_at)]
    else:
        rows.append((_("已结束"), case.closed_at))
    done = [place for place, row in enumerate(rows) if row[1]]
    return [{"label": label, "at": at, "now": place == done[-1]} for place, (label, at) in enumerate(rows)]


def _promises(case: Complaint) -> list[str]:
    """What is still owed, in plain words."""
    if case.status not in OPEN or case.status == Status.CALLING:
        return []
    owed = ComplaintClock.objects.filter(complaint=case, met_at__isnull=True, dropped_at__isnull=True).order_by(
        "due_at"
    )
    rows = list(owed.filter(clock__in=[Clock.FIRST_ANSWER, Clock.COMPLETION]))
    now = timezone.now()
    words = {Clock.FIRST_ANSWER: _("%(at)s 前给您首次回复"), Clock.COMPLETION: _("%(at)s 前办结并回复")}
    told = [words[Clock(row.clock)] % {"at": day_and_time(row.due_at)} for row in rows if row.due_at >= now]
    if any(row.due_at < now for row in rows):
        told.insert(0, _("已经超过承诺的时间，很抱歉，我们正在催办"))
    return told


def photos_of(case: Complaint) -> list[Attachment]:
    """What he has sent himself; files of the desk are the desk's."""
    rows = Attachment.objects.of(case).filter(removed_at__isnull=True, created_by__isnull=True)
    return list(rows.filter(content_type__startswith="image/").order_by("pk"))


def photo_of(case: Complaint, pk: int) -> Attachment | None:
    return next((row for row in photos_of(case) if row.pk == pk), None)


@dataclass(frozen=True)
class Event:
    at: datetime
    said: str
    detail: str = ""


def _events(case: Complaint) -> Iterable[Event]:
    """Newest first; of the log only what is meant for him. The words of answers stand above, reasons of the desk are the desk's."""
    rows = LogEntry.objects.filter(object_type=case._meta.label_lower, object_id=case.pk)
    said = {
        "created": _("已提交"), "accepted": _("物业已受理"), "assigned": _("已安排专人处理"), "rerouted": _("转交相关单位处理"),
        "customer_told": _("给您回复"), "answered": _("回复处理结果"), "closed": _("已结束"), "redone": _("不满意，重新处理"),
        "withdrawn": _("已撤回"), "judged": _("您评价了处理结果"), "reopened": _("重新处理"), "order_raised": _("已安排维修"),
    }  # fmt: skip
    for row in rows.order_by("-id")[:MOST]:
        act = row.action.removeprefix("complaints.complaint.")
        if act in said:
            yield Event(row.at, said[act], row.reason if row.actor_type == "owner" else "")
