"""What can be pressed on the page of an order. Each part of the house adds its lines; which of them are shown is decided by
policies.available_actions and by the permission of the others, never by a template."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.web.buttons import Button, arranged
from workorders.models import WorkOrder
from workorders.policies import may, reaches
from workorders.states import OPEN, Action, Status

VIEW, WORK = "workorders.view_workorder", "workorders.work_workorder"

# Changes of state. The first of these that is allowed is the page's main act, so they stand in the order of an order's life.
BUTTONS: dict[str, Button] = {
    # board
    Action.ACCEPT: Button("workorders:workorder_accept", "check"),
    Action.DISPATCH: Button("workorders:workorder_dispatch", "send"),
    Action.CLAIM: Button("workorders:workorder_claim", "hand-stop"),
    # field: the repairer's, or the desk's for him
    Action.COMPLETE: Button("workorders:workorder_complete", "circle-check", dialog=False),
    Action.PARTS_ARRIVED: Button("workorders:workorder_parts_arrived", "package"),
    Action.RESUME: Button("workorders:workorder_resume", "player-play"),
    Action.AWAIT_PARTS: Button("workorders:workorder_await_parts", "clock-pause"),
    # board
    Action.TRANSFER: Button("workorders:workorder_transfer", "transfer"),
    Action.RETURN: Button("workorders:workorder_return", "corner-down-left"),
    # desk
    Action.ARCHIVE: Button("workorders:workorder_archive", "archive"),
    Action.REWORK: Button("workorders:workorder_rework", "arrow-back-up"),
    Action.CANCEL: Button("workorders:workorder_cancel", "ban", style="danger"),
    Action.CLOSE: Button("workorders:workorder_close", "circle-x", style="danger"),
}
# Acts that change no state.
OTHERS: list[Button] = [
    Button("workorders:workorder_arrive", "map-pin", label=_("到场"), permission=WORK, working=True),
    Button("workorders:workorder_material", "package", label=_("登记物料"), permission=WORK, working=True),
    Button("workorders:workorder_price", "coin-yuan", dialog=False, label=_("有偿服务价目"), permission=WORK, working=True),
    Button("workorders:workorder_suspend", "player-pause", label=_("申请挂起"), permission=WORK, working=True),
    Button(
        "workorders:workorder_note", "message-circle", label=_("补充记录"), permission="workorders.change_workorder"
    ),
    Button(
        "workorders:workorder_update", "edit", dialog=False, label=_("编辑"), permission="workorders.change_workorder",
        open_only=True,
    ),
    Button("workorders:workorder_slip", "printer", dialog=False, label=_("打印工单"), permission="workorders.view_workorder"),
    Button(
        "workorders:workorder_attach", "paperclip", dialog=False, label=_("上传照片与附件"),
        permission="workorders.change_workorder",
    ),
    Button(
        "workorders:workorder_outage", "link", label=_("关联已知故障"), permission="workorders.change_workorder",
        open_only=True,
    ),
]  # fmt: skip
# After the work, and demanding it.
BUTTONS_AFTER: list[Button] = [
    Button(
        "workorders:workorder_supervise", "bell-ringing", label=_("督办"), permission="workorders.supervise_workorder",
        open_only=True,
    ),
    Button(
        "workorders:workorder_rate", "star", label=_("代录评价"), permission="workorders.change_workorder",
        states=frozenset({Status.DONE, Status.ARCHIVED}),
    ),
    Button(
        "workorders:workorder_contractor", "contract", label=_("转地产公司"), dialog=False,
        permission="workorders.change_workorder", states=OPEN | {Status.CLOSED},
    ),
]  # fmt: skip
OTHERS += BUTTONS_AFTER


def buttons_of(order: WorkOrder, user: Any, offered: Collection[str]) -> dict[str, Any]:
    """`offered` are the changes of state the person may make (policies.available_actions)."""
    acts = [button.shown(order, Action(action).label) for action, button in BUTTONS.items() if action in offered]
    return arranged(acts, [button.shown(order) for button in OTHERS if _may(order, button, user)])


def _may(order: WorkOrder, button: Button, user: Any) -> bool:
    if (button.open_only and not order.is_open) or (button.states and order.status not in button.states):
        return False
    if button.working:
        return _works(order, button, user)
    if button.permission == VIEW:  # the page is open: he sees it
        return True
    return reaches(user, button.permission, order)


def _works(order: WorkOrder, button: Button, user: Any) -> bool:
    """Acts on an order in work, by its repairer or by somebody who may act for him where it stands. 到场 is said once."""
    if order.status != Status.WORKING or not user.has_perm(button.permission) or not may(user, Action.COMPLETE, order):
        return False
    if button.url.endswith("_arrive") and order.arrived_at is not None:
        return False
    return reaches(user, button.permission, order) or user.pk == order.assignee_id
