"""A complaint raises a work order, or points to one (R54, R55): linked both ways; the case waits for its end."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint, ComplaintOrder
from complaints.services.marks import note
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import DictItem
from workorders.models import WorkOrder
from workorders.services.intake import create_order
from workorders.states import Source

RAISED = log.declare("complaints.complaint.order_raised", lazy("转出工单"))
LINKED = log.declare("complaints.complaint.order_linked", lazy("关联了工单"))


@transaction.atomic
def raise_order(case: Complaint, *, by: Any, kind: DictItem, description: str, urgency: str = "") -> WorkOrder:
    """A repair order for what the case is about, at its place and for its customer. Raises BadValue."""
    case = _open(case)
    if case.unit is None and case.place is None and case.building is None:
        raise BadValue(_("这件事没有具体位置，请先填房号、公共区域或楼栋"), field="unit")
    spot = {"unit": case.unit} if case.unit else {"place": case.place} if case.place else {"building": case.building}
    order = create_order(
        by=by, kind=kind, description=description, urgency=urgency, source=Source.COMPLAINT, owner=case.owner,
        reporter_name=case.complainant or _("匿名"), reporter_phone=case.phone, **spot,
    )  # fmt: skip
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


def _open(case: Complaint) -> Complaint:
    row = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not row.is_open:
        raise BusinessError(_("已关闭，要转工单请先重启"))
    return row
