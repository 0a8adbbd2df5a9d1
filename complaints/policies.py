"""Rules about single cases beyond a permission."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Max
from django.utils.translation import gettext as _

from audit import states as machine
from audit.policies import Denied
from complaints.models import Approval, CaseSupervision, Complaint, EnquiryMessage
from complaints.states import TRANSITIONS, Action, ApprovalKind, ApprovalStatus
from core.models import Attachment
from workorders.models import WorkOrder
from workorders.policies import crew_of

VIEW = "complaints.view_complaint"
CLOSE_MAJOR = "complaints.close_major"
ACT_FOR = "complaints.assign_complaint"
_ENDS = frozenset({Action.CLOSE, Action.WITHDRAW})
_FROM_ABOVE = _ENDS | {Action.REOPEN}


def may(actor: Any, action: str, case: Complaint) -> Literal[True] | Denied:
    """Who handles a case reports on it; a major one is closed by somebody above, never by who handled it."""
    if actor.actor_type != "user":
        return True
    mine = case.handler_id == actor.actor_id
    if action == Action.REPORT and not mine and not actor.has_perm(ACT_FOR):
        return Denied(_("这件事由责任人反馈，或由能派工的人代为反馈"))
    if action == Action.TAKE and case.is_major:
        return Denied(_("重大投诉由客服主管或项目经理派工"))
    if action == Action.TAKE and did_the_work(case, actor):
        return Denied(_("这件事投诉的是你做的维修，请由别人处理"))
    if action == Action.WITHDRAW and case.anonymous:
        return Denied(_("匿名投诉核实不了是谁要撤诉，请公示答复后关闭"))
    if action in _FROM_ABOVE and case.is_major and not actor.has_perm(CLOSE_MAJOR):
        return Denied(_("重大投诉由项目经理或区域品质关闭"))
    if action in _ENDS and mine and case.is_major:
        return Denied(_("责任人不能关闭自己的重大投诉"))
    return True


def right_to(action: str, case: Complaint) -> str:
    """The right an act on this case takes: a major one is ended, and begun again, by somebody above."""
    above = case.is_major and action in _FROM_ABOVE
    return CLOSE_MAJOR if above else TRANSITIONS[action].permission


def may_lower(actor: Any, case: Complaint) -> Literal[True] | Denied:
    """Who may call a major case less than that: whoever may close it, or its rules would end with a stroke of the pen."""
    if actor.actor_type != "user":
        return True
    if case.handler_id == actor.actor_id:
        return Denied(_("责任人不能给自己的重大投诉降级"))
    if not actor.has_perm(CLOSE_MAJOR):
        return Denied(_("重大投诉由项目经理或区域品质降级"))
    return True


def accused_of(case: Complaint) -> set[int]:
    """Whom the case is about, by name or as one of the department it is about."""
    accused = set(case.accused_people.order_by().values_list("pk", flat=True))
    if (team := case.accused_team) is not None:
        accused.update(team.members.order_by().values_list("pk", flat=True))
        if team.leader_id is not None:
            accused.add(team.leader_id)
    return accused


def is_accused(case: Complaint, person: Any) -> bool:
    return person.pk in accused_of(case)


def workers_of(case: Complaint) -> set[int]:
    """Who did the orders, alone or helping, of which the case is about how they were done."""
    return crew_of(WorkOrder.objects.filter(complaint_link__complaint=case, complaint_link__raised=False))


def did_the_work(case: Complaint, person: Any) -> bool:
    return person.pk in workers_of(case)


def unfit(case: Complaint, person: Any) -> str:
    """Why this person may not be given the case; "" when he may."""
    return unfitness(case)(person)


def unfitness(case: Complaint) -> Callable[[Any], str]:
    """`unfit` for any number of people: what it takes to say of each is asked once."""
    accused = accused_of(case) if case.confidential else set()
    workers = workers_of(case)

    def why(person: Any) -> str:
        if person.pk in accused:
            return _("保密投诉不能派给被投诉的人")
        if person.pk in workers:
            return _("%(who)s做的这次维修被投诉，请换一个人处理") % {"who": person}
        return ""

    return why


def works_on(user: Any, case: Complaint) -> bool:
    """Whether he may report and note progress: it is his, or he may act for whoever has it."""
    return bool(user.has_perm("complaints.work_complaint") and may(user, Action.REPORT, case))


def answers_for(user: Any, case: Complaint) -> bool:
    """Whoever has the case in hand, or may put it into other hands there."""
    mine = case.handler_id == user.pk
    return mine or Complaint.objects.visible_to(user, ACT_FOR).filter(pk=case.pk).exists()


def may_answer(actor: Any, supervision: CaseSupervision) -> Literal[True] | Denied:
    """Nobody answers what he demanded himself."""
    if actor.actor_type != "user":
        return True
    if supervision.demanded_by_id is not None and supervision.demanded_by_id == actor.actor_id:
        return Denied(_("督办要由责任人回复，不能自己回复自己的督办"))
    if answers_for(actor, supervision.complaint):
        return True
    return Denied(_("这件事不在你手上，请由责任人或派工的人回复"))


def may_decide(actor: Any, approval: Approval) -> Literal[True] | Denied:
    if actor.actor_type == "user" and approval.asked_by_id == actor.actor_id:
        return Denied(_("不能审批自己的申请"))
    return True


def has_approved(case: Complaint, kind: str) -> bool:
    return case.approvals.filter(kind=kind, status=ApprovalStatus.APPROVED).exists()


def promised(case: Complaint) -> Decimal:
    """The most that is asked for or agreed to in money."""
    alive = case.approvals.filter(status__in=[ApprovalStatus.PENDING, ApprovalStatus.APPROVED])
    return alive.aggregate(most=Max("amount"))["most"] or Decimal()


def missing_for_report(case: Complaint) -> str:
    """What still has to be approved before the department's work counts as done; "" when nothing is."""
    if case.is_major and not has_approved(case, ApprovalKind.PLAN):
        return _("重大投诉的处理方案须先经项目经理同意")
    if case.compensation and not has_approved(case, ApprovalKind.COMPENSATION):
        return _("赔付须先经审批")
    if case.approvals.filter(status=ApprovalStatus.PENDING).exists():
        return _("还有申请在待审批")
    return ""


def available_actions(user: Any, case: Complaint) -> list[str]:
    """What this person may do with the case now; pages show buttons for these and no others."""
    return machine.available_actions(user, case, transitions=TRANSITIONS, policy=may)


def may_open_attachment(user: Any, attachment: Attachment) -> bool:
    return Complaint.objects.visible_to(user, VIEW).filter(pk=attachment.source_id).exists()


def may_open_message_file(user: Any, attachment: Attachment) -> bool:
    rows = EnquiryMessage.objects.visible_to(user, "complaints.view_enquiry")
    return bool(rows.filter(pk=attachment.source_id).exists())
