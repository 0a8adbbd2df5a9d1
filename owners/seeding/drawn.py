"""A community on paper: rooms, people, and what stands between them, before anything is written."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from owners.seeding.estate import Room
from owners.seeding.people import CARE_TAGS, Someone
from owners.seeding.plan import TODAY, CommunityPlan
from owners.services.care import NOT_LIVED_IN


@dataclass(slots=True)
class Bond:
    """A tenure to be."""

    who: Someone
    room: Room
    role: str
    start: date
    end: date | None = None
    share: Decimal | None = None
    contact: bool = False
    payer: bool = False
    reason: str = ""
    relation: str = ""


@dataclass(slots=True)
class Car:
    owner: Someone
    plate: str
    energy: str
    brand: str
    colour: str
    space: Room | None = None
    until: date | None = None


@dataclass
class Drawn:
    """A whole community on paper."""

    plan: CommunityPlan
    rooms: list[Room]
    people: list[Someone] = field(default_factory=list)
    bonds: list[Bond] = field(default_factory=list)
    cars: list[Car] = field(default_factory=list)
    relatives: list[tuple[Someone, Room, str, str, bool, str]] = field(default_factory=list)
    contacts: list[tuple[Someone, Room, datetime, tuple[str, str, str, str]]] = field(default_factory=list)
    events: list[tuple[Someone | None, Room, datetime, str]] = field(default_factory=list)
    unowned: list[Room] = field(default_factory=list)


def care_of(drawn: Drawn) -> dict[int, list[str]]:
    """Care tags in force by room (position in `rooms`): what becomes the unit's mark (owners.services.care)."""
    places = {id(room): index for index, room in enumerate(drawn.rooms)}
    found: dict[int, list[str]] = {}
    for bond in drawn.bonds:
        if bond.room.kind in NOT_LIVED_IN or bond.start > TODAY or (bond.end is not None and bond.end < TODAY):
            continue
        for tag in bond.who.tags:
            if tag.code in CARE_TAGS and (tag.expires_on is None or tag.expires_on >= TODAY):
                found.setdefault(places[id(bond.room)], []).append(tag.code)
    return found
