"""The clerk's call (R36, R45): whose number it is, and the order that comes of it."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.errors import BadValue
from core.masking import mask_phone
from owners.models import Owner
from owners.queries.lookup import Calling
from workorders.models import Outage, WorkOrder
from workorders.services.intake import create_order
from workorders.services.outages import hold_running

LOOKED_UP = log.declare(
    "workorders.call.looked_up", lazy("受理来电时按号码查找住户"), personal={"phone": mask_phone}, sensitive=True
)


@transaction.atomic
def record_lookup(found: Calling, *, by: Any) -> None:
    """One entry a look-up, on the person's file when it is clear who called."""
    owner = found.callers[0].owner if len(found.callers) == 1 else None
    community_id = found.unit.community_id if found.unit else None
    changes = {"phone": found.number, "found": len(found.callers)}
    log.record(LOOKED_UP, owner, by=by, changes=changes, community_id=community_id)


@transaction.atomic
def take_order(
    *, by: Any, owner: Owner | None = None, reporter_name: str = "", reporter_phone: str = "",
    outage: Outage | None = None, **values: Any,
) -> WorkOrder:  # fmt: skip
    """An order from the desk. Name and phone left blank are those of the owner's file, which the page shows masked and so cannot send.
    An order of a running outage counts as a call about it."""
    if owner is not None:
        reporter_name = reporter_name or str(owner.name)
        reporter_phone = reporter_phone or first_phone(owner)
    if not reporter_name:
        raise BadValue(_("请填写报事人"), field="reporter_name")
    if outage is not None:
        hold_running(outage)
    order = create_order(
        by=by, owner=owner, reporter_name=reporter_name, reporter_phone=reporter_phone, outage=outage, **values
    )
    if outage is not None:
        Outage.objects.filter(pk=outage.pk).update(calls=F("calls") + 1)
    return order


def first_phone(owner: Owner) -> str:
    """The number of his file one calls first; "" when none is known."""
    row = owner.phones.order_by("-is_primary", "pk").first()
    return str(row.number) if row else ""
