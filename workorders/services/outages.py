"""Known outages (已知故障): what the desk reads to callers, which orders belong to them, and their common end (R36, R38)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import assign, save
from core.errors import BadValue, BusinessError
from core.models import DictItem
from properties.models import Building, Community, Place
from workorders.models import Outage, OutagePlace, WorkOrder
from workorders.services import after
from workorders.services.marks import note
from workorders.services.messages import tell_owner
from workorders.states import MessageKind, Status

CREATED = log.declare("workorders.outage.created", lazy("登记了故障"))
CHANGED = log.declare("workorders.outage.changed", lazy("修改了已知故障"))
ENDED = log.declare("workorders.outage.ended", lazy("登记了故障恢复"))
CALLED = log.declare("workorders.outage.called", lazy("记录了一次来电"))
LINKED = log.declare("workorders.workorder.outage_linked", lazy("关联了已知故障"))
STILL_AT_THE_DESK = frozenset({Status.WAITING, Status.DISPATCHED})


@dataclass(frozen=True)
class Reach:
    """Where an outage reaches: whole buildings and single public places; neither means the whole community."""

    buildings: Sequence[Building] = ()
    places: Sequence[Place] = ()

    def check(self, community: Community) -> None:
        things: list[Building | Place] = [*self.buildings, *self.places]
        for thing in things:
            if thing.community_id != community.pk:
                raise BadValue(_("“%(place)s”不在这个项目") % {"place": thing}, field="buildings")


@transaction.atomic
def create_outage(
    *, by: Any, community: Community, buildings: Sequence[Building] = (), places: Sequence[Place] = (), **values: Any
) -> Outage:
    """Raises BadValue for a place of another community."""
    reach = Reach(list(buildings), list(places))
    reach.check(community)
    outage = Outage(community=community, created_by_id=by.actor_id, **values)
    save(outage)
    _write_places(outage, reach)
    log.record(CREATED, outage, by=by, changes={
        "title": outage.title, "kind": outage.get_kind_display(), "started_at": outage.started_at,
        "places": [str(row) for row in outage.places.all()],
    })  # fmt: skip
    return outage


@transaction.atomic
def change_outage(
    outage: Outage, *, by: Any, buildings: Sequence[Building] = (), places: Sequence[Place] = (), **values: Any
) -> Outage:
    outage = Outage.objects.select_for_update(of=("self",), no_key=True).select_related("community").get(pk=outage.pk)
    _still_running(outage)
    values.pop("community", None)
    reach = Reach(list(buildings), list(places))
    reach.check(outage.community)
    changes = assign(outage, values)
    before = [str(row) for row in outage.places.all()]
    save(outage, [*values])
    _write_places(outage, reach)
    after_ = [str(row) for row in outage.places.all()]
    if before != after_:
        changes["places"] = [before, after_]
    if changes:
        log.record(CHANGED, outage, by=by, changes=changes)
    return outage


@transaction.atomic
def count_call(outage: Outage, *, by: Any, text: str = "") -> Outage:
    """Somebody called about it and was told; no order is needed."""
    hold_running(outage)
    Outage.objects.filter(pk=outage.pk).update(calls=F("calls") + 1)
    outage.refresh_from_db(fields=["calls"])
    log.record(CALLED, outage, by=by, changes={"calls": outage.calls, "text": text})
    return outage


@transaction.atomic
def link_order(order: WorkOrder, *, by: Any, outage: Outage) -> WorkOrder:
    """The order belongs to the outage: it is closed with it. Counts as a call."""
    hold_running(outage)
    order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if not order.is_open:
        raise BusinessError(_("工单已结束，不能关联"))
    if outage.community_id != order.community_id:
        raise BadValue(_("已知故障不在这个项目"), field="outage")
    if order.outage_id == outage.pk:
        return order
    order.outage, order.updated_at = outage, timezone.now()
    order.save(update_fields=["outage", "updated_at"])
    Outage.objects.filter(pk=outage.pk).update(calls=F("calls") + 1)
    log.record(LINKED, order, by=by, changes={"outage": str(outage)})
    return order


@transaction.atomic
def end_outage(
    outage: Outage, *, by: Any, reason: DictItem, ended_at: datetime | None = None, message: str = ""
) -> Outage:
    """恢复: the orders that still lie at the desk are ended with it, each household finds the sentence on its file. Orders somebody has
    in hand go on: only he knows whether his work is done."""
    outage = Outage.objects.select_for_update(of=("self",), no_key=True).get(pk=outage.pk)
    _still_running(outage)
    at = ended_at or timezone.now()
    if at > timezone.now():
        raise BadValue(_("恢复时间不能晚于现在"), field="ended_at")
    if at < outage.started_at:
        raise BadValue(_("恢复时间不能早于开始时间"), field="ended_at")
    outage.ended_at = at
    outage.save(update_fields=["ended_at"])
    told = message or _("%(title)s已恢复") % {"title": outage.title}
    closed, kept = _end_orders(outage, reason, told, by)
    log.record(ENDED, outage, by=by, changes={"closed": closed, "kept": kept}, reason=told)
    return outage


def _end_orders(outage: Outage, reason: DictItem, told: str, by: Any) -> tuple[int, int]:
    """How many were ended, and how many go on because somebody is already at work."""
    rows: Iterable[WorkOrder] = (
        WorkOrder.objects.open().filter(outage=outage).order_by("pk").select_for_update(of=("self",))
    )
    closed = kept = 0
    for order in rows:
        if order.status in STILL_AT_THE_DESK:
            after.cancel_order(order, by=by, reason=reason, detail=told)
            closed += 1
        else:
            note(order, told)
            kept += 1
        tell_owner(order, MessageKind.RESTORED, told)
    return closed, kept


def _write_places(outage: Outage, reach: Reach) -> None:
    OutagePlace.objects.filter(outage=outage).delete()
    OutagePlace.objects.bulk_create(
        [
            *(OutagePlace(outage=outage, building=building) for building in reach.buildings),
            *(OutagePlace(outage=outage, place=place) for place in reach.places),
        ]
    )


def hold_running(outage: Outage) -> None:
    """The outage goes on until this transaction ends: an order that joins it while somebody ends it would be left over. Held before
    any order, as whoever ends it does; without its key, since an order that is changed twice in one act looks for the outage it
    belongs to, and would wait here for whoever waits for that order."""
    _still_running(Outage.objects.select_for_update(of=("self",), no_key=True).get(pk=outage.pk))


def _still_running(outage: Outage) -> None:
    if outage.ended_at is not None:
        raise BusinessError(_("这次故障已经恢复"))
