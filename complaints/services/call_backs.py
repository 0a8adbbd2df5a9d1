"""投诉 100% 回访 (DOMAIN 2.6): planned with the final answer, made by somebody who did not handle it; what the customer says then ends
the case or begins it anew."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint
from complaints.policies import available_actions
from complaints.services.clocks import telling_time
from complaints.services.closing import close_complaint, redo_complaint
from complaints.states import Action, Ending, Status
from core import inbox_kinds, log
from core.actors import SYSTEM
from core.models import InboxItem
from core.services.inbox import notify
from owners.models import CallBackAttempt, CallBackTask
from owners.services.call_backs import plan_call_back
from owners.states import CallBackCause, CallBackStatus

CALLED_BACK = log.declare("complaints.complaint.called_back", lazy("回访"))
OUTCOME = inbox_kinds.declare(
    "complaints.call_back", lazy("投诉回访的结果"), demands=True, permission="complaints.view_complaint"
)
WAIT = timedelta(days=1)
ENDINGS: dict[str, str] = {
    CallBackStatus.SATISFIED: Ending.SATISFIED, CallBackStatus.BASICALLY: Ending.BASICALLY,
}  # fmt: skip


def after_answer(case: Complaint) -> CallBackTask | None:
    """The next working day: the customer has had time to see whether it holds. An anonymous customer cannot be called, and of somebody
    without a number only the file knows another way. A confidential matter is named by its number alone: more people read the list of
    calls than may read the case."""
    if case.anonymous or not (case.phone or case.owner_id):
        return None
    open_to_all = not case.confidential
    return plan_call_back(
        case, title=case.headline, cause=CallBackCause.COMPLAINT, due_at=telling_time(case, timezone.now() + WAIT),
        community_id=case.community_id, building_id=case.building_id, unit=case.unit if open_to_all else None,
        owner=case.owner if open_to_all else None, handlers=[case.handler_id] if case.handler_id else [], round=case.round,
    )  # fmt: skip


def after_call_back(task: CallBackTask, attempt: CallBackAttempt, by: Any) -> None:
    """满意 and 基本满意 close what is not 重大; a major case waits for somebody who may close it. 不满意 begins it anew, whatever the
    caller may do by himself: the customer has spoken. 未接通 is left to people: silence is no satisfaction."""
    case = Complaint.objects.select_for_update(of=("self",)).select_related("handler").filter(pk=task.source_id).first()
    if case is None:
        return
    log.record(CALLED_BACK, case, by=by, changes={"outcome": task.get_status_display()}, reason=attempt.text)
    if case.status != Status.CALLING or task.round != case.round:
        return
    if task.status == CallBackStatus.UNSATISFIED:
        hand = by if Action.REDO in available_actions(by, case) else SYSTEM
        redo_complaint(case, by=hand, reason=_("回访不满意：%(text)s") % {"text": attempt.text})
        _tell(case, _("回访不满意，请重新处理：%(case)s"))
        return
    ending = ENDINGS.get(task.status)
    if ending is None:
        return
    if Action.CLOSE in available_actions(by, case):
        close_complaint(case, by=by, ending=ending, words=attempt.text)
    elif not case.is_major:
        close_complaint(case, by=SYSTEM, ending=ending, words=attempt.text)


def _tell(case: Complaint, sentence: str) -> None:
    if case.handler is not None:
        words = sentence % {"case": case.headline}
        notify(case.handler, words, kind=OUTCOME.code, url=case.get_absolute_url(), level=InboxItem.Level.URGENT)
