"""Where things came from, as links for whoever may open them: a case from a conversation, from what was said in public or from a call, a
work order from a case or a conversation."""

from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.html import format_html
from django.utils.translation import gettext as _

from complaints.models import Complaint, ComplaintOrder, Enquiry, EnquiryLink, OpinionEntry
from complaints.policies import VIEW
from complaints.states import Source
from core.statements import Statement
from owners.models import CallBackTask
from workorders.models import WorkOrder

_LINKED = Statement(
    lambda order: WorkOrder.objects.filter(pk=order).values_list(
        Exists(ComplaintOrder.objects.filter(order=OuterRef("pk"))),
        Exists(EnquiryLink.objects.filter(order=OuterRef("pk"))),
    ),
    -1,
)


def origins_of(case: Complaint, user: Any) -> list[dict[str, Any]]:
    """Lines for the facts of its page; asked only of cases that can have one."""
    if case.source == Source.APP:
        return _line(_enquiries(user).filter(links__complaint=case).first())
    if case.source == Source.OPINION:
        return _line(
            OpinionEntry.objects.visible_to(user, "complaints.view_opinionentry").filter(complaint=case).first()
        )
    if case.source == Source.CALL_BACK:
        label = Complaint._meta.label_lower
        calls = CallBackTask.objects.visible_to(user, "owners.view_callbacktask")
        return _line(calls.filter(follows__source_type=label, follows__source_id=case.pk).first())
    return []


def is_complained_of(order: WorkOrder) -> bool:
    """Whether a case came of it or it of a case; one order, one case."""
    return ComplaintOrder.objects.filter(order=order).exists()


def of_orders(order: WorkOrder, user: Any) -> list[dict[str, Any]]:
    """The case it was raised from or is about, else the conversation; nothing for whoever may open neither. Few orders have either, and
    who may open it is a long question."""
    ((of_case, of_enquiry),) = _LINKED.rows(order.pk)
    if of_case and user.has_perm(VIEW):
        case = Complaint.objects.visible_to(user, VIEW).filter(order_links__order=order).first()
        if case is not None:
            # What is about the order came after it and led to nothing.
            return _line(case, _("由来") if order.complaint_link.raised else _("被投诉"))
    if of_enquiry and user.has_perm("complaints.view_enquiry"):
        return _line(_enquiries(user).filter(links__order=order).first())
    return []


def _enquiries(user: Any) -> Any:
    return Enquiry.objects.visible_to(user, "complaints.view_enquiry")


def _line(found: models.Model | None, label: Any = None) -> list[dict[str, Any]]:
    if found is None:
        return []
    address = found.get_absolute_url()  # type: ignore[attr-defined]
    word = found.get_kind_display() if isinstance(found, Complaint) else found._meta.verbose_name
    return [{"label": label or _("由来"), "value": format_html('<a href="{}">{} {}</a>', address, word, found)}]
