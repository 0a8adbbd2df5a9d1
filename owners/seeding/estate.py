"""Buildings and units of one community: towers, slabs, garden houses, villas, shops, parking spaces, store rooms."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from owners.seeding.plan import TODAY, CommunityPlan

CENT = Decimal("0.01")


@dataclass(slots=True)
class Block:
    """A building and the way its floors repeat. `used` says what its rooms are (a code of the dictionary unit_type)."""

    number: str
    kind: str
    used: str
    floors: int = 0
    entrances: int = 1
    per_floor: int = 2
    name: str = ""


@dataclass(slots=True)
class Room:
    """One unit before it is written; words of dictionaries are their codes."""

    block: Block
    entrance: str
    floor: int | None
    number: str
    kind: str
    unit_type: str
    layout: tuple[int, int, int, int] | None
    orientation: str
    built: Decimal
    inner: Decimal
    nature: str = "commodity"
    delivery: str = "delivered"
    delivered_on: date | None = None
    usage: str = ""
    decoration: str = ""
    parking_type: str = ""
    parking_status: str = ""
    sale_status: str = "signed"
    design_code: str = ""
    care: dict[str, int] = field(default_factory=dict)


# (weight, rooms, halls, kitchens, baths, least and most area): what developers build.
_LAYOUTS = {
    "high_rise": (
        (8, (1, 1, 1, 1), 42, 58), (18, (2, 1, 1, 1), 62, 80), (16, (2, 2, 1, 1), 78, 94), (26, (3, 2, 1, 1), 86, 104),
        (20, (3, 2, 1, 2), 98, 128), (10, (4, 2, 1, 2), 125, 160), (2, (5, 2, 1, 3), 165, 210),
    ),
    "mid_rise": ((12, (2, 1, 1, 1), 66, 82), (34, (3, 2, 1, 1), 90, 108), (38, (3, 2, 1, 2), 105, 130), (16, (4, 2, 1, 2),
    130, 168)),
    "low_rise": ((10, (2, 2, 1, 1), 82, 96), (40, (3, 2, 1, 2), 108, 135), (38, (4, 2, 1, 2), 135, 172), (12, (5, 2, 1, 3),
    170, 220)),
    "villa": ((60, (4, 2, 1, 3), 190, 260), (40, (5, 3, 1, 4), 250, 380)),
    "apartment": ((70, (1, 1, 1, 1), 32, 52), (30, (2, 1, 1, 1), 52, 70)),
}  # fmt: skip
_INNER = {"high_rise": 0.78, "mid_rise": 0.83, "low_rise": 0.87, "villa": 0.96, "apartment": 0.72}
_ORIENTATIONS = ("south_north",) * 42 + ("south",) * 26 + ("southeast",) * 9 + ("southwest",) * 7 + ("east",) * 5 + (
    "all_south",) * 4 + ("west",) * 3 + ("east_west",) * 2 + ("north",) * 2  # fmt: skip


def decimal(value: float) -> Decimal:
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def draw(plan: CommunityPlan, random: Random) -> list[Room]:
    """Exactly `plan.units` rooms, buildings in order of number."""
    parking, shops, stores = plan.units * 12 // 100, plan.units * 2 // 100, plan.units // 75
    homes = plan.units - parking - shops - stores
    rooms: list[Room] = []
    blocks = _blocks(plan, random, homes)
    for block in blocks:
        rooms += _homes(block, plan, random, homes - len(rooms))
    rooms += _shops(blocks[0], shops, random)
    garage = Block("B1", "garage", "parking", name="地下车库")
    rooms += [_space(garage, plan.first_parking + index, random) for index in range(parking)]
    rooms += [_store(garage, index + 1, random) for index in range(stores)]
    for room in rooms:
        _deliver(room, plan, random)
    return rooms


def _blocks(plan: CommunityPlan, random: Random, homes: int) -> list[Block]:
    if plan.design == "lakeside":
        tower = Block("3", "high_rise", "high_rise", 16, 2, 4)
        return [tower if n == 3 else Block(str(n), "low_rise", "low_rise", 6, 1, 2) for n in range(1, 13)]
    if plan.design == "lane":
        return [Block(str(n), "mid_rise", "mid_rise", 9, 1, 2) for n in range(1, 6)]
    blocks: list[Block] = []
    while homes > 0:
        kind = random.choices(("high_rise", "mid_rise", "low_rise", "apartment", "villa"), (58, 20, 14, 5, 3))[0]
        floors = {
            "high_rise": random.choice((17, 18, 24, 26, 33)), "mid_rise": random.randrange(9, 12),
            "low_rise": 6, "apartment": random.randrange(12, 20), "villa": 1,
        }[kind]  # fmt: skip
        entrances = {"high_rise": random.choice((1, 2, 2, 3)), "apartment": 1, "villa": 1}.get(
            kind, random.randrange(2, 5)
        )
        per_floor = {"high_rise": random.choice((2, 4, 4)), "apartment": 10, "villa": 8}.get(kind, 2)
        blocks.append(Block(str(len(blocks) + 1), kind, kind, floors, entrances, per_floor))
        homes -= floors * entrances * per_floor
    return blocks


def _homes(block: Block, plan: CommunityPlan, random: Random, wanted: int) -> Iterator[Room]:
    """Rooms above each other share layout, area and orientation; stops at `wanted`."""
    for entrance in range(1, block.entrances + 1):
        stacks = [_stack(block, random) for _ in range(block.per_floor)]
        if plan.design == "lakeside" and block.number == "3":
            stacks[1] = ((3, 2, 1, 2), decimal(89.5), decimal(71.6), "south_north")
        for floor in range(1, block.floors + 1):
            for position, (layout, built, inner, orientation) in enumerate(stacks, start=1):
                if wanted <= 0:
                    return
                wanted -= 1
                number = f"{position:03d}" if block.kind == "villa" else f"{floor:02d}{position:02d}"
                yield Room(
                    block, "" if block.kind == "villa" else str(entrance), floor, number, "home", block.used, layout, orientation,
                    built, inner, design_code=f"{'ABCDEFGH'[layout[0]]}{position}",
                )  # fmt: skip


def _stack(block: Block, random: Random) -> tuple[tuple[int, int, int, int], Decimal, Decimal, str]:
    choices = _LAYOUTS[block.kind]
    _weight, layout, least, most = random.choices(choices, [choice[0] for choice in choices])[0]
    built = decimal(random.uniform(least, most))
    return (
        layout,
        built,
        decimal(float(built) * (_INNER[block.kind] + random.uniform(-0.02, 0.02))),
        random.choice(_ORIENTATIONS),
    )


def _shops(block: Block, count: int, random: Random) -> Iterator[Room]:
    for index in range(count):
        built = decimal(min(600, random.lognormvariate(4.1, 0.6)))
        number = f"S-{1 + index // 60}{index % 60 + 1:02d}"
        yield Room(block, "", 1 + index // 60, number, "shop", "shop", None, "", built, decimal(float(built) * 0.9))


def _space(garage: Block, number: int, random: Random) -> Room:
    built = decimal(random.choice((12.72, 12.72, 13.25, 13.75, 15.9)))
    kind = random.choices(("titled", "air_defence", "monthly", "tandem", "charging"), (52, 22, 16, 3, 7))[0]
    return Room(garage, "", -1, f"B1-{number:04d}", "parking", "parking", None, "", built, built, parking_type=kind)


def _store(garage: Block, number: int, random: Random) -> Room:
    built = decimal(random.uniform(4, 12))
    return Room(garage, "", -1, f"B1-C{number:03d}", "storage", "storage", None, "", built, built)


def _deliver(room: Room, plan: CommunityPlan, random: Random) -> None:
    """Sold, handed over, fitted out: most homes soon after completion, some years later."""
    dice = random.random()
    if room.kind == "home" and dice < 0.03:
        room.delivery, room.sale_status, room.decoration = "unsold", "on_sale", "bare"
        return
    if room.kind == "home" and dice < 0.045:
        room.delivery, room.decoration = "sold", "bare"
        return
    waited = int(random.expovariate(1 / 160)) + 10
    room.delivered_on = min(plan.completed_on + timedelta(days=waited), TODAY - timedelta(days=20))
    if room.kind == "home":
        room.nature = random.choices(
            ("commodity", "resettled", "affordable", "public_rental", "self_held"), (86, 7, 3, 2, 2)
        )[0]
        room.decoration = random.choices(("fitted", "fine", "bare"), (64, 26, 10))[0]
