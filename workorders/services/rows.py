"""The rows an act is about, held until its transaction ends."""

from django.utils import timezone
from django.utils.translation import gettext as _

from workorders.models import SuspensionRequest, WorkOrder
from workorders.states import RequestStatus


def hold(order: WorkOrder) -> None:
    """Reads the order anew and keeps it as it is. An act judges by what holds now: between the page somebody looked at and his press
    the order may have gone to somebody else, or come back to the same state in another round."""
    order.refresh_from_db(from_queryset=WorkOrder.objects.select_for_update(of=("self",), no_key=True))


def hold_both(first: WorkOrder, second: WorkOrder) -> None:
    """Two orders, always in the same sequence: who names the one for the other meets who names the other for the one."""
    for order in sorted((first, second), key=lambda order: order.pk):
        hold(order)


def drop_request(order: WorkOrder) -> dict[str, list[str]]:
    """A suspension asked for and not answered falls with the work it was asked for (转单, 完工, 关闭): nobody answers it any more, and it
    stands in nobody's way. Returns the change for the log. The order is held."""
    waiting = SuspensionRequest.objects.filter(order=order, status=RequestStatus.PENDING)
    dropped = waiting.update(
        status=RequestStatus.WITHDRAWN, decided_at=timezone.now(), answer=_("工单已转出或结束，申请作废")
    )
    states = [str(RequestStatus.PENDING.label), str(RequestStatus.WITHDRAWN.label)]
    return {"suspension": states} if dropped else {}
