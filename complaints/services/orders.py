"""A complaint raises a work order, or points to one (R54, R55): linked both ways; whoever handles the case hears when it is done."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint, ComplaintOrder
from complaints.services.marks import note
from complaints.services.routing import MINE
from core import log
from core.actors import SYSTEM, user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import DictItem
from core.services.inbox import notify
from workorders.models import WorkOrder
from workorders.services.intake import create_order
from workorders.states import Source

RAISED = log.declare("complaints.complaint.order_raised", lazy("转出工单"))
LINKED = log.declare("complaints.complaint.order_linked", lazy("关联了工单"))
COMPLETED = log.declare("complaints.complaint.order_completed", lazy("关联工单已完工"))


@transaction.atomic
def raise_order(case: Complaint, *, by: Any, kind: DictItem, description: str, urgency: str = "") -> WorkOrder:
    """A repair order for what the case is about, at its place and for its customer. More people read an order than a confidential case:
    it says neither who complained nor that anybody did. Raises BadValue."""
    case = _open(case)
    if case.unit is None and case.place is None and case.building is None:
        raise BadValue(_("这件事没有具体位置，请先填房号、公共区域或楼栋"), field="unit")
    spot = {"unit": case.unit} if case.unit else {"place": case.place} if case.place else {"building": case.building}
    who: dict[str, Any] = {
        "source": Source.COMPLAINT, "owner": case.owner, "reporter_name": case.complainant or _("匿名"),
        "reporter_phone": case.phone,
    }  # fmt: skip
    if case.confidential:
        who = {"source": Source.COUNTER, "owner": None, "reporter_name": _("客服代报"), "reporter_phone": ""}
    order = create_order(by=by, kind=kind, description=description, urgency=urgency, **who, **spot)
    save(ComplaintOrder(complaint=case, order=order, raised=True, created_by_id=user_id(by)))
    log.record(RAISED, case, by=by, changes={"order": order.number})
    note(case, _("转出工单 %(order)s") % {"order": order.number})
    return order


@transaction.atomic
def link_order(case: Complaint, *, by: Any, order: WorkOrder) -> ComplaintOrder:
    """The order was there before (慢, 质量, 反复): the case is about it."""
    case = _open(case)
    if order.community_id != case.community_id:
        raise BadValue(_("工单不在这个项目"), field="order")
    if ComplaintOrder.objects.filter(order=order).exists():
        raise BadValue(_("这张工单已关联投诉"), field="order")
    link = ComplaintOrder(complaint=case, order=order, raised=False, created_by_id=user_id(by))
    save(link)
    log.record(LINKED, case, by=by, changes={"order": order.number})
    return link


def order_completed(order: WorkOrder) -> None:
    """The order of an open case is done: what is left is the department's word to the customer, and somebody has to think of it."""
    link = ComplaintOrder.objects.filter(order=order).first()
    if link is None:
        return
    # Not locked: nothing of the case changes, and whoever links orders holds case and order the other way round.
    case = Complaint.objects.select_related("handler", "topic", "community").get(pk=link.complaint_id)
    if not case.is_open:
        return
    log.record(COMPLETED, case, by=SYSTEM, changes={"order": order.number, "result": order.result})
    if case.handler is not None:
        words = {"case": case.headline, "order": order.number}
        sentence = _("关联工单 %(order)s 已完工，请核实后反馈：%(case)s") % words
        notify(case.handler, sentence, kind=MINE.code, url=case.get_absolute_url())


def _open(case: Complaint) -> Complaint:
    row = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not row.is_open:
        raise BusinessError(_("已关闭，要转工单请先重启"))
    return row
