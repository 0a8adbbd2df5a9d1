"""Clocks that stand still (DOMAIN 2.2): waiting for a part, or suspended with a supervisor's leave."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from audit.states import check_right, move
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import DictItem
from core.services.inbox import notify
from workorders.models import Pause, SuspensionRequest, WorkOrder
from workorders.policies import may
from workorders.services import clocks
from workorders.services.dispatch import for_whom
from workorders.services.marks import note
from workorders.services.rows import hold
from workorders.services.work import in_work
from workorders.states import TRANSITIONS, Action, PauseKind, RequestStatus

AWAITING = log.declare("workorders.workorder.parts_awaited", lazy("缺料，等备件"))
PARTS_HERE = log.declare("workorders.workorder.parts_arrived", lazy("备件到了"))
ASKED = log.declare("workorders.workorder.suspension_asked", lazy("申请挂起"))
SUSPENDED = log.declare("workorders.workorder.suspended", lazy("同意挂起"))
REFUSED = log.declare("workorders.workorder.suspension_refused", lazy("没有同意挂起"))
WITHDRAWN = log.declare("workorders.workorder.suspension_withdrawn", lazy("撤回了挂起申请"))
RESUMED = log.declare("workorders.workorder.resumed", lazy("恢复处理"))

Changed = tuple[WorkOrder, dict[str, Any]]


@transaction.atomic
def await_parts(order: WorkOrder, *, by: Any, part: str, expected_on: date, reason: str = "") -> WorkOrder:
    """缺料: the clocks stand still until the part is here."""
    if expected_on < timezone.localdate():
        raise BadValue(_("预计到料日期不能早于今天"), field="expected_on")
    order, change = _pause(
        order, Action.AWAIT_PARTS, PauseKind.PARTS, by=by, reason=reason or part, part=part, expected_on=expected_on
    )
    log.record(
        AWAITING,
        order,
        by=by,
        changes=change | {"part": part, "expected_on": expected_on} | for_whom(order, by),
        reason=reason,
    )
    note(order, _("等待备件：%(part)s") % {"part": part})
    return order


@transaction.atomic
def parts_arrived(order: WorkOrder, *, by: Any) -> WorkOrder:
    order, change = _resume(order, Action.PARTS_ARRIVED, by=by)
    log.record(PARTS_HERE, order, by=by, changes=change | for_whom(order, by))
    return order


@transaction.atomic
def ask_suspension(
    order: WorkOrder, *, by: Any, reason: DictItem, resume_on: date, note: str = ""
) -> SuspensionRequest:
    """The repairer asks; nothing of the order changes until a supervisor agrees, who finds it in the inbox."""
    order = in_work(order, by)
    if resume_on <= timezone.localdate():
        raise BadValue(_("恢复日期须晚于今天"), field="resume_on")
    request = SuspensionRequest(order=order, reason=reason, note=note, resume_on=resume_on, asked_by_id=by.actor_id)
    save(request)
    log.record(
        ASKED, order, by=by, changes={"resume_on": resume_on} | for_whom(order, by), reason=f"{reason} {note}".strip()
    )
    for person in holders_of("workorders.approve_suspension", [order.community_id]).exclude(pk=user_id(by) or 0):
        sentence = _("待审批挂起：%(order)s") % {"order": order.headline}
        notify(
            person, sentence, url=order.get_absolute_url(), dedup_key=f"workorders.suspension:{request.pk}:{person.pk}"
        )
    return request


@transaction.atomic
def approve_suspension(request: SuspensionRequest, *, by: Any, answer: str = "") -> SuspensionRequest:
    request = _decide(request, RequestStatus.APPROVED, by, answer)
    order, change = _pause(
        request.order,
        Action.SUSPEND,
        PauseKind.SUSPENDED,
        by=by,
        reason=str(request.reason),
        expected_on=request.resume_on,
    )
    log.record(SUSPENDED, order, by=by, changes=change | {"resume_on": request.resume_on}, reason=answer)
    note(order, _("暂停处理：%(reason)s") % {"reason": request.reason})
    return request


@transaction.atomic
def refuse_suspension(request: SuspensionRequest, *, by: Any, answer: str) -> SuspensionRequest:
    request = _decide(request, RequestStatus.REFUSED, by, answer)
    log.record(REFUSED, request.order, by=by, reason=answer)
    return request


@transaction.atomic
def withdraw_suspension(request: SuspensionRequest, *, by: Any) -> SuspensionRequest:
    """By whoever asked, while nobody has decided."""
    if request.asked_by_id != user_id(by):
        raise BusinessError(_("只有申请人可以撤回"))
    request = _decide(request, RequestStatus.WITHDRAWN, by, "")
    log.record(WITHDRAWN, request.order, by=by)
    return request


@transaction.atomic
def resume(order: WorkOrder, *, by: Any) -> WorkOrder:
    order, change = _resume(order, Action.RESUME, by=by)
    log.record(RESUMED, order, by=by, changes=change | for_whom(order, by))
    note(order, _("恢复处理"))
    return order


def _pause(
    order: WorkOrder, action: Action, kind: PauseKind, *, by: Any, reason: str, expected_on: date, part: str = ""
) -> Changed:
    hold(order)
    now = timezone.now()
    change = move(order, action, by=by, transitions=TRANSITIONS, policy=may, paused_at=now)
    Pause.objects.create(
        order=order,
        kind=kind,
        started_at=now,
        reason=reason[:200],
        part=part,
        expected_on=expected_on,
        started_by_id=user_id(by),
    )
    order.refresh_from_db()
    clocks.refresh(order)
    return order, change


def _resume(order: WorkOrder, action: Action, *, by: Any) -> Changed:
    hold(order)
    now = timezone.now()
    change = move(order, action, by=by, transitions=TRANSITIONS, policy=may, paused_at=None)
    Pause.objects.filter(order=order, ended_at__isnull=True).update(ended_at=now)
    order.refresh_from_db()
    clocks.recompute(order)
    return order, change


def _decide(request: SuspensionRequest, status: RequestStatus, by: Any, answer: str) -> SuspensionRequest:
    # The order first, as everybody who changes both.
    order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=request.order_id)
    request = SuspensionRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    request.order = order
    if status != RequestStatus.WITHDRAWN:
        check_right(order, TRANSITIONS[Action.SUSPEND], by)
    if request.status != RequestStatus.PENDING:
        raise BusinessError(_("这个申请已处理：%(state)s") % {"state": request.get_status_display()})
    request.status, request.answer, request.decided_at = status, answer, timezone.now()
    if status != RequestStatus.WITHDRAWN:
        request.decided_by_id = user_id(by)
    save(request, ["status", "answer", "decided_at", "decided_by"])
    if status != RequestStatus.WITHDRAWN:
        words = {
            "order": request.order.number,
            "state": request.get_status_display(),
            "answer": f"：{answer}" if answer else "",
        }
        notify(request.asked_by, _("挂起申请%(state)s：%(order)s%(answer)s") % words, url=request.order.door)
    return request
