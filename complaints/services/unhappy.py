"""Who is unhappy with a repair, or says so when he is called, gets a complaint that is linked with what it is about (DOMAIN 2.2, 2.6)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from complaints.models import Complaint, ComplaintOrder
from complaints.queries.classes import category_of
from complaints.services.intake import create_complaint
from complaints.states import Kind, Source
from core import locks, log
from core.actors import user_id
from core.changes import save
from core.errors import BusinessError
from core.models import DictItem
from owners.models import CallBackAttempt, CallBackTask
from owners.services.call_backs import note_follow
from owners.visibility import Eyes
from workorders.models import WorkOrder
from workorders.services.calls import first_phone

FROM_ORDER = log.declare("complaints.complaint.came_from_order", lazy("由工单转来"))
FROM_CALL = log.declare("complaints.complaint.came_from_call", lazy("由回访转来"))
ADD = "complaints.add_complaint"
COMPLAINT = "complaint"
ORDERS = "workorders.workorder"


def offers_complaint(task: CallBackTask, user: Any) -> bool:
    """Whether an unhappy owner of a repaired order may get a complaint from this caller: one order, one complaint."""
    if not user.has_perm(ADD) or not Eyes(user).covers(ADD, task.community_id, task.building_id):
        return False
    return not ComplaintOrder.objects.filter(order=task.source_id).exists()


@transaction.atomic
def raise_from_order(
    order: WorkOrder, *, by: Any, facts: str, topic: DictItem | None = None, kind: str = Kind.COMPLAINT, demand: str = "",
    source: str = Source.PHONE, accused_people: Sequence[User] = (),
) -> Complaint:  # fmt: skip
    """A complaint about how an order was done; without a class it is 维修质量. Raises BadValue, BusinessError."""
    locks.hold("complaints.from_order", order.pk)
    link = ComplaintOrder.objects.filter(order=order.pk).select_related("complaint").first()
    if link is not None:
        known = "" if link.complaint.confidential else f" {link.complaint}"
        raise BusinessError(_("这张工单已有投诉%(case)s") % {"case": known})
    order = WorkOrder.objects.select_related("unit", "place", "building", "owner").get(pk=order.pk)
    topic = topic or DictItem.objects.get(type__code="complaint_topic", code="repair_poor")
    spot: dict[str, Any] = {"unit": order.unit} if order.unit else {"place": order.place}
    if order.unit is None and order.place is None:
        spot = {"building": order.building}
    case = create_complaint(
        by=by, **spot, community=order.community, owner=order.owner, complainant=(order.reporter_name or _("报事人"))[:30],
        phone=order.reporter_phone, source=source, kind=kind, topic=topic, category=category_of(topic), facts=facts, demand=demand,
        accused_people=accused_people,
    )  # fmt: skip
    save(ComplaintOrder(complaint=case, order=order, raised=False, created_by_id=user_id(by)))
    log.record(FROM_ORDER, case, by=by, changes={"order": order.number})
    return case


@transaction.atomic
def raise_from_call(
    task: CallBackTask, *, by: Any, kind: str, topic: DictItem, facts: str, demand: str = ""
) -> Complaint:
    """What a household says when it is called, about a repair or in a round of a plan. Raises BadValue, BusinessError."""
    task = CallBackTask.objects.select_related("unit", "owner", "community").get(pk=task.pk)
    if task.source_type == ORDERS:
        order = WorkOrder.objects.get(pk=task.source_id)
        case = raise_from_order(
            order, by=by, facts=facts, topic=topic, kind=kind, demand=demand, source=Source.CALL_BACK
        )
    elif task.unit is None or task.owner is None:
        raise BusinessError(_("这条回访没有房号或住户，请直接登记投诉"))
    else:
        case = create_complaint(
            by=by, unit=task.unit, owner=task.owner, complainant=str(task.owner.name)[:30], phone=first_phone(task.owner),
            source=Source.CALL_BACK, kind=kind, topic=topic, category=category_of(topic), facts=facts, demand=demand,
        )  # fmt: skip
    _link(task, case, by)
    return case


def after_unhappy_call(task: CallBackTask, attempt: CallBackAttempt, by: Any) -> None:
    """转投诉, chosen by the caller instead of 返工."""
    order = WorkOrder.objects.select_related("community", "kind").filter(pk=task.source_id).first()
    if order is None:
        return
    facts = _("%(order)s（%(kind)s）回访不满意：%(text)s") % {
        "order": order.number,
        "kind": order.kind,
        "text": attempt.text,
    }
    _link(task, raise_from_order(order, by=by, facts=facts, source=Source.CALL_BACK), by)


def _link(task: CallBackTask, case: Complaint, by: Any) -> None:
    label = _("%(kind)s %(number)s") % {"kind": case.get_kind_display(), "number": case.number}
    note_follow(task, case, by=by, label=label)
    log.record(FROM_CALL, case, by=by, changes={"text": task.title})
