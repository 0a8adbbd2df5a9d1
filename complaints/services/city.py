"""12345 and other government cases (DOMAIN 2.3): signed for, finished, and what the city says of the three rates."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import CityCase, Complaint
from complaints.services import clocks
from complaints.states import Clock
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError

SIGNED = log.declare("complaints.complaint.city_signed", lazy("签收了 12345 工单"))
FINISHED = log.declare("complaints.complaint.city_finished", lazy("回填了 12345 办结结果"))


@transaction.atomic
def sign_city(case: Complaint, *, by: Any) -> CityCase:
    row = _city(case)
    if row.signed_at is not None:
        raise BusinessError(_("已签收"))
    now = timezone.now()
    row.signed_at, row.signed_by_id = now, user_id(by)
    save(row, ["signed_at", "signed_by"])
    log.record(SIGNED, row.complaint, by=by, changes={"external_number": row.external_number})
    clocks.meet(row.complaint, Clock.SIGN, at=now)
    return row


@transaction.atomic
def finish_city(
    case: Complaint, *, by: Any, responded: bool | None, resolved: bool | None, satisfied: bool | None
) -> CityCase:
    """What was sent back to the city and how it counted it; may be put right when the city says more later. Raises BadValue."""
    row = _city(case)
    if row.complaint.answered_at is None:
        raise BusinessError(_("还没有向客户反馈处理结果，不能办结"))
    if responded is None and resolved is None and satisfied is None:
        raise BadValue(_("请至少填写一项"), field="responded")
    row.finished_at = row.finished_at or timezone.now()
    row.responded, row.resolved, row.satisfied = responded, resolved, satisfied
    save(row, ["finished_at", "responded", "resolved", "satisfied"])
    said = {"responded": _word(responded), "resolved": _word(resolved), "satisfied": _word(satisfied)}
    log.record(FINISHED, row.complaint, by=by, changes=said)
    clocks.meet(row.complaint, Clock.CITY_END, at=timezone.now())
    return row


def _word(value: bool | None) -> str:
    return "" if value is None else _("是") if value else _("否")


def _city(case: Complaint) -> CityCase:
    locked = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    row = CityCase.objects.filter(complaint=locked).first()
    if row is None:
        raise BusinessError(_("这件事不是 12345 工单"))
    row.complaint = locked
    return row
