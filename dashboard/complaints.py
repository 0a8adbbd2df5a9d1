"""What waits among the complaints (事事有回音, R50): figures of the workbench, and the table of those nobody has answered."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.due import due_of
from complaints.models import Approval, CaseSupervision, Complaint
from complaints.queries.cases import read_by
from complaints.queries.groups import of_group
from complaints.queries.partners import overdue
from complaints.states import ApprovalStatus
from dashboard.queries import Figure, counted, list_url

VIEW, APPROVE = "complaints.view_complaint", "complaints.approve_complaint"
LIST = "complaints:complaint_list"
SHOWN = 8


def unanswered(user: Any) -> Figure:
    """Cases that still owe the customer an answer, and how many of them are late."""
    rows = of_group(Complaint.objects.visible_to(user, VIEW), "unanswered")
    late = counted(rows.overdue(timezone.now()))
    note = _("其中 %(n)d 件已超时") % {"n": late} if late else _("还没有把结果告诉客户")
    return Figure(counted(rows), list_url(LIST, group="unanswered"), note)


def late_cases(user: Any, community: Any = None) -> Any:
    """Cases past a deadline that still runs: the red count of the menu."""
    rows = of_group(Complaint.objects.visible_to(user, VIEW), "over")
    return rows.filter(community=community) if community is not None else rows


def to_accept(user: Any) -> Figure:
    return _group(user, "new", _("还没有判级"), permission="complaints.accept_complaint")


def approvals_to_decide(user: Any) -> Figure:
    """Cases with a plan or a compensation that this person may decide: not his own requests."""
    mine = Approval.objects.visible_to(user, APPROVE).filter(status=ApprovalStatus.PENDING).exclude(asked_by=user)
    rows = Complaint.objects.visible_to(user, VIEW).filter(pk__in=mine.order_by().values("complaint"))
    return Figure(counted(rows), list_url(LIST, group="all", approval="mine"), _("等我审批"))


def supervised(user: Any) -> Figure:
    """Cases with a demand nobody has answered."""
    waiting = CaseSupervision.objects.filter(replied_at__isnull=True).order_by()
    rows = Complaint.objects.visible_to(user, VIEW).filter(pk__in=waiting.values("complaint"))
    late = counted(rows.filter(pk__in=waiting.filter(due_at__lt=timezone.now()).values("complaint")))
    note = _("其中 %(n)d 件过了要求的时间") % {"n": late} if late else _("还没有回复督办")
    return Figure(counted(rows), list_url(LIST, group="all", supervised="open"), note)


def improvements(user: Any) -> Figure:
    """What was to be improved after a case by a day that is over."""
    rows = Complaint.objects.visible_to(user, VIEW).filter(improvement_due__isnull=False, improved_on__isnull=True)
    late = counted(rows.filter(improvement_due__lt=timezone.localdate()))
    mine = counted(rows.filter(improvement_due__lt=timezone.localdate(), handler=user)) if late else 0
    note = _("其中 %(n)d 件由我负责") % {"n": mine} if mine else _("整改期限已过，还没有登记完成")
    return Figure(late, list_url(LIST, group="all", improvement="over"), note)


def partners(user: Any) -> Figure:
    """What 地产公司 or a third party was to answer by a day that is over: somebody has to ask them again."""
    rows = overdue(Complaint.objects.visible_to(user, VIEW), timezone.localdate())
    late = counted(rows)
    mine = counted(rows.filter(handler=user)) if late else 0
    note = _("其中 %(n)d 件由我负责") % {"n": mine} if mine else _("地产公司或第三方过了约定的日期还没有答复")
    return Figure(late, list_url(LIST, group="all", partner="over"), note)


def _group(user: Any, group: str, note: str, permission: str = VIEW) -> Figure:
    rows = of_group(Complaint.objects.visible_to(user, permission), group)
    return Figure(counted(rows), list_url(LIST, group=group), note)


def unanswered_rows(user: Any) -> list[dict[str, Any]]:
    """The cases without an answer that are due first."""
    rows = read_by(user).unanswered().select_related("community", "topic", "handler", "team")  # type: ignore[attr-defined]
    return [{"case": case, "due": due_of(case)} for case in rows.order_by("next_due_at", "-id")[:SHOWN]]
