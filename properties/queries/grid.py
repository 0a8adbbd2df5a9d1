"""房态图: one building as entrances side by side, floors down, rooms in the columns of their doors.

Three queries whatever the size: the units (with their dictionary words), the marks, the neighbouring buildings. Everything
else is arithmetic on at most some hundred rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from properties.models import Building, DeliveryStatus, ParkingStatus, Unit, UnitKind, UnitMark, UsageStatus
from properties.naming import natural
from properties.queries.amounts import amount

# More doors than this on one floor (garages, offices without entrances) flow over several lines instead of keeping columns.
MOST_COLUMNS = 12
SPACE_COLOURS = {ParkingStatus.SOLD: "own", ParkingStatus.LET: "let", ParkingStatus.FREE: "vacant"}


@dataclass
class Cell:
    """One room on the picture. `use` is its colour and the legend's filter value, `word` what stands beside the number."""

    unit: Unit
    use: str
    word: str
    marks: list[str]
    dim: bool = False

    @property
    def css(self) -> str:
        state = " off" if self.unit.disabled_at else ""
        return f"u-{self.use}{state}{' dim' if self.dim else ''}"

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        words = dict(UnitMark.Kind.choices)
        return "，".join([str(self.unit.label), self.word, *(str(words[mark]) for mark in self.marks)])


@dataclass
class Floor:
    """One row. `skipped` says which floor numbers do not exist between it and the row below (4, 14); None cells are gaps."""

    number: int | None
    cells: list[Cell | None]
    skipped: str = ""

    @property
    def label(self) -> str:
        if self.number is None:
            return _("未填")
        return (
            _("%(floor)d层") % {"floor": self.number}
            if self.number >= 0
            else _("负%(floor)d层") % {"floor": -self.number}
        )


@dataclass
class Block:
    """One entrance, or the whole building when it has none."""

    name: str
    total: int
    amount: str
    columns: int
    floors: list[Floor] = field(default_factory=list)

    @property
    def flows(self) -> bool:
        return self.columns > MOST_COLUMNS

    @property
    def label(self) -> str:
        return _("%(name)s单元") % {"name": self.name} if self.name.isascii() and self.name else self.name


@dataclass
class LegendEntry:
    value: str
    word: str
    count: int
    active: bool


@dataclass
class Grid:
    building: Building
    neighbours: list[Building]
    blocks: list[Block]
    uses: list[LegendEntry]
    marks: list[LegendEntry]
    total: int
    amount: str
    stopped: str
    floors: int
    shown: str

    @property
    def entrances(self) -> int:
        return sum(1 for block in self.blocks if block.name)

    @property
    def filtered(self) -> bool:
        return any(entry.active for entry in (*self.uses, *self.marks))


def building_grid(building: Building, neighbours: Iterable[Building], *, use: str = "", mark: str = "") -> Grid:
    """`use` and `mark` are the legend entries in force: other rooms stay in place, but fade."""
    marks = Prefetch("marks", queryset=UnitMark.objects.only("id", "unit_id", "kind", "count"))
    columns = (
        "building_id",
        "entrance",
        "floor",
        "number",
        "kind",
        "usage",
        "parking_status",
        "delivery_status",
        "disabled_at",
    )
    rows = (
        Unit.objects.filter(building=building).only("id", *columns).order_by("sort_key", "id").prefetch_related(marks)
    )
    cells = [_cell(unit, building) for unit in rows]
    living = [cell for cell in cells if not cell.unit.disabled_at]
    for cell in cells:
        cell.dim = bool(use and (cell.use != use or cell.unit.disabled_at)) or bool(mark and mark not in cell.marks)
    return Grid(
        building=building,
        neighbours=list(neighbours),
        blocks=_blocks(cells),
        uses=_use_legend(living, use),
        marks=_mark_legend(living, mark),
        total=len(living),
        amount=_amount(living),
        stopped=_amount(stopped) if (stopped := [cell for cell in cells if cell.unit.disabled_at]) else "",
        floors=len({cell.unit.floor for cell in living if cell.unit.floor is not None}),
        shown=_amount(cell for cell in cells if not cell.dim),
    )


def _amount(cells: Iterable[Cell]) -> str:
    return amount(cell.unit.kind for cell in cells)


def _cell(unit: Unit, building: Building) -> Cell:
    unit.building = building  # the label asks for it; the row is here already
    use, word = _use_of(unit)
    kinds = {mark.kind for mark in unit.marks.all() if mark.count}
    return Cell(unit, use, word, [kind for kind in UnitMark.Kind.values if kind in kinds])


def _use_of(unit: Unit) -> tuple[str, str]:
    """Colour and word: of a parking space its own state, of a home its use, else how far its delivery is."""
    if unit.disabled_at:
        return "none", _("停用")
    if unit.kind == UnitKind.PARKING:
        status = unit.parking_status
        return (
            (SPACE_COLOURS[ParkingStatus(status)], str(unit.get_parking_status_display())) if status else ("none", "")
        )
    if unit.usage:
        return unit.usage, str(unit.get_usage_display())
    if unit.delivery_status == DeliveryStatus.DELIVERED:
        return "none", ""
    return "none", str(unit.get_delivery_status_display())


def _use_legend(cells: Sequence[Cell], chosen: str) -> list[LegendEntry]:
    """Uses that occur, in their order, in the words of the cells: 自住 and 已售 share a colour."""
    counts = Counter(cell.use for cell in cells)
    spoken: dict[str, list[str]] = defaultdict(list)
    for cell in cells:
        if cell.word and cell.word not in spoken[cell.use]:
            spoken[cell.use].append(cell.word)
    order = [*UsageStatus.values, "none"]
    found = [use for use in order if counts[use] or use == chosen]
    return [LegendEntry(use, "、".join(spoken[use]) or _("未填"), counts[use], use == chosen) for use in found]


def _mark_legend(cells: Sequence[Cell], chosen: str) -> list[LegendEntry]:
    counts = Counter(mark for cell in cells for mark in cell.marks)
    return [LegendEntry(kind, str(label), counts[kind], kind == chosen) for kind, label in UnitMark.Kind.choices]


# --- placing ---
def _blocks(cells: Sequence[Cell]) -> list[Block]:
    by_entrance: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_entrance[cell.unit.entrance].append(cell)
    floors = _floor_numbers(cells)
    return [_block(name, by_entrance[name], floors) for name in sorted(by_entrance, key=natural)]


def _floor_numbers(cells: Sequence[Cell]) -> list[int]:
    """The floors of the whole building from the top, so that the rows of neighbouring entrances stand on one line."""
    return sorted({cell.unit.floor for cell in cells if cell.unit.floor is not None}, reverse=True)


def _block(name: str, cells: Sequence[Cell], numbers: Sequence[int]) -> Block:
    by_floor: dict[int | None, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_floor[cell.unit.floor].append(cell)
    living = [cell for cell in cells if not cell.unit.disabled_at]
    doors = _doors(by_floor)
    columns = max(len(doors), *(len(row) for row in by_floor.values()))
    block = Block(name, len(living), _amount(living), columns)
    own = [number for number in numbers if number in by_floor]
    # A low entrance beside a high one begins lower: no empty rows above its roof or below its ground.
    shown = [number for number in numbers if own and own[-1] <= number <= own[0]]
    for number, below in zip_longest(shown, shown[1:]):
        block.floors.append(Floor(number, _row(by_floor.get(number, []), doors, block.flows), _skipped(number, below)))
    if None in by_floor:
        block.floors.append(Floor(None, list(by_floor[None])))
    return block


def _skipped(number: int, below: int | None) -> str:
    """Floor numbers that the building leaves out between two rows; floor 0 exists nowhere."""
    if below is None or number - below <= 1:
        return ""
    missing = [str(floor) for floor in range(below + 1, number) if floor != 0]
    if not missing:
        return ""
    return missing[0] if len(missing) == 1 else f"{missing[0]}–{missing[-1]}"


def _door(cell: Cell) -> str:
    """The part of a room number that tells the door: 1502 -> 02 on floor 15, 301A -> 1A on floor 3; "" when it does not."""
    prefix = str(cell.unit.floor)
    number = cell.unit.number.lstrip("0")
    return number[len(prefix) :].zfill(2) if number.startswith(prefix) and len(number) > len(prefix) else ""


def _doors(by_floor: dict[int | None, list[Cell]]) -> list[str]:
    """The columns of an entrance, or none when the room numbers do not tell doors or repeat them on a floor."""
    found: set[str] = set()
    for number, row in by_floor.items():
        names = [_door(cell) for cell in row]
        if number is None:
            continue
        if "" in names or len(set(names)) != len(names):
            return []
        found |= set(names)
    return sorted(found, key=natural) if len(found) <= MOST_COLUMNS else []


def _row(cells: Sequence[Cell], doors: Sequence[str], flows: bool) -> list[Cell | None]:
    if not doors or flows:
        return list(cells)
    by_door = {_door(cell): cell for cell in cells}
    return [by_door.get(door) for door in doors]
