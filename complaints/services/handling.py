"""④⑤ The responsible department at work (R54): daily progress, the plan, what was done and why it came to this."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.states import move
from complaints.models import Complaint, Progress
from complaints.policies import may, missing_for_report
from complaints.services import clocks, improvements
from complaints.services.marks import note
from complaints.states import TRANSITIONS, Action, Clock, Outcome, Status
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import DictItem
from core.services import attachments

PROGRESSED = log.declare("complaints.complaint.progressed", lazy("填写了进展"))
REPORTED = log.declare("complaints.complaint.reported", lazy("责任部门反馈了处理结果"))
IMPROVED = log.declare("complaints.complaint.improved", lazy("完成了整改"))
AT_WORK = frozenset({Status.ROUTING, Status.WORKING, Status.ANSWERING})


@dataclass(frozen=True)
class Report:
    """What the department says when it is done. A suggestion needs `outcome`, and a reason the proposer will read."""

    result: str
    cause: DictItem | None = None
    improvement: str = ""
    improvement_due: date | None = None
    outcome: str = ""
    outcome_reason: str = ""


@transaction.atomic
def add_progress(case: Complaint, *, by: Any, text: str, files: Sequence[Any] = ()) -> Progress:
    """A word on how it stands; of a major case one is owed every 24 hours."""
    if not text.strip():
        raise BadValue(_("请填写进展"), field="text")
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.status not in AT_WORK:
        raise BusinessError(_("现在是“%(state)s”，不用再填进展") % {"state": case.get_status_display()})
    row, now = Progress(complaint=case, at=timezone.now(), by_id=user_id(by), text=text), timezone.now()
    save(row)
    for file in files:
        attachments.store(case, file, by=by)
    log.record(PROGRESSED, case, by=by, changes={"text": text})
    if case.is_major:
        clocks.meet(case, Clock.PROGRESS, at=now)
        clocks.next_progress(case, at=now)
    return row


@transaction.atomic
def report_complaint(case: Complaint, *, by: Any, report: Report, files: Sequence[Any] = ()) -> Complaint:
    """⑤ 责任部门反馈. Raises BadValue, and BusinessError while something still has to be approved."""
    if not report.result.strip():
        raise BadValue(_("请填写处理结果"), field="result")
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    _suggested(case, report)
    if report.improvement_due not in (None, case.improvement_due) and report.improvement_due < timezone.localdate():
        raise BadValue(_("整改期限不能早于今天"), field="improvement_due")
    missing = missing_for_report(case)
    if missing:
        raise BusinessError(missing)
    values: dict[str, Any] = {
        "result": report.result, "cause": report.cause, "improvement": report.improvement,
        "improvement_due": report.improvement_due, "outcome": report.outcome, "outcome_reason": report.outcome_reason,
        "reported_at": timezone.now(),
        # What was done was another promise.
        "improved_on": case.improved_on if report.improvement == case.improvement else None,
    }  # fmt: skip
    before = case.improvement_due
    change = move(case, Action.REPORT, by=by, transitions=TRANSITIONS, policy=may, **values)
    case.refresh_from_db()
    for file in files:
        attachments.store(case, file, by=by)
    log.record(REPORTED, case, by=by, changes=change | {
        "result": report.result, "cause": str(report.cause or ""), "outcome": case.get_outcome_display(),
    })  # fmt: skip
    clocks.refresh(case)
    improvements.plan(case, before=before)
    note(case, _("责任部门已处理"))
    return case


@transaction.atomic
def finish_improvement(case: Complaint, *, by: Any, on: date, text: str = "") -> Complaint:
    """整改完成: the action the cause asked for has been taken, possibly long after the case was closed."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.improvement:
        raise BusinessError(_("这件事没有整改措施"))
    if case.improved_on is not None:
        raise BusinessError(_("整改已登记完成"))
    if on > timezone.localdate():
        raise BadValue(_("完成日期不能晚于今天"), field="on")
    case.improved_on = on
    case.save(update_fields=["improved_on"])
    improvements.drop(case)
    log.record(IMPROVED, case, by=by, changes={"improvement": case.improvement, "improved_on": on}, reason=text)
    return case


def _suggested(case: Complaint, report: Report) -> None:
    if not case.is_suggestion:
        if report.outcome:
            raise BadValue(_("只有建议才有采纳结论"), field="outcome")
        return
    if report.outcome not in Outcome.values:
        raise BadValue(_("请选择采纳、部分采纳或不采纳"), field="outcome")
    if report.outcome != Outcome.ADOPTED and not report.outcome_reason.strip():
        raise BadValue(_("请填写理由，提出建议的人会看到"), field="outcome_reason")
