"""Doing the work (R40, R42): arrive, wait for parts, suspend with leave, tick off, use materials, finish."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.states import check_right, move
from core import log
from core.errors import BadValue, BusinessError, InvalidTransition
from core.models import DictItem
from core.services import attachments
from workorders import signals
from workorders.models import CheckPoint, WorkOrder
from workorders.policies import UNPRICED, available_actions, may
from workorders.services import clocks
from workorders.services.dispatch import for_whom
from workorders.services.marks import mark_unit, note
from workorders.services.messages import tell_owner
from workorders.services.rows import drop_request, hold
from workorders.signatures import signed
from workorders.states import TRANSITIONS, Action, Clock, ConfirmWay, MessageKind, Status

ARRIVED = log.declare("workorders.workorder.arrived", lazy("到了现场"))
CHECKED = log.declare("workorders.workorder.checked", lazy("完成了检查项"))
COMPLETED = log.declare("workorders.workorder.completed", lazy("完工"))


@transaction.atomic
def arrive(order: WorkOrder, *, by: Any) -> WorkOrder:
    """到场: a fact, no state; said once a round."""
    order = in_work(order, by)
    if order.arrived_at is not None:
        raise BusinessError(_("已登记到场"))
    order.arrived_at = timezone.now()
    order.save(update_fields=["arrived_at"])
    log.record(ARRIVED, order, by=by, changes=for_whom(order, by))
    clocks.meet(order, Clock.ARRIVAL, at=order.arrived_at)
    note(order, _("维修人员已到场"))
    tell_owner(order, MessageKind.ARRIVED)
    return order


@transaction.atomic
def tick_check(
    check: CheckPoint, *, by: Any, note: str = "", photos: Sequence[Any] = (), done: bool = True
) -> CheckPoint:
    """One line of the checklist, with its photos; taking the tick away is possible while the work goes on."""
    order = in_work(check.order, by)
    check.done_at, check.note = (timezone.now() if done else None), note
    check.save(update_fields=["done_at", "note"])
    for photo in photos:
        attachments.store(check, photo, by=by)
    log.record(CHECKED, order, by=by, changes={"check": check.text, "done": done} | for_whom(order, by))
    return check


@dataclass(frozen=True)
class Finish:
    """What completion records. `labour_fee` None keeps what was agreed."""

    result: str
    cause: DictItem | None = None
    confirm_way: str = ConfirmWay.NONE
    labour_fee: Decimal | None = None
    photos: Iterable[Any] = ()
    signature: Any = None


@transaction.atomic
def complete_order(order: WorkOrder, *, by: Any, finish: Finish) -> WorkOrder:
    """完工: the result is required, and so is every line of the checklist; a paid repair needs the owner's consent to the prices."""
    hold(order)
    # Of an order in another state the state is told, with what is possible there.
    if order.status == Status.WORKING:
        _check_finish(order, finish)
    now = timezone.now()
    values: dict[str, Any] = {
        "completed_at": now, "result": finish.result, "cause": finish.cause, "confirm_way": finish.confirm_way,
    }  # fmt: skip
    if order.arrived_at is None:
        values["arrived_at"] = now
    if finish.labour_fee is not None:
        values["labour_fee"] = finish.labour_fee
    mine = for_whom(order, by)
    change = move(order, Action.COMPLETE, by=by, transitions=TRANSITIONS, policy=may, **values)
    order.refresh_from_db()
    for photo in finish.photos:
        attachments.store(order, photo, by=by)
    if finish.signature is not None:
        attachments.store(order, signed(finish.signature), by=by)
    log.record(COMPLETED, order, by=by, changes=change | mine | drop_request(order) | {"result": finish.result})
    clocks.meet(order, Clock.ARRIVAL, at=now)
    clocks.meet(order, Clock.COMPLETION, at=now)
    mark_unit(order)
    note(order, _("已完工"), finish.result)
    signals.workorder_completed.send(WorkOrder, order=order)
    return order


def _check_finish(order: WorkOrder, finish: Finish) -> None:
    if not finish.result.strip():
        raise BadValue(_("请填写处理结果"), field="result")
    open_checks = order.checks.filter(done_at__isnull=True).count()
    if open_checks:
        raise BusinessError(_("还有 %(count)d 个检查项没有完成") % {"count": open_checks})
    if order.paid and not order.paid_lines.exists():
        raise BusinessError(str(UNPRICED), _("请先出示价目并取得同意"))
    if finish.confirm_way == ConfirmWay.SIGNATURE and finish.signature is None:
        raise BadValue(_("请业主在屏幕上签字"), field="signature")


def in_work(order: WorkOrder, by: Any) -> WorkOrder:
    """The order locked, in hand and in the hands of whoever acts (or of whom he acts for)."""
    locked = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    check_right(locked, TRANSITIONS[Action.COMPLETE], by)
    if locked.status != Status.WORKING:
        raise InvalidTransition(
            _("工单现在是“%(state)s”，要在处理中才能这样做") % {"state": locked.get_status_display()},
            [str(Action(name).label) for name in available_actions(by, locked)],
        )
    allowed = may(by, Action.COMPLETE, locked)
    if not allowed:
        raise BusinessError(getattr(allowed, "reason", ""))
    return locked
