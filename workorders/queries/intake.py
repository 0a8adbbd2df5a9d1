"""What the clerk sees of the place somebody calls from: people, open orders, outages to tell of, last talks, marks."""

from dataclasses import dataclass, field
from typing import Any

from owners.models import ContactRecord, Owner
from owners.queries.people import Person, callers_of
from owners.visibility import Eyes
from properties.models import Building, Place, Unit, UnitMark
from workorders.models import Outage, WorkOrder
from workorders.queries.orders import read_by
from workorders.queries.outages import reaching
from workorders.queries.similar import recent_at

CONTACTS = 3
# What a role says of somebody's relation to the flat, as the dictionary of relations has it.
RELATIONS = {
    "owner": "owner",
    "co_owner": "owner",
    "tenant": "tenant",
    "family": "family",
    "occupier": "family",
    "custodian": "agent",
}


@dataclass
class Household:
    """The panel beside the form. `person` is who is taken to be calling."""

    unit: Unit | None = None
    place: Place | None = None
    building: Building | None = None
    people: list[Person] = field(default_factory=list)
    person: Person | None = None
    orders: list[WorkOrder] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    contacts: list[ContactRecord] = field(default_factory=list)
    marks: list[UnitMark] = field(default_factory=list)

    @property
    def label(self) -> str:
        where: Any = self.unit or self.building
        return str(self.place) if self.place else where.label if where else ""

    @property
    def hint(self) -> str:
        """What whoever goes there should know."""
        return self.place.remark if self.place else self.unit.remark if self.unit else ""


def household_of(user: Any, unit: Unit, *, owner_id: int | None = None, outages: bool = True) -> Household:
    """The flat with its people; of several, the one who calls, else the primary contact. `outages`: whether they are shown."""
    eyes = Eyes(user)
    found = Household(unit=unit)
    if user.has_perm("owners.view_owner"):
        found.people = callers_of(unit, eyes)
        main = next((row for row in found.people if row.tenure.is_primary_contact), None)
        first = main or (found.people[0] if found.people else None)
        found.person = next((row for row in found.people if row.owner.pk == owner_id), first)
    if user.has_perm("owners.view_contactrecord"):
        talks = ContactRecord.objects.visible_to(user, "owners.view_contactrecord").filter(unit=unit)
        found.contacts = list(talks.select_related("subject", "handler").order_by("-at")[:CONTACTS])
    found.marks = [mark for mark in UnitMark.objects.filter(unit=unit) if mark.kind == UnitMark.Kind.CARE]
    return _with_orders(found, user, unit.community_id, unit.building, None, outages)


def spot_of(user: Any, spot: Place | Building, *, outages: bool = True) -> Household:
    """A public place or a building."""
    if isinstance(spot, Place):
        return _with_orders(Household(place=spot), user, spot.community_id, None, spot, outages)
    return _with_orders(Household(building=spot), user, spot.community_id, spot, None, outages)


def _with_orders(
    found: Household, user: Any, community_id: int, building: Building | None, place: Place | None, outages: bool
) -> Household:
    rows = read_by(user, one_community=True)
    found.orders = recent_at(rows, unit=found.unit, place=found.place, building=found.building)
    if outages and user.has_perm("workorders.view_outage"):
        visible = Outage.objects.visible_to(user, "workorders.view_outage")
        found.outages = reaching(visible, community_id, building=building, place=place)
    return found


def relation_code(person: Person | None) -> str:
    return RELATIONS.get(person.tenure.role, "") if person else ""


def owner_shown(owner: Owner, user: Any) -> dict[str, str]:
    """Name and first phone of somebody on file, as this reader may see them."""
    eyes = Eyes(user)
    row = owner.phones.order_by("-is_primary", "pk").first()
    return {
        "name": eyes.owner_name(owner),
        "phone": eyes.sees("phone", row.number, owner.community_ids) if row else "",
    }
