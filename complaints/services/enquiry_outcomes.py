"""What comes of a conversation: a repair order or a complaint, linked both ways, with the owner's pictures and without his asking twice."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint, Enquiry, EnquiryLink
from complaints.queries.classes import category_of
from complaints.queries.enquiries import owner_files
from complaints.services.enquiries import note_household, tell_outcome
from complaints.services.intake import create_complaint
from complaints.services.marks import note
from complaints.states import Source as CaseSource
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BusinessError, OutOfScope
from core.models import DictItem
from core.services.attachments import reopened
from workorders.models import WorkOrder
from workorders.services.calls import first_phone
from workorders.services.intake import MOST_PHOTOS, create_order
from workorders.states import Source

TO_ORDER = log.declare("complaints.enquiry.order_raised", lazy("转出工单"))
TO_COMPLAINT = log.declare("complaints.enquiry.complaint_raised", lazy("转出投诉建议"))
FROM_ENQUIRY = log.declare("complaints.enquiry.order_came", lazy("由在线咨询转来"))
CASE_FROM_ENQUIRY = log.declare("complaints.enquiry.complaint_came", lazy("由在线咨询转来"))
ADD_ORDER, ADD_COMPLAINT = "workorders.add_workorder", "complaints.add_complaint"


@transaction.atomic
def turn_into_order(
    enquiry: Enquiry, *, by: Any, kind: DictItem, description: str, urgency: str = "", with_files: bool = True
) -> WorkOrder:
    """Raises BadValue, OutOfScope, InvalidTransition."""
    row = _open(enquiry, by, ADD_ORDER)
    if row.unit is None:
        raise BusinessError(_("这次咨询没有房号，请直接登记报修"))
    with reopened(owner_files(row, images=True)[:MOST_PHOTOS] if with_files else ()) as photos:
        order = create_order(
            by=by, kind=kind, unit=row.unit, owner=row.owner, description=description, urgency=urgency, source=Source.APP,
            reporter_name=str(row.owner.name)[:30], reporter_phone=first_phone(row.owner), verified=True, photos=photos,
        )  # fmt: skip
    said = _("已转为报修 %(number)s（%(kind)s），进度可在“我的报修”里看") % {"number": order.number, "kind": order.kind}
    _linked(row, by, said, order=order)
    note_household(row, _("在线咨询%(said)s") % {"said": said.partition("，")[0]})
    log.record(TO_ORDER, row, by=by, changes={"order": order.number})
    log.record(FROM_ENQUIRY, order, by=by, changes={"text": row.number})
    return order


@transaction.atomic
def turn_into_complaint(
    enquiry: Enquiry, *, by: Any, kind: str, topic: DictItem, facts: str, with_files: bool = True
) -> Complaint:
    """Raises BadValue, OutOfScope, InvalidTransition. What is left in the conversation and in its log names no number: both have more
    readers than the case, which may become confidential at any time. Whoever may open it has the link beside the conversation."""
    row = _open(enquiry, by, ADD_COMPLAINT)
    with reopened(owner_files(row, images=False)[:MOST_PHOTOS] if with_files else ()) as files:
        case = create_complaint(
            by=by, community=row.community, unit=row.unit, owner=row.owner, complainant=str(row.owner.name)[:30],
            phone=first_phone(row.owner), source=CaseSource.APP, kind=kind, category=category_of(topic), topic=topic, facts=facts,
            files=files,
        )  # fmt: skip
    kind_word = case.get_kind_display()
    _linked(row, by, _("已转为%(kind)s，进度可在“投诉建议”里看") % {"kind": kind_word}, complaint=case)
    # A line of the case, not of the conversation: it goes when the case becomes confidential.
    note(case, _("在线咨询已转为%(kind)s") % {"kind": kind_word})
    log.record(TO_COMPLAINT, row, by=by, changes={"kind": kind_word})
    log.record(CASE_FROM_ENQUIRY, case, by=by, changes={"text": row.number})
    return case


def _open(enquiry: Enquiry, by: Any, permission: str) -> Enquiry:
    """The conversation, locked. Whoever turns it into something may make such a thing where it stands."""
    row = Enquiry.objects.select_for_update(of=("self",)).with_place().get(pk=enquiry.pk)
    if not row.is_open:
        raise BusinessError(_("咨询已结束，业主再来咨询时会重新打开"))
    scope = by.access.scope(permission) if by.has_perm(permission) else None
    building = row.unit.building_id if row.unit else None
    if scope is None or not (scope.covers_community(row.community_id) or building in scope.building_ids):
        raise OutOfScope(_("你没有做这件事的权限"))
    return row


def _linked(row: Enquiry, by: Any, said: str, **what: models.Model) -> None:
    save(EnquiryLink(enquiry=row, created_by_id=user_id(by), **what))
    tell_outcome(row, by=by, text=said)
