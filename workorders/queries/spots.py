"""Where an owner may report something, and what he is told before he does (R36): known outages, the same matter reported before, what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from core.models import DictItem
from owners.models import Owner
from owners.waiting import Waiting
from properties.models import Building, Community, Place, Unit
from workorders.models import Outage, OutageConcern, PriceItem, RepairRule, WorkOrder
from workorders.queries.doing import prices_for
from workorders.queries.outages import reaching
from workorders.queries.residents import orders_of
from workorders.queries.similar import at_place, since_when
from workorders.queries.warranty import is_paid, warranty_of
from workorders.states import OPEN, Area, Urgency, Warranty

# The page is a plain list of choices: so many places of a community fit on it.
MOST_PLACES = 300


@dataclass(frozen=True)
class Spot:
    """A flat of his own, a public place or a building of the communities he lives in. `key` is how addresses name it: u12, p3, b4."""

    key: str
    label: str
    community: Community
    unit: Unit | None = None
    place: Place | None = None
    building: Building | None = None

    @property
    def where(self) -> dict[str, Any]:
        return {"unit": self.unit, "place": self.place, "building": self.building}

    @property
    def area(self) -> str:
        return Area.INDOOR if self.unit else Area.PUBLIC


def spot_of_unit(unit: Unit) -> Spot:
    return Spot(f"u{unit.pk}", unit.label, unit.community, unit=unit)


def spot_by(units: Sequence[Unit], key: str) -> Spot | None:
    """The place an address names, when it is one of his; None for every other."""
    kind, number = key[:1], key[1:]
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    if kind == "u":
        return next((spot_of_unit(unit) for unit in units if str(unit.pk) == number), None)
    communities = {unit.community_id for unit in units}
    standing = Q(pk=number, community__in=communities, disabled_at__isnull=True)
    if kind == "p":
        place = Place.objects.select_related("community", "building").filter(standing).first()
        return Spot(key, str(place), place.community, place=place) if place else None
    building = Building.objects.select_related("community").filter(standing).first() if kind == "b" else None
    return Spot(key, building.label, building.community, building=building) if building else None


def public_spots(units: Sequence[Unit]) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(heading, [(key, words)])]: places outside, then building by building the place lists of it, his own buildings first."""
    communities = {unit.community_id: unit.community for unit in units}
    own = {unit.building_id for unit in units}
    rows = Place.objects.filter(community__in=communities, disabled_at__isnull=True).select_related("building")
    buildings = Building.objects.filter(community__in=communities, disabled_at__isnull=True).order_by("sort_key", "pk")
    found = []
    places = list(rows.order_by("building__sort_key", "name", "pk")[:MOST_PLACES])
    houses = sorted(buildings[:MOST_PLACES], key=lambda row: row.pk not in own)
    for pk, community in communities.items():
        name = community.name if len(communities) > 1 else ""
        outside = [(f"p{row.pk}", str(row)) for row in places if row.community_id == pk and row.building_id is None]
        found.append((_("%(where)s室外与公共场所") % {"where": name}, outside))
        for house in houses:
            if house.community_id == pk:
                inside = [(f"p{row.pk}", str(row)) for row in places if row.building_id == house.pk]
                whole = (f"b{house.pk}", _("%(building)s 整栋") % {"building": house.label})
                found.append((f"{name}{house.label}", [*inside, whole]))
    return [(heading, choices) for heading, choices in found if choices]


def kinds_at(spot: Spot) -> list[tuple[Any, list[RepairRule]]]:
    """[(first level, its rules)] of what can be out of order there."""
    rules = RepairRule.objects.filter(Q(area=spot.area) | Q(area=""), kind__disabled_at__isnull=True)
    groups: dict[int, tuple[Any, list[RepairRule]]] = {}
    for rule in rules.select_related("kind", "category").order_by("category__sort", "kind__sort", "kind_id"):
        groups.setdefault(rule.category_id, (rule.category, []))[1].append(rule)
    return list(groups.values())


def rule_at(spot: Spot, kind_id: int) -> RepairRule | None:
    rules = RepairRule.objects.filter(Q(area=spot.area) | Q(area=""), kind=kind_id, kind__disabled_at__isnull=True)
    return rules.select_related("kind", "category").first()


def outages_at(spot: Spot) -> list[Outage]:
    """What is known to be out of order here, in the words the desk says to callers."""
    building = spot.building or (spot.unit.building if spot.unit else None)
    return reaching(Outage.objects.all(), spot.community, building=building, place=spot.place)


def concerned(owner: Owner, outages: Sequence[Outage]) -> set[int]:
    """Of these the ones he has said concern him."""
    rows = OutageConcern.objects.filter(owner=owner, outage__in=outages)
    return set(rows.values_list("outage", flat=True))


def waiting_outages(owner: Owner, unit: Unit | None) -> list[Waiting]:
    """What he said concerns him, while it lasts and for a day after."""
    since = timezone.now() - timedelta(days=1)
    rows = OutageConcern.objects.filter(owner=owner).select_related("outage")
    rows = rows.filter(Q(outage__ended_at__isnull=True) | Q(outage__ended_at__gte=since)).order_by("-id")
    return [_known(row.outage) for row in rows[:2]]


def _known(outage: Outage) -> Waiting:
    if outage.ended_at is not None:
        title = _("已恢复：%(title)s") % {"title": outage.title}
        return Waiting(title, _("您家还有问题，请点这里报修"), "portal:repair_kind", icon="circle-check")
    until = outage.expected_until
    when = formats.date_format(timezone.localtime(until), "DATETIME_FORMAT") if until else ""
    text = _("预计 %(at)s 恢复，恢复后通知您") % {"at": when} if when else _("正在抢修，恢复后通知您")
    return Waiting(outage.title, text, "portal:repair_kind", icon="alert-triangle", level="warn")


def outage_near(units: Sequence[Unit], pk: int) -> Outage | None:
    """A running outage in one of his communities."""
    communities = {unit.community_id for unit in units}
    return Outage.objects.running().filter(pk=pk, community__in=communities).first()


def same_matter(owner: Owner, spot: Spot, kind: DictItem) -> list[WorkOrder]:
    """Open orders about the same kind of thing at the same place. Of a flat only what he may see; of a public place anybody's, shown
    without a name."""
    rows = orders_of(owner) if spot.unit else WorkOrder.objects.all()
    rows = at_place(rows, **spot.where).filter(kind=kind, status__in=sorted(OPEN), reported_at__gte=since_when(kind))
    return list(rows.select_related("kind", "community").order_by("-id")[:3])


def joinable(owner: Owner, units: Sequence[Unit], pk: int) -> WorkOrder | None:
    """An open order he may add his voice to: one he sees, or one of a public place of his communities."""
    public = Q(unit__isnull=True, community__in={unit.community_id for unit in units})
    found = orders_of(owner).filter(pk=pk).first() or WorkOrder.objects.filter(public, pk=pk).first()
    return found if found is not None and found.status in OPEN else None


@dataclass(frozen=True)
class Terms:
    """What a repair would cost, told before it is sent. `prices` only where it is paid."""

    paid: bool
    warranty: str
    until: date | None
    prices: list[PriceItem] = field(default_factory=list)

    @property
    def words(self) -> str:
        if self.paid:
            return _("这类户内维修是有偿服务：按下面的价目收费，材料另计。师傅上门后先报价，您同意了再修。")
        if self.warranty == Warranty.IN:
            return _("还在质保期内，维修不收费。")
        return _("这类维修不收服务费。")


def terms_of(rule: RepairRule, spot: Spot, on: date) -> Terms:
    building = spot.unit.building if spot.unit else spot.building
    state, until = warranty_of(rule.warranty_part, unit=spot.unit, building=building, on=on)
    paid = is_paid(rule, rule.area or spot.area, state)
    return Terms(paid, state, until, prices_for(spot.community) if paid else [])


def urgency_of(rule: RepairRule, *, hurry: bool) -> str:
    """In a hurry an ordinary repair is an urgent one; what is dangerous by its kind stays so."""
    return Urgency.URGENT if hurry and rule.urgency in {Urgency.NORMAL, Urgency.COMPLEX} else str(rule.urgency)
