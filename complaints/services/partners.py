"""对方答复期限 (DOMAIN 2.3): the day by which 地产公司 or a third party promised an answer, which the property company tracks."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint
from complaints.states import IN_HAND, PARTNERS
from core import changes, log
from core.errors import BadValue, BusinessError

PROMISED = log.declare("complaints.complaint.partner_due_changed", lazy("修改了对方答复期限"))


@transaction.atomic
def change_partner_due(case: Complaint, *, by: Any, partner_due: date | None, reason: str = "") -> Complaint:
    """What they say now; nothing takes the day away. Raises BadValue, BusinessError."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.status not in IN_HAND:
        raise BusinessError(_("现在是“%(state)s”，不用再跟进对方答复") % {"state": case.get_status_display()})
    day = promised_day(case, case.responsibility, partner_due)
    changed = changes.assign(case, {"partner_due": day})
    if changed:
        changes.save(case, ["partner_due"])
        log.record(PROMISED, case, by=by, changes=changed, reason=reason)
    return case


def promised_day(case: Complaint, responsibility: str, day: date | None) -> date | None:
    """The day as it may be kept for a case that is theirs. Raises BadValue."""
    if day is None:
        return None
    if responsibility not in PARTNERS:
        raise BadValue(_("只有归地产公司或第三方的才填对方答复期限"), field="partner_due")
    if day < timezone.localdate(case.received_at):
        raise BadValue(_("对方答复期限不能早于登记日期"), field="partner_due")
    return day


def promise_of(case: Complaint) -> dict[str, Any]:
    """For the log of an act that takes a promise in."""
    return {"partner_due": case.partner_due} if case.partner_due else {}


def promise_spent(case: Complaint) -> dict[str, Any]:
    """For the log of an act that begins the case anew: what was promised belongs to the round before."""
    return {"partner_due": [case.partner_due, None]} if case.partner_due else {}
