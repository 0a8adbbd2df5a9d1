"""Households that are concerned by an outage and have no order (R47): who says so, and what each is told when it is over."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BusinessError
from notices.services import messages
from notices.sources import Content
from properties.models import Unit
from workorders.models import Outage, OutageConcern
from workorders.services.messages import TEMPLATE
from workorders.services.outages import hold_running

SOURCE = "workorders.outageconcern"
CONCERNED = log.declare("workorders.outage.joined", lazy("住户反映也受影响"))


@transaction.atomic
def join_outage(outage: Outage, *, by: Any, unit: Unit | None = None) -> OutageConcern:
    """Counts as a call about it: the desk sees how many are concerned, and where. Once for each person."""
    hold_running(outage)
    if unit is not None and unit.community_id != outage.community_id:
        raise BusinessError(_("房屋不在故障所在的项目"))
    row, made = OutageConcern.objects.get_or_create(outage=outage, owner=by.owner, defaults={"unit": unit})
    if made:
        Outage.objects.filter(pk=outage.pk).update(calls=F("calls") + 1)
        log.record(CONCERNED, outage, by=by, changes={"unit": str(unit or "")})
    return row


def tell_concerned(outage: Outage, text: str, *, besides: Collection[int]) -> int:
    """One message to everybody who said so, but those (`besides`, owners) who hear of it with their own order. Returns how many."""
    told = 0
    for row in OutageConcern.objects.filter(outage=outage).exclude(owner__in=besides).select_related("unit", "owner"):
        OutageConcern.objects.filter(pk=row.pk).update(told=text[:200])
        told += messages.send(row, unit=row.unit, owners=[row.owner], community_id=outage.community_id)
    return told


def content_of(concern_id: int) -> Content | None:
    row = OutageConcern.objects.select_related("outage__community").filter(pk=concern_id).first()
    if row is None or row.outage.ended_at is None:
        return None
    outage = row.outage
    variables = {
        "community": outage.community.name[:20], "matter": outage.title[:20], "state": str(_("已恢复")),
        "time": formats.date_format(timezone.localtime(outage.ended_at), "DATETIME_FORMAT"),
    }  # fmt: skip
    return Content(
        template=TEMPLATE, variables=variables, subject=_("%(title)s：已恢复") % {"title": outage.title},
        text=_("%(text)s。如果您家还有问题，请再报修。") % {"text": row.told.rstrip("。")},
    )  # fmt: skip
