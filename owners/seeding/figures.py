"""What came out: counts and distributions, added up community by community, and a digest of every plain fact."""

import hashlib
from collections import Counter
from typing import Any

from owners.seeding.drawn import Drawn, care_of
from owners.seeding.names import family_name
from owners.seeding.plan import TODAY

_AGES = ((0, 18), (18, 30), (30, 45), (45, 60), (60, 75), (75, 200))
_AREAS = ((0, 60), (60, 90), (90, 120), (120, 150), (150, 10_000))


def _band(value: float, bands: tuple[tuple[int, int], ...]) -> str:
    least, most = next(band for band in bands if band[0] <= value < band[1])
    return f"{least}–{most}" if most < 200 or most == 150 else f"{least}+"


def of(drawn: Drawn) -> dict[str, Counter]:
    """Counters that may simply be added together."""
    homes = [room for room in drawn.rooms if room.kind == "home"]
    living = Counter(
        id(bond.room)
        for bond in drawn.bonds
        if bond.room.kind == "home"
        and bond.role != "custodian"
        and bond.start <= TODAY
        and (bond.end is None or bond.end >= TODAY)
    )
    people = drawn.people
    return {
        "totals": Counter(
            units=len(drawn.rooms), persons=len(people), homes=len(homes), tenures=len(drawn.bonds), vehicles=len(drawn.cars),
            ended=sum(1 for bond in drawn.bonds if bond.end is not None and bond.end < TODAY),
            phones=sum(len(who.phones) for who in people), without_phone=sum(1 for who in people if not who.phones),
            id_numbers=sum(1 for who in people if who.id_number), tags=sum(len(who.tags) for who in people),
            care_units=len(care_of(drawn)), new_energy=sum(1 for car in drawn.cars if len(car.plate) == 8),
            companies=sum(1 for who in people if who.kind == "organisation"),
        ),
        "surnames": Counter(family_name(who.name) for who in people if who.kind == "person"),
        "ages": Counter(_band(who.age, _AGES) for who in people if who.born),
        "areas": Counter(_band(float(room.built), _AREAS) for room in homes),
        "kinds": Counter(room.kind for room in drawn.rooms),
        "usage": Counter(room.usage or "undelivered" for room in homes),
        "roles": Counter(bond.role for bond in drawn.bonds),
        "household": Counter(str(min(size, 8)) for size in living.values()),
    }  # fmt: skip


def digest(drawn: Drawn) -> str:
    """The same for the same seed: no key, no row id and no ciphertext goes in."""
    checksum = hashlib.sha256()
    for room in drawn.rooms:
        facts = (room.block.number, room.entrance, room.number, room.unit_type, room.layout, room.orientation, room.built,
        room.inner,
                 room.nature, room.delivery, room.delivered_on, room.usage, room.parking_status)  # fmt: skip
        checksum.update(repr(facts).encode())
    for who in drawn.people:
        checksum.update(
            repr((who.name, who.born, who.id_type, who.id_number, who.phones, who.emergency, who.source)).encode()
        )
        checksum.update(repr([(tag.code, tag.expires_on) for tag in who.tags]).encode())
    for bond in drawn.bonds:
        checksum.update(repr((bond.room.number, bond.who.name, bond.role, bond.share, bond.start, bond.end)).encode())
    for car in drawn.cars:
        checksum.update(repr((car.plate, car.owner.name, car.energy)).encode())
    return checksum.hexdigest()


def add(total: dict[str, Counter], part: dict[str, Counter]) -> None:
    for name, counter in part.items():
        total.setdefault(name, Counter()).update(counter)


def told(total: dict[str, Counter]) -> dict[str, Any]:
    """As JSON: shares in per cent, the ten commonest surnames first."""
    persons = sum(total["surnames"].values())
    answer: dict[str, Any] = {"totals": dict(total["totals"])}
    answer["surnames"] = {name: round(count * 100 / persons, 2) for name, count in total["surnames"].most_common(10)}
    for name in ("ages", "areas", "kinds", "usage", "roles", "household"):
        whole = sum(total[name].values())
        answer[name] = {key: round(count * 100 / whole, 1) for key, count in sorted(total[name].items())}
    return answer
