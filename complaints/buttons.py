"""What can be pressed on the page of a case (core.web.buttons): changes of state as the policies offer them, and acts that change none."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.policies import works_on
from complaints.queries.closing import reopens
from complaints.states import IN_HAND, OPEN, PARTNERS, Action, Clock, Status
from core.web.buttons import Button, arranged
from owners.models import CallBackTask

WORK, ACCEPT, ANSWER = "complaints.work_complaint", "complaints.accept_complaint", "complaints.answer_complaint"
CHANGE, ASSIGN, APPROVE = "complaints.change_complaint", "complaints.assign_complaint", "complaints.approve_complaint"
AT_WORK = frozenset({Status.ROUTING, Status.WORKING, Status.ANSWERING})


def _owes(clock: str) -> Any:
    """The page has read the clocks (queries.page)."""
    return lambda case, user: clock in case.owed_clocks


def _works(case: Complaint, user: Any) -> bool:
    return works_on(user, case)


def _waits_for_partner(case: Complaint, user: Any) -> bool:
    return case.responsibility in PARTNERS and works_on(user, case)


def _repairs(case: Complaint, user: Any) -> bool:
    placed = case.unit_id or case.place_id or case.building_id
    return bool(placed and user.has_perm("workorders.add_workorder"))


def _improves(case: Complaint, user: Any) -> bool:
    return bool(case.improvement and case.improved_on is None)


def _by_call(case: Complaint, user: Any) -> bool:
    return hasattr(case, "city") and case.answered_at is not None


# In the order of a case's life: the first that is allowed is the page's main act.
BUTTONS: dict[str, Button] = {
    Action.ACCEPT: Button("complaints:complaint_accept", "clipboard-check"),
    Action.ASSIGN: Button("complaints:complaint_assign", "user-plus"),
    Action.TAKE: Button("complaints:complaint_take", "hand-stop"),
    Action.REPORT: Button("complaints:complaint_report", "circle-check", dialog=False),
    Action.ANSWER: Button("complaints:complaint_answer", "message-2"),
    Action.CLOSE: Button("complaints:complaint_close", "archive"),
    Action.REDO: Button("complaints:complaint_redo", "arrow-back-up", style="quiet"),
    Action.REOPEN: Button("complaints:complaint_reopen", "arrow-forward-up", style="quiet"),
    Action.REROUTE: Button("complaints:complaint_reroute", "transfer", style="quiet"),
    Action.WITHDRAW: Button("complaints:complaint_withdraw", "ban", style="danger"),
}
OTHERS: tuple[Button, ...] = (
    Button("complaints:complaint_know", "eye", label=_("确认知悉"), permission=APPROVE, when=_owes(Clock.REPORT_UP)),
    Button("complaints:city_sign", "signature", label=_("签收 12345"), permission=ACCEPT, when=_owes(Clock.SIGN)),
    Button(
        "complaints:complaint_settle", "bolt", label=_("当场处理"), permission=ACCEPT, states=frozenset({Status.NEW}),
        when=lambda case, user: not case.is_major,
    ),
    Button("complaints:complaint_tell", "message-circle", label=_("回复客户"), permission=ANSWER, open_only=True),
    Button(
        "complaints:complaint_progress", "progress", dialog=False, label=_("填写进展"), permission=WORK, states=AT_WORK,
        when=_works,
    ),
    Button(
        "complaints:complaint_partner", "calendar-due", label=_("对方答复期限"), permission=WORK, states=IN_HAND,
        when=_waits_for_partner,
    ),
    Button(
        "complaints:approval_ask", "file-check", label=_("提交审批"), permission=WORK, states=frozenset({Status.WORKING}),
        when=_works,
    ),
    Button("complaints:complaint_level", "flag", label=_("调整级别"), permission=ACCEPT, states=OPEN - {Status.NEW}),
    Button("complaints:order_raise", "tool", label=_("转工单"), permission=WORK, open_only=True, when=_repairs),
    Button(
        "complaints:order_link", "link", label=_("关联工单"), permission=WORK, open_only=True,
        when=lambda case, user: bool(user.has_perm("workorders.view_workorder")),
    ),
    Button(
        "complaints:disclosure_create", "file-export", dialog=False, label=_("登记信息提供"), permission=CHANGE, open_only=True,
        when=lambda case, user: not case.anonymous,
    ),
    Button(
        "complaints:group_join", "users-group", label=_("并入群诉"), permission=ASSIGN, open_only=True,
        when=lambda case, user: case.group_id is None,
    ),
    Button(
        "complaints:group_leave", "unlink", label=_("移出群诉"), permission=ASSIGN, open_only=True,
        when=lambda case, user: case.group_id is not None,
    ),
    Button(
        "complaints:complaint_supervise", "bell-ringing", label=_("督办"), permission="complaints.supervise_complaint",
        open_only=True,
    ),
    Button("complaints:complaint_improve", "checks", label=_("整改完成"), permission=WORK, when=_improves),
    Button("complaints:city_finish", "file-check", label=_("回填 12345"), permission=ACCEPT, when=_by_call),
    Button("complaints:complaint_update", "edit", dialog=False, label=_("编辑"), permission=CHANGE, open_only=True),
    Button("complaints:complaint_attach", "paperclip", dialog=False, label=_("上传附件"), permission=CHANGE),
)  # fmt: skip


def buttons_of(
    case: Complaint, user: Any, offered: Collection[str], *, task: CallBackTask | None, may_end: bool
) -> dict[str, Any]:
    """`offered` are the changes of state the person may make. A case whose customer is still to be called is not closed by hand: the
    call closes it, and is the next act of whoever may make it, as long as he has not said on his own page what he thinks."""
    held = {action for action, open_to in ((Action.CLOSE, may_end), (Action.REOPEN, reopens(case))) if not open_to}
    acts = [
        button.shown(case, Action(name).label)
        for name, button in BUTTONS.items()
        if name in offered and name not in held
    ]
    to_call = case.status == Status.CALLING and task is not None and task.is_waiting and not may_end
    if to_call and task is not None and _calls(task, user):
        acts.insert(0, {
            "label": _("登记回访"), "icon": "phone-outgoing", "url": task.get_absolute_url(), "dialog": False, "danger": False,
        })  # fmt: skip
    return arranged(acts, [button.shown(case) for button in OTHERS if _may(case, button, user)])


def _calls(task: CallBackTask, user: Any) -> bool:
    return bool(user.has_perm("owners.call_callbacktask") and user.pk not in task.handlers)


def _may(case: Complaint, button: Button, user: Any) -> bool:
    if (button.open_only and not case.is_open) or (button.states and case.status not in button.states):
        return False
    if not user.has_perm(button.permission):
        return False
    scope = user.access.scope(button.permission)
    here = scope.covers_community(case.community_id) or case.building_id in scope.building_ids
    mine = scope.self_only and case.handler_id == user.pk
    return bool(here or mine) and (button.when is None or button.when(case, user))
