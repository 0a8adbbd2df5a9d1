"""After the work (R43, R44): the owner's rating, rework, the archive; and the ends of orders that are not done."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.states import move
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import DictItem
from owners.services.call_backs import hold_call_backs, withdraw_call_backs
from workorders import signals
from workorders.models import Rating, WorkOrder
from workorders.policies import may, was_on
from workorders.services import clocks
from workorders.services.marks import mark_unit, note
from workorders.services.messages import tell_owner
from workorders.services.rows import drop_request, hold, hold_both
from workorders.states import TRANSITIONS, Action, MessageKind, Status

RATED = log.declare("workorders.workorder.rated", lazy("收到业主评价"))
REWORKED = log.declare("workorders.workorder.reworked", lazy("返工"))
ARCHIVED = log.declare("workorders.workorder.archived", lazy("归档"))
CANCELLED = log.declare("workorders.workorder.cancelled", lazy("取消了工单"))
CLOSED = log.declare("workorders.workorder.closed", lazy("关闭了未修的工单"))
ASK_WHY = 2


@transaction.atomic
def rate_order(
    order: WorkOrder, *, by: Any, stars: int, via: str, tags: Iterable[DictItem] = (), text: str = "", why: str = ""
) -> Rating:
    """What the owner says, once for each round of work. Staff may write it down for him, but not those who did the work."""
    hold_call_backs(order)
    locked = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if locked.status not in {Status.DONE, Status.ARCHIVED}:
        raise BusinessError(_("完工后才能评价"))
    if not 1 <= stars <= 5:
        raise BadValue(_("请选 1 到 5 颗星"), field="stars")
    if stars <= ASK_WHY and not why.strip():
        raise BadValue(_("两星及以下请说明原因，我们好改进"), field="why")
    if was_on(by, locked):
        raise BusinessError(_("不能代录自己工单的评价"))
    if Rating.objects.filter(order=locked, round=locked.rework_count).exists():
        raise BusinessError(_("这次维修已经评价过了"))
    rating = Rating(
        order=locked, round=locked.rework_count, stars=stars, text=text, why=why, via=via, recorded_by_id=user_id(by)
    )
    save(rating)
    rating.tags.set(tags)
    locked.stars = stars
    locked.save(update_fields=["stars"])
    log.record(RATED, locked, by=by, changes={"stars": stars, "text": text, "why": why})
    note(locked, _("评价 %(stars)d 星") % {"stars": stars}, text)
    signals.workorder_rated.send(WorkOrder, order=locked, rating=rating)
    return rating


@transaction.atomic
def rework_order(order: WorkOrder, *, by: Any, reason: str) -> WorkOrder:
    """返工: the same hands, a new round of clocks, the counter one up."""
    if not reason.strip():
        raise BadValue(_("请说明返工原因"), field="reason")
    hold_call_backs(order)
    hold(order)
    now, count = timezone.now(), order.rework_count + 1
    change = move(
        order, Action.REWORK, by=by, transitions=TRANSITIONS, policy=may, rework_count=count, arrived_at=None,
        completed_at=None, stars=None,
    )  # fmt: skip
    order.refresh_from_db()
    order.checks.update(done_at=None)
    log.record(REWORKED, order, by=by, changes=change | {"rework_count": count}, reason=reason)
    clocks.start_clocks(order, at=now, again=True)
    mark_unit(order)
    note(order, _("返工"), reason)
    withdraw_call_backs(order)
    tell_owner(order, MessageKind.REWORKED)
    return order


@transaction.atomic
def archive_order(order: WorkOrder, *, by: Any, reason: str = "") -> WorkOrder:
    """归档. An order nobody rated stays 未评价: silence is no five stars."""
    return _end(order, Action.ARCHIVE, ARCHIVED, by=by, reason=reason)


@transaction.atomic
def cancel_order(
    order: WorkOrder, *, by: Any, reason: DictItem, detail: str = "", duplicate_of: WorkOrder | None = None
) -> WorkOrder:
    """取消 (误报, 重复, 业主撤销); a duplicate keeps the link to the order that stays."""
    if duplicate_of is not None:
        if duplicate_of.pk != order.pk:
            hold_both(order, duplicate_of)
        if duplicate_of.pk == order.pk or duplicate_of.community_id != order.community_id:
            raise BadValue(_("请选同一项目里的另一张工单"), field="duplicate_of")
        if duplicate_of.duplicate_of_id is not None:
            raise BadValue(_("所选工单本身是重复工单，请选原工单"), field="duplicate_of")
    why = f"{reason}：{detail}" if detail else str(reason)
    return _end(order, Action.CANCEL, CANCELLED, by=by, reason=why, duplicate_of=duplicate_of)


@transaction.atomic
def close_order(order: WorkOrder, *, by: Any, reason: DictItem, detail: str, told: bool) -> WorkOrder:
    """无法处理: closed unrepaired, and only once the owner has been told why."""
    if not told:
        raise BadValue(_("请先告知业主，再关闭"), field="told")
    return _end(order, Action.CLOSE, CLOSED, by=by, reason=f"{reason}：{detail}" if detail else str(reason))


def _end(order: WorkOrder, action: Action, code: str, *, by: Any, reason: str, **values: Any) -> WorkOrder:
    hold(order)
    change = move(
        order, action, by=by, transitions=TRANSITIONS, policy=may, ended_at=timezone.now(), ended_by_id=user_id(by),
        end_reason=reason[:200], **values,
    )  # fmt: skip
    order.refresh_from_db()
    linked: dict[str, Any] = {"duplicate_of": str(order.duplicate_of)} if order.duplicate_of else {}
    linked |= drop_request(order)
    log.record(code, order, by=by, changes=change | linked, reason=reason)
    clocks.end_clocks(order)
    mark_unit(order)
    note(order, str(order.get_status_display()), reason)
    return order
