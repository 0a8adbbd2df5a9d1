"""Taking a repair in (R36, R37, R45): where, who, what; the clocks start with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import blind_index, log
from core.actors import user_id
from core.changes import assign, save
from core.errors import BadValue
from core.masking import mask_name, mask_phone
from core.models import DictItem
from core.normalise import normalise_phone
from core.services import attachments
from core.services.numbering import daily_number
from owners.models import Owner
from properties.models import Building, Community, Place, Unit
from workorders.models import CheckPoint, RepairRule, WorkOrder
from workorders.queries.warranty import is_paid, warranty_of
from workorders.services import clocks
from workorders.services.marks import mark_unit, note
from workorders.states import Area

_PERSONAL = {"reporter_name": mask_name, "reporter_phone": mask_phone}
CREATED = log.declare("workorders.workorder.created", lazy("登记了报修"), personal=_PERSONAL)
CHANGED = log.declare("workorders.workorder.changed", lazy("修改了工单"), personal=_PERSONAL)
MOST_PHOTOS = 9
# A change of these moves the deadlines.
_MOVES_CLOCKS = frozenset({"urgency", "kind", "visit_from", "visit_until"})


def placed(*, unit: Unit | None = None, place: Place | None = None, building: Building | None = None) -> dict[str, Any]:
    """Where an order stands, with the copies every order keeps. Raises BadValue unless exactly one is given."""
    if sum(thing is not None for thing in (unit, place, building)) != 1:
        raise BadValue(_("请填房号或公共区域，只填一个"), field="unit")
    spot: Any = unit or place or building
    community: Community = spot.community
    of_building = unit.building if unit else place.building if place else building
    label = spot.label if unit or building else str(place)
    return {"unit": unit, "place": place, "building": of_building, "community": community, "address": label[:100]}


def rule_of(kind: DictItem) -> RepairRule:
    """Raises BadValue for a type somebody added without saying what follows from it."""
    rule = RepairRule.objects.select_related("category", "skill").filter(kind=kind).first()
    if rule is None:
        raise BadValue(
            _("“%(kind)s”还没有设置规则") % {"kind": kind}, _("请管理员在“报修类型规则”里设置"), field="kind"
        )
    return rule


@transaction.atomic
def create_order(
    *, by: Any, kind: DictItem, unit: Unit | None = None, place: Place | None = None, building: Building | None = None,
    owner: Owner | None = None, reporter_phone: str = "", photos: Sequence[Any] = (), at: datetime | None = None, **values: Any,
) -> WorkOrder:  # fmt: skip
    """A new order, waiting to be dispatched. What the type's rule says fills in what is not given (urgency, area, paid, checklist).
    `at` is when it was reported (受理), now unless it is written down later. Raises BadValue."""
    now = timezone.now()
    where, rule = placed(unit=unit, place=place, building=building), rule_of(kind)
    if len(photos) > MOST_PHOTOS:
        raise BadValue(_("照片最多 %(most)d 张") % {"most": MOST_PHOTOS}, field="photos")
    if at is not None and at > now:
        raise BadValue(_("受理时间不能晚于现在"), field="reported_at")
    area = values.pop("area", "") or rule.area or (Area.INDOOR if unit else Area.PUBLIC)
    urgency = values.pop("urgency", "") or rule.urgency
    reported_at = at or now
    state, until = warranty_of(
        rule.warranty_part, unit=unit, building=where["building"], on=timezone.localdate(reported_at)
    )
    order = WorkOrder(
        **where, **values, kind=kind, category=rule.category, owner=owner, area=area, urgency=urgency, reported_at=reported_at,
        reported_by_id=user_id(by), warranty=state, warranty_until=until, **phone_fields(reporter_phone),
        number=daily_number("BX", timezone.localdate(now), community_id=where["community"].pk),
    )  # fmt: skip
    order.paid = values.get("paid", is_paid(rule, area, state))
    _check(order)
    save(order)
    CheckPoint.objects.bulk_create(
        CheckPoint(order=order, sort=sort, text=text) for sort, text in enumerate(rule.checklist, start=1)
    )
    for photo in photos:
        attachments.store(order, photo, by=by)
    log.record(CREATED, order, by=by, changes={
        "number": order.number, "address": order.address, "kind": kind, "urgency": order.get_urgency_display(),
        "source": order.get_source_display(), "reporter_name": order.reporter_name, "reporter_phone": order.reporter_phone,
    })  # fmt: skip
    clocks.start_clocks(order, at=reported_at)
    mark_unit(order)
    note(order, _("报修：%(kind)s") % {"kind": kind}, order.description)
    return order


@transaction.atomic
def change_order(order: WorkOrder, *, by: Any, **values: Any) -> WorkOrder:
    """Puts an open order right. Type, urgency and appointment move the deadlines, from the same beginning."""
    order = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    if not order.is_open:
        raise BadValue(_("工单已结束，不能修改"))
    if "reporter_phone" in values:
        values |= phone_fields(values["reporter_phone"])
    if "kind" in values:
        values["category"] = rule_of(values["kind"]).category
    changes = assign(order, values)
    if not changes:
        return order
    _check(order)
    order.updated_at = timezone.now()
    save(order, [*values, "updated_at"])
    shown = {name: pair for name, pair in changes.items() if name not in {"phone_index", "phone_last4"}}
    log.record(CHANGED, order, by=by, changes=shown)
    if _MOVES_CLOCKS & changes.keys():
        clocks.restart(order)
    return order


def phone_fields(text: str) -> dict[str, Any]:
    """A number with the digests by which orders are found. Raises BadValue."""
    number = normalise_phone(text) if text else ""
    return {
        "reporter_phone": number,
        "phone_index": blind_index.whole("phone", number),
        "phone_last4": blind_index.last4("phone", number) if number else None,
    }


def _check(order: WorkOrder) -> None:
    if bool(order.visit_from) != bool(order.visit_until):
        raise BadValue(_("预约时段须同时填开始和结束"), field="visit_from")
