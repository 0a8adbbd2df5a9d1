"""⑦ The end of a case and its ways back (R50, R51): satisfied, not satisfied, taken back, opened again."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.states import move
from complaints.models import Complaint
from complaints.policies import may
from complaints.services import clocks
from complaints.services.approvals import end_approvals
from complaints.services.marks import note
from complaints.services.partners import promise_spent
from complaints.services.supervision import end_demands
from complaints.states import ESCALATE_AT_REDO, REOPEN_DAYS, TRANSITIONS, Action, Ending, Level, MajorReason
from core import log
from core.actors import user_id
from core.errors import BadValue, BusinessError
from owners.services.call_backs import hold_call_backs, withdraw_call_backs

CLOSED = log.declare("complaints.complaint.closed", lazy("关闭了投诉建议"))
REDONE = log.declare("complaints.complaint.redone", lazy("客户不满意，重新处理"))
WITHDRAWN = log.declare("complaints.complaint.withdrawn", lazy("撤诉"))
REOPENED = log.declare("complaints.complaint.reopened", lazy("重启"))
BY_ANSWER = frozenset({Ending.SATISFIED, Ending.BASICALLY, Ending.UNREACHED, Ending.REFUSED, Ending.ANONYMOUS})


@transaction.atomic
def close_complaint(case: Complaint, *, by: Any, ending: str, words: str = "") -> Complaint:
    """⑦ 满意关闭. Silence is no satisfaction: 未接通 and 匿名 say so in the record. Raises BadValue, BusinessError."""
    if ending not in BY_ANSWER:
        raise BadValue(_("请选择关闭方式"), field="ending")
    if (ending == Ending.ANONYMOUS) != case.anonymous:
        raise BadValue(_("“匿名，已公示答复”只用于匿名投诉，匿名投诉也只能这样关闭"), field="ending")
    hold_call_backs(case)
    now = timezone.now()
    change = move(
        case, Action.CLOSE, by=by, transitions=TRANSITIONS, policy=may, ending=ending, ending_note=words[:300],
        closed_at=now, closed_by_id=user_id(by),
    )  # fmt: skip
    return _ended(case, CLOSED, change, by, words)


@transaction.atomic
def redo_complaint(case: Complaint, *, by: Any, reason: str) -> Complaint:
    """不满意 → 处理中. The second time it is major by itself (AGAIN): what was done twice in vain goes up."""
    if not reason.strip():
        raise BadValue(_("请写下客户不满意的原因"), field="reason")
    hold_call_backs(case)
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    now, count = timezone.now(), case.redo_count + 1
    values: dict[str, Any] = {"redo_count": count, "partner_due": None}
    if count >= ESCALATE_AT_REDO and case.level != Level.MAJOR:
        values |= {"level": Level.MAJOR, "major_reasons": sorted({*case.major_reasons, MajorReason.AGAIN})}
    spent = promise_spent(case)
    change = move(case, Action.REDO, by=by, transitions=TRANSITIONS, policy=may, **values) | spent
    case.refresh_from_db()
    log.record(
        REDONE, case, by=by, changes=change | {"redo_count": count, "level": case.get_level_display()}, reason=reason
    )
    clocks.start_round(case, at=now)
    clocks.judged(case, at=now)
    withdraw_call_backs(case)
    note(case, _("客户不满意，重新处理"), "" if case.confidential else reason)
    return case


@transaction.atomic
def withdraw_complaint(case: Complaint, *, by: Any, words: str) -> Complaint:
    """撤诉: the customer's own word is what the record keeps."""
    if not words.strip():
        raise BadValue(_("请记录客户撤诉时的原话"), field="words")
    hold_call_backs(case)
    change = move(
        case, Action.WITHDRAW, by=by, transitions=TRANSITIONS, policy=may, ending=Ending.WITHDRAWN,
        ending_note=words[:300], closed_at=timezone.now(), closed_by_id=user_id(by),
    )  # fmt: skip
    clocks.drop(case, at=timezone.now())
    return _ended(case, WITHDRAWN, change, by, words)


@transaction.atomic
def reopen_complaint(case: Complaint, *, by: Any, reason: str) -> Complaint:
    """重启 within 30 days of the end; later it is a new case."""
    if not reason.strip():
        raise BadValue(_("请说明重启原因"), field="reason")
    hold_call_backs(case)
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    now = timezone.now()
    if case.closed_at is not None and now > case.closed_at + timedelta(days=REOPEN_DAYS):
        raise BusinessError(_("关闭已超过 %(days)d 天，请登记新的投诉") % {"days": REOPEN_DAYS})
    if case.accepted_at is None or case.handler_id is None:
        raise BusinessError(_("受理前就撤诉的不能重启，请登记新的投诉"))
    count, spent = case.reopen_count + 1, promise_spent(case)
    change = move(
        case, Action.REOPEN, by=by, transitions=TRANSITIONS, policy=may, closed_at=None, closed_by_id=None, ending="",
        ending_note="", reopen_count=count, partner_due=None,
    )  # fmt: skip
    case.refresh_from_db()
    log.record(REOPENED, case, by=by, changes=change | spent | {"reopen_count": count}, reason=reason)
    clocks.start_round(case, at=now)
    note(case, _("重启处理"), "" if case.confidential else reason)
    return case


def _ended(case: Complaint, code: str, change: dict[str, Any], by: Any, words: str) -> Complaint:
    case.refresh_from_db()
    log.record(code, case, by=by, changes=change | {"ending": case.get_ending_display()}, reason=words)
    clocks.end(case, at=timezone.now())
    end_demands(case)
    end_approvals(case, by=by)
    withdraw_call_backs(case)
    note(case, _("已关闭：%(ending)s") % {"ending": case.get_ending_display()})
    return case
