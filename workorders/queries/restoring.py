"""What the end of an outage would do to its orders, told before it is done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from owners.models import Tenure
from workorders.models import Outage, OutageConcern, PaidLine, WorkOrder
from workorders.policies import UNPRICED, may
from workorders.states import AT_DESK, IN_HAND, Action

WORK = "workorders.work_workorder"


@dataclass(frozen=True)
class InHand:
    """An order somebody is at work on. `why` it cannot be completed with the outage; "" when it can."""

    order: WorkOrder
    why: str
    checks: int


def in_hand(outage: Outage, user: Any) -> list[InHand]:
    priced = Exists(PaidLine.objects.filter(order=OuterRef("pk")))
    rows = WorkOrder.objects.filter(outage=outage, status__in=IN_HAND).select_related("kind", "assignee", "team")
    rows = rows.annotate(open_checks=Count("checks", Q(checks__done_at__isnull=True)), priced=priced)
    reach = set(WorkOrder.objects.visible_to(user, WORK).filter(pk__in=rows.values("pk")).values_list("pk", flat=True))
    return [InHand(row, _hindrance(row, row.pk in reach, user), row.open_checks) for row in rows.order_by("pk")]


def _hindrance(order: Any, reached: bool, user: Any) -> str:
    allowed = may(user, Action.COMPLETE, order)
    if not reached or not allowed:
        return getattr(allowed, "reason", "") or _("你没有代办这张工单的权限")
    return str(UNPRICED) if order.paid and not order.priced else ""


@dataclass(frozen=True)
class Outlook:
    """`ends` of the orders end with the outage, `told` households hear of it."""

    ends: int
    told: int


def outlook(outage: Outage) -> Outlook:
    rows = WorkOrder.objects.open().filter(outage=outage).order_by()
    return Outlook(rows.filter(status__in=AT_DESK).count(), _households(rows) + _concerned(outage, rows))


def _households(rows: QuerySet[WorkOrder]) -> int:
    """Flats somebody lives in, and people who reported something that is in no flat."""
    lived_in = Tenure.objects.current().filter(unit__in=rows.filter(unit__isnull=False).values("unit"))
    people = rows.filter(unit__isnull=True, owner__isnull=False)
    return lived_in.values("unit").distinct().count() + people.values("owner").distinct().count()


def _concerned(outage: Outage, rows: QuerySet[WorkOrder]) -> int:
    """Households that said on their pages that it concerns them, and have no order of it."""
    own = Q(owner__in=rows.filter(owner__isnull=False).values("owner")) | Q(
        unit__in=rows.filter(unit__isnull=False).values("unit")
    )
    return OutageConcern.objects.filter(outage=outage).exclude(own).values("owner").distinct().count()
