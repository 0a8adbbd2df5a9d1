"""Everything the page of one case shows, in a number of queries that does not depend on how much happened to it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from audit.queries.roles import roles_holding
from complaints.buttons import buttons_of
from complaints.due import due_of
from complaints.models import Complaint, ComplaintClock, ComplaintOrder
from complaints.policies import answers_for, available_actions, right_to
from complaints.queries import clock_cards
from complaints.queries.cases import read_by
from complaints.queries.closing import call_back_of, endings_for
from complaints.queries.matters import offers
from complaints.queries.origins import origins_of
from complaints.queries.partners import promise_words
from complaints.queries.progress import TELLING
from complaints.queries.warranty import warranty_words
from complaints.states import (
    REPEAT_DAYS,
    TRANSITIONS,
    Action,
    ApprovalStatus,
    Kind,
    MajorReason,
    Responsibility,
    Status,
)
from core.masking import mask_phone
from core.models import Attachment, LogEntry
from core.queries.progress import days_of, entries_of, segments
from core.statements import Statement
from owners.visibility import Eyes
from workorders.due import due_of as order_due
from workorders.models import WorkOrder

REVEAL = "owners.reveal_owner"
APPROVE = "complaints.approve_complaint"
ENDS = ("complaints.complaint.closed", "complaints.complaint.withdrawn")
SHOWN = 20
_LINKS = Statement(lambda case: ComplaintOrder.objects.filter(complaint=case).order_by().values_list("pk"), -1)


def page(case: Complaint, user: Any, show: str = "") -> dict[str, Any]:
    now, offered = timezone.now(), available_actions(user, case)
    clocks = list(ComplaintClock.objects.filter(complaint=case))
    case.owed_clocks = {row.clock for row in clocks if row.met_at is None and row.dropped_at is None}  # type: ignore[attr-defined]
    task = call_back_of(case) if case.answered_at else None
    entries = entries_of(case)
    return {
        "case": case,
        "due": due_of(case, now),
        "buttons": buttons_of(case, user, offered, task=task, may_end=bool(endings_for(case, task))),
        "cards": clock_cards.cards(case, clocks, now),
        "facts": facts(case, entries) + origins_of(case, user),
        "verdict": verdict(case),
        "person": person(case, Eyes(user)),
        "answers": list(case.answers.select_related("by").order_by("-at", "-id")),
        "approvals": (asked := approvals(case, user)),
        "decided": [item for item in asked if item["row"].status != ApprovalStatus.PENDING],
        "demands": demands(case, user),
        "orders": orders(case, user),
        "disclosures": list(case.disclosures.select_related("by")),
        "call_back": task if task and user.has_perm("owners.view_callbacktask") else None,
        "city": case.city if hasattr(case, "city") else None,
        "files": files_of(case),
        "accused_people": list(case.accused_people.all()),
        "others": who_may(case, offered),
        "days": days_of(entries, show, TELLING),
        "segments": segments(show, TELLING),
        **neighbours(case, user),
    }


def facts(case: Complaint, entries: Iterable[LogEntry] = ()) -> list[dict[str, Any]]:
    """投诉内容, label by label."""
    taken = f"{case.recorded_by or ''} {case.get_source_display()} {_moment(case.received_at)}".strip()
    rows = [
        (_("性质"), case.get_kind_display()), (_("类别"), f"{case.category} / {case.topic}"),
        (_("位置"), case.address or case.community.name), (_("诉求"), case.demand), (_("期望答复"), _moment(case.expected_at)),
        (_("登记"), taken), (_("处理方案"), case.plan), (_("处理结果"), case.result), (_("根本原因"), case.cause),
        (_("整改"), _improvement(case)), (_("赔付"), f"{case.compensation:,.2f} {_('元')}" if case.compensation else ""),
        (_("处理结论"), "，".join(filter(None, (str(case.get_outcome_display()), case.outcome_reason)))),
        (_("关闭"), _ended(case, entries)),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in rows if value]


def verdict(case: Complaint) -> list[dict[str, Any]]:
    """受理判级: how grave, whose it is and why, who has it."""
    whose = str(case.get_responsibility_display())
    if case.third_party:
        whose = f"{whose}（{case.third_party}）"
    reasons = "、".join(str(MajorReason(reason).label) for reason in case.major_reasons)
    rows = [
        (_("责任归属"), whose), (_("对方期限"), promise_words(case, timezone.localdate())),
        (_("保修"), warranty_words(case)), (_("重大依据"), reasons),
        (_("责任部门"), case.team), (_("责任人"), case.handler),
        (_("受理"), f"{case.accepted_by or _('系统')} {_moment(case.accepted_at)}" if case.accepted_at else ""),
        (_("复处理"), _("第 %(n)d 次") % {"n": case.redo_count} if case.redo_count else ""),
        (_("重启"), _("第 %(n)d 次") % {"n": case.reopen_count} if case.reopen_count else ""),
    ]  # fmt: skip
    found = [{"label": label, "value": value} for label, value in rows if value]
    if case.responsibility == Responsibility.DEVELOPER and case.is_open:
        found.append({"label": _("首问负责"), "value": _("物业公司跟进地产公司的处理，并负责答复客户")})
    return found


def person(case: Complaint, eyes: Eyes) -> dict[str, Any]:
    here = [case.community_id]
    shown = eyes.may_reveal("phone", here, REVEAL)
    return {
        "name": _("匿名") if case.anonymous else eyes.sees("name", case.complainant, here),
        "phone": mask_phone(case.phone),
        "reveal_url": reverse("audit:reveal", args=["complaints.complaint", case.pk, "phone"]) if shown else "",
    }


def approvals(case: Complaint, user: Any) -> list[dict[str, Any]]:
    rows = list(case.approvals.select_related("asked_by", "decided_by"))
    decides = any(row.status == ApprovalStatus.PENDING for row in rows) and Eyes(user).covers(
        APPROVE, case.community_id, case.building_id
    )
    decides = decides and user.has_perm(APPROVE)
    return [
        {
            "row": row,
            "colour": {"pending": "orange", "approved": "green", "refused": "red"}.get(row.status, "grey"),
            "may_decide": decides and row.status == ApprovalStatus.PENDING and row.asked_by_id != user.pk,
            "may_withdraw": row.status == ApprovalStatus.PENDING and row.asked_by_id == user.pk,
        }
        for row in rows
    ]


def demands(case: Complaint, user: Any) -> list[dict[str, Any]]:
    """督办, the newest first, and which of them the reader is to answer."""
    rows = list(case.supervisions.select_related("demanded_by", "replied_by"))
    answers = any(row.replied_at is None for row in rows) and answers_for(user, case)
    return [
        {"row": row, "may_answer": answers and row.replied_at is None and row.demanded_by_id != user.pk} for row in rows
    ]


def orders(case: Complaint, user: Any) -> list[Any]:
    """Orders that came of it or led to it, as far as the reader may see orders at all. Few cases have any."""
    if not user.has_perm("workorders.view_workorder") or not _LINKS.rows(case.pk):
        return []
    links = list(case.order_links.select_related("order__kind", "order__community", "order__assignee"))
    mine = {link.order_id for link in links} & set(
        WorkOrder.objects.visible_to(user, "workorders.view_workorder")
        .filter(complaint_link__complaint=case)
        .values_list("pk", flat=True)
    )
    for link in links:
        link.due = order_due(link.order)  # type: ignore[attr-defined]
        link.readable = link.order_id in mine  # type: ignore[attr-defined]
    return links


def neighbours(case: Complaint, user: Any) -> dict[str, Any]:
    """Other cases around this one: of its group, on the same matter, repeated by the same flat."""
    # Of most cases there is nothing to look for.
    mine: Any = SimpleLazyObject(lambda: read_by(user, one_community=True))
    found: dict[str, Any] = {"group_cases": [], "offered": [], "near_group": None, "repeats": []}
    if case.group_id is not None:
        found["group_cases"] = list(mine.filter(group=case.group_id).exclude(pk=case.pk).with_place()[:SHOWN])
    elif case.status != Status.CLOSED and user.has_perm("complaints.assign_complaint"):
        found["near_group"], found["offered"] = offers(case, mine)
    if case.repeat_count and case.unit_id is not None:
        # As intake.repeats_of counts them.
        rows = mine.filter(
            unit=case.unit_id, topic=case.topic_id, kind=Kind.COMPLAINT, received_at__lte=case.received_at
        ).exclude(pk=case.pk)
        found["repeats"] = list(rows.order_by("-received_at")[: min(case.repeat_count, 5)])
    found["repeat_words"] = _("%(days)d 天内第 %(n)d 次") % {"days": REPEAT_DAYS, "n": case.repeat_count + 1}
    return found


def files_of(case: Complaint) -> list[Attachment]:
    rows = Attachment.objects.filter(source_type="complaints.complaint", source_id=case.pk, removed_at__isnull=True)
    found = list(rows.order_by("id"))
    for row in found:
        row.is_image = row.content_type.startswith("image/")  # type: ignore[attr-defined]
    return found


def who_may(case: Complaint, offered: Collection[str]) -> list[str]:
    """派工、转办由客服主管、项目经理操作: what the reader may not do himself."""
    missing = [action for action, way in TRANSITIONS.items() if case.status in way.sources and action not in offered]
    if case.is_major and Action.TAKE in missing:
        missing.remove(Action.TAKE)  # nobody's: it is assigned from above
    lines = []
    if Action.REPORT in missing and case.handler:
        lines.append(_("责任部门反馈由责任人%(who)s操作") % {"who": case.handler})
        missing.remove(Action.REPORT)
    rights = {action: right_to(action, case) for action in missing}
    roles = roles_holding(rights.values())
    by_role: dict[str, list[str]] = {}
    for action in missing:
        names = roles.get(rights[action])
        if names:
            by_role.setdefault("、".join(names), []).append(str(Action(action).label))
    lines += [
        _("%(acts)s由%(roles)s操作") % {"acts": "、".join(acts), "roles": names} for names, acts in by_role.items()
    ]
    return lines


def _improvement(case: Complaint) -> str:
    if not case.improvement:
        return ""
    state = (
        _("%(day)s 完成") % {"day": case.improved_on}
        if case.improved_on
        else _("%(day)s 前") % {"day": case.improvement_due}
    )
    return f"{case.improvement}，{state}"


def _ended(case: Complaint, entries: Iterable[LogEntry]) -> str:
    """Who ended it: what a customer does himself has no member of staff to it."""
    if case.closed_at is None:
        return ""
    last = next((entry for entry in entries if entry.action in ENDS), None)
    own = last is not None and last.actor_type == "owner"
    who = case.closed_by or (_("客户本人") if own else _("系统"))
    return "，".join(
        filter(None, (f"{who} {_moment(case.closed_at)}", str(case.get_ending_display()), case.ending_note))
    )


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
