"""What somebody above has to agree to (R51): the plan of a major case, money for the customer. Asked and decided by two people."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from complaints.models import Approval, Complaint
from complaints.policies import may_decide
from complaints.queries.audience import who_may_open
from complaints.services import clocks
from complaints.states import MAJOR_AMOUNT, ApprovalKind, ApprovalStatus, Clock, Level, MajorReason, Status
from core import inbox_kinds, log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import InboxItem
from core.services.inbox import Note, notify, notify_many

ASKED = log.declare("complaints.complaint.approval_asked", lazy("提交了审批"))
DECIDED = log.declare("complaints.complaint.approval_decided", lazy("审批"))
TAKEN_BACK = log.declare("complaints.complaint.approval_withdrawn", lazy("撤回了审批申请"))
DECISION = inbox_kinds.declare(
    "complaints.approval", lazy("投诉方案与赔付的审批"), demands=True, permission="complaints.view_complaint"
)


@transaction.atomic
def ask_approval(case: Complaint, *, by: Any, kind: str, text: str, amount: Decimal = Decimal()) -> Approval:
    """A compensation of 1,000 yuan or more makes the case major the moment it is asked for. Raises BadValue, BusinessError."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.status != Status.WORKING:
        raise BusinessError(_("处理中的才能提交审批"))
    if not text.strip():
        raise BadValue(_("请填写内容"), field="text")
    if (kind == ApprovalKind.COMPENSATION) != (amount > 0):
        raise BadValue(_("赔付要填大于 0 的金额，处理方案不填金额"), field="amount")
    row = Approval(complaint=case, kind=kind, text=text, amount=amount, asked_by_id=by.actor_id)
    save(row)
    log.record(ASKED, case, by=by, changes={"what": row.get_kind_display(), "text": text, "amount": _yuan(row)})
    if amount >= MAJOR_AMOUNT and MajorReason.AMOUNT not in case.major_reasons:
        case.level, case.major_reasons = Level.MAJOR, sorted({*case.major_reasons, MajorReason.AMOUNT})
        case.save(update_fields=["level", "major_reasons"])
        clocks.judged(case, at=timezone.now())
    _tell_deciders(case, row)
    return row


@transaction.atomic
def decide_approval(approval: Approval, *, by: Any, agree: bool, answer: str = "") -> Approval:
    """What was agreed to stands on the case from here on. Raises BadValue, BusinessError."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=approval.complaint_id)
    row = _pending(approval)
    allowed = may_decide(by, row)
    if not allowed:
        raise BusinessError(getattr(allowed, "reason", ""))
    if not agree and not answer.strip():
        raise BadValue(_("请说明不同意的原因"), field="answer")
    row.status = ApprovalStatus.APPROVED if agree else ApprovalStatus.REFUSED
    row.decided_by_id, row.decided_at, row.answer = user_id(by), timezone.now(), answer
    save(row, ["status", "decided_by", "decided_at", "answer"])
    if agree and row.kind == ApprovalKind.PLAN:
        case.plan = row.text
    elif agree:
        case.compensation = row.amount
    case.save(update_fields=["plan", "compensation"])
    words = {"what": row.get_kind_display(), "decision": row.get_status_display(), "amount": _yuan(row)}
    log.record(DECIDED, case, by=by, changes=words, reason=answer)
    clocks.meet(case, Clock.REPORT_UP, at=timezone.now())  # whoever decides about it knows of it
    sentence = _("%(case)s 的%(what)s：%(decision)s") % {"case": case.headline, **words}
    notify(row.asked_by, sentence, kind=DECISION.code, url=case.get_absolute_url())
    return row


@transaction.atomic
def withdraw_approval(approval: Approval, *, by: Any) -> Approval:
    row = _pending(approval)
    if row.asked_by_id != by.actor_id:
        raise BusinessError(_("只有申请人能撤回"))
    _take_back(row, by=by)
    return row


def end_approvals(case: Complaint, *, by: Any) -> int:
    """The case is over: there is nothing left to agree to. How many still waited."""
    rows = list(Approval.objects.filter(complaint=case, status=ApprovalStatus.PENDING).select_related("complaint"))
    for row in rows:
        _take_back(row, by=by, reason=_("投诉已关闭"))
    return len(rows)


def _take_back(row: Approval, *, by: Any, reason: str = "") -> None:
    row.status, row.decided_at = ApprovalStatus.WITHDRAWN, timezone.now()
    row.save(update_fields=["status", "decided_at"])
    log.record(TAKEN_BACK, row.complaint, by=by, changes={"what": row.get_kind_display()}, reason=reason)


def _tell_deciders(case: Complaint, row: Approval) -> None:
    """Whoever may agree to it, but not whoever asks."""
    people = who_may_open(case, list(holders_of("complaints.approve_complaint", [case.community_id])))
    sentence = _("待审批%(what)s：%(case)s") % {"what": row.get_kind_display(), "case": case.headline}
    url, key = case.get_absolute_url(), f"complaints.approval:{row.pk}"
    notes = [
        Note(person.pk, sentence, url, InboxItem.Level.WARNING, f"{key}:{person.pk}")
        for person in people
        if person.pk != row.asked_by_id
    ]
    notify_many(notes, kind=DECISION.code)


def _yuan(row: Approval) -> str:
    return f"{row.amount:,.2f}" if row.amount else ""


def _pending(approval: Approval) -> Approval:
    row = Approval.objects.select_for_update(of=("self",)).select_related("asked_by", "complaint").get(pk=approval.pk)
    if row.status != ApprovalStatus.PENDING:
        raise BusinessError(_("这份申请已由 %(who)s 处理：%(state)s") % {
            "who": row.decided_by or row.asked_by, "state": row.get_status_display(),
        })  # fmt: skip
    return row
