"""Known outages (已知故障): what the desk reads to callers, and which orders belong to them (R36, R38); their common end: restoring.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.changes import assign, save
from core.errors import BadValue, BusinessError
from properties.models import Building, Community, Place
from workorders.models import Outage, OutagePlace, WorkOrder

CREATED = log.declare("workorders.outage.created", lazy("登记了故障"))
CHANGED = log.declare("workorders.outage.changed", lazy("修改了已知故障"))
CALLED = log.declare("workorders.outage.called", lazy("记录了一次来电"))
LINKED = log.declare("workorders.workorder.outage_linked", lazy("关联了已知故障"))


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
    still_running(outage)
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


@dataclass
class Linking:
    """What became of many orders linked at once: those that are, and those that are not, each with its reason."""

    linked: list[WorkOrder] = field(default_factory=list)
    skipped: list[tuple[WorkOrder, str]] = field(default_factory=list)


def link_orders(orders: Iterable[WorkOrder], *, by: Any, outage: Outage) -> Linking:
    """Each in a transaction of its own: one that is over or belongs elsewhere holds up none of the others."""
    done = Linking()
    for order in orders:
        try:
            if reason := cannot_link(order, outage):
                raise BusinessError(reason)
            done.linked.append(link_order(order, by=by, outage=outage))
        except BusinessError as error:
            done.skipped.append((order, error.sentence))
    return done


def cannot_link(order: WorkOrder, outage: Outage | None = None) -> str:
    """Why this order is left out; "" when it can be linked. Without an outage only what holds for every one."""
    if not order.is_open:
        return _("工单已结束，不能关联")
    if outage is None:
        return ""
    if order.outage_id == outage.pk:
        return _("已经关联了这次故障")
    return _("不在故障所在的项目") if order.community_id != outage.community_id else ""


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
    still_running(Outage.objects.select_for_update(of=("self",), no_key=True).get(pk=outage.pk))


def still_running(outage: Outage) -> None:
    if outage.ended_at is not None:
        raise BusinessError(_("这次故障已经恢复"))
