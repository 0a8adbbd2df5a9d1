"""当场处理: a minor matter that is put right while the customer stands there or is on the telephone. Four steps of the loop in one
transaction, each with its own guard and its own line in the log; only the call-back stays, by somebody else."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.services.answering import answer_complaint
from complaints.services.handling import Report, report_complaint
from complaints.services.routing import accept_complaint, take_complaint
from complaints.states import AnswerWay, Level, Responsibility, Status
from core.errors import BusinessError


@transaction.atomic
def settle_on_the_spot(
    case: Complaint, *, by: Any, report: Report, way: str = AnswerWay.VISIT, text: str = "", reply: str = ""
) -> Complaint:
    """受理为轻微 → 自己接办 → 反馈结果 → 反馈客户. What the customer was told is the result unless `text` says otherwise."""
    case.refresh_from_db(from_queryset=Complaint.objects.select_for_update(of=("self",)))
    if case.status != Status.NEW:
        raise BusinessError(_("已经受理的不能当场处理，请按步骤办理"))
    if case.is_major or case.major_reasons:
        raise BusinessError(_("涉及重大情形，不能当场处理，请受理判级"))
    case = accept_complaint(case, by=by, level=Level.MINOR, responsibility=Responsibility.PROPERTY)
    case = take_complaint(case, by=by)
    case = report_complaint(case, by=by, report=report)
    return answer_complaint(case, by=by, way=way, text=text or report.result, reply=reply)
