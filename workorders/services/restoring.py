"""恢复: the end of an outage, and of the orders that belong to it (R36, R38)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BadValue, BusinessError
from core.models import DictItem
from owners.models import Tenure
from workorders.models import Outage, WorkOrder
from workorders.services import after, pausing
from workorders.services.concerned import tell_concerned
from workorders.services.marks import note
from workorders.services.messages import recipients, tell_owner
from workorders.services.outages import still_running
from workorders.services.work import Finish, complete_order, tick_check
from workorders.states import AT_DESK, IN_HAND, MessageKind, Status

ENDED = log.declare("workorders.outage.ended", lazy("登记了故障恢复"))


@dataclass
class Ending:
    """What became of the orders: ended with the outage, completed for their repairers, gone on with; of those that should have been
    completed the ones that were not, each with its reason."""

    outage: Outage
    ended: list[WorkOrder] = field(default_factory=list)
    completed: list[WorkOrder] = field(default_factory=list)
    kept: list[WorkOrder] = field(default_factory=list)
    skipped: list[tuple[WorkOrder, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {"closed": len(self.ended), "completed": len(self.completed), "kept": len(self.kept)}


@transaction.atomic
def end_outage(
    outage: Outage, *, by: Any, reason: DictItem, ended_at: datetime | None = None, message: str = "",
    complete: Collection[int] = (),
) -> Ending:  # fmt: skip
    """Orders nobody is at work on end with the outage. Of those in hand the ones named in `complete` are completed for their repairers
    (代办), as far as `by` may; the others go on, since only their repairers know whether the work is done. Each household is told."""
    outage = Outage.objects.select_for_update(of=("self",), no_key=True).get(pk=outage.pk)
    still_running(outage)
    at = ended_at or timezone.now()
    if at > timezone.now():
        raise BadValue(_("恢复时间不能晚于现在"), field="ended_at")
    if at < outage.started_at:
        raise BadValue(_("恢复时间不能早于开始时间"), field="ended_at")
    outage.ended_at = at
    outage.save(update_fields=["ended_at"])
    told = message or _("%(title)s已恢复") % {"title": outage.title}
    ending = Ending(outage)
    orders = WorkOrder.objects.open().filter(outage=outage).order_by("pk").select_for_update(of=("self",))
    for order in list(orders):
        _end_one(order, ending, reason, told, order.pk in complete, by)
    ending.skipped += _gone_meanwhile(outage, complete, ending)
    tell_concerned(outage, told, besides=_heard([*ending.ended, *ending.completed, *ending.kept]))
    log.record(ENDED, outage, by=by, changes=ending.counts(), reason=told)
    return ending


def _end_one(order: WorkOrder, ending: Ending, reason: DictItem, told: str, wanted: bool, by: Any) -> None:
    if order.status in AT_DESK:
        after.cancel_order(order, by=by, reason=reason, detail=told)
        ending.ended.append(order)
    elif wanted and _completed(order, ending, told, by):
        ending.completed.append(order)
        # Whoever reported it has just heard that it is finished, and was asked how it was: one message is enough.
        tell_owner(order, MessageKind.RESTORED, told, besides=recipients(order))
        return
    else:
        note(order, told)
        ending.kept.append(order)
    tell_owner(order, MessageKind.RESTORED, told)


def _heard(orders: Collection[WorkOrder]) -> set[int]:
    """The owners who hear of it with an order: everybody of its flat, and whoever reported."""
    units = {order.unit_id for order in orders if order.unit_id is not None}
    living = Tenure.objects.filter(unit__in=units).current().values_list("owner", flat=True)
    return set(living) | {order.owner_id for order in orders if order.owner_id is not None}


def _completed(order: WorkOrder, ending: Ending, told: str, by: Any) -> bool:
    """In a step of its own: what cannot be completed stays exactly as it was, and is named with its reason."""
    try:
        with transaction.atomic():
            complete_with_outage(order, by=by, told=told)
    except BusinessError as error:
        order.refresh_from_db()
        ending.skipped.append((order, error.sentence))
        return False
    return True


def complete_with_outage(order: WorkOrder, *, by: Any, told: str) -> WorkOrder:
    """Through the acts of the repairer: work is taken up again where it rested, the rest of the checklist is ticked, then 完工."""
    if order.status == Status.PARTS:
        pausing.parts_arrived(order, by=by)
    elif order.status == Status.SUSPENDED:
        pausing.resume(order, by=by)
    for check in order.checks.filter(done_at__isnull=True):
        tick_check(check, by=by, note=_("随故障恢复一并完成"))
    return complete_order(order, by=by, finish=Finish(result=told))


def _gone_meanwhile(outage: Outage, wanted: Collection[int], ending: Ending) -> list[tuple[WorkOrder, str]]:
    """Ticked on the page, and by now no longer in hand: somebody else was quicker. Those that went back to the desk ended with it."""
    seen = {order.pk for order in (*ending.ended, *ending.completed, *ending.kept)}
    gone = WorkOrder.objects.filter(outage=outage, pk__in=set(wanted) - seen).exclude(status__in=IN_HAND)
    return [(order, _("工单现在是“%(state)s”") % {"state": order.status_word}) for order in gone.order_by("pk")]
