"""Who lives where: owners and co-owners with shares, families, tenants, former owners, vehicles, contacts, the unit's history."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from owners.seeding import names, numbers
from owners.seeding.estate import Room, draw
from owners.seeding.people import CARE_TAGS, People, Someone
from owners.seeding.plan import TODAY, CommunityPlan
from owners.services.care import NOT_LIVED_IN

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SHARES = ((80, ("50", "50")), (9, ("60", "40")), (7, ("70", "30")), (4, ("99", "1")))
_CONTACTS = (
    ("enquiry", "call_in", "咨询物业费缴纳方式", "已答复"), ("repair", "call_in", "反映厨房水龙头滴水", "已转工程上门"),
    ("call_back", "call_out", "维修完成回访", "表示满意"), ("verification", "call_out", "电话核对姓名、手机、车牌", "全部一致"),
    ("complaint", "counter", "反映楼上装修噪音", "已与施工方约定时段"), ("notice", "message", "通知水箱清洗停水", "已读"),
    ("care", "visit", "上门看望老人，检查燃气", "一切正常"), ("move_in", "counter", "办理装修备案", "资料齐全"),
    ("collection", "call_out", "提醒缴纳本季度物业费", "承诺月底前缴清"),
)  # fmt: skip
_BRANDS = (
    "比亚迪 汉",
    "大众 朗逸",
    "丰田 凯美瑞",
    "特斯拉 Model Y",
    "吉利 星越",
    "本田 雅阁",
    "长安 CS75",
    "理想 L7",
    "日产 轩逸",
    "奥迪 A4L",
    "五菱 宏光",
)
_COLOURS = ("白", "黑", "灰", "银", "蓝", "红")


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


class Households:
    """Fills the rooms of one community. Homes get their people first; relatives then make up the exact number of persons."""

    def __init__(self, plan: CommunityPlan, random: Random) -> None:
        self.plan, self.random = plan, random
        self.people = People(plan, random)
        self.drawn = Drawn(plan, draw(plan, random), self.people.drawn)
        self.lived_in: list[tuple[Room, Someone]] = []
        self._plates: set[str] = set()
        # The days between which the present household is there, by room.
        self._since: dict[int, date] = {}
        self._until: dict[int, date] = {}

    def fill(self, stories: dict[str, object]) -> Drawn:
        for room in self.drawn.rooms:
            story = stories.get(f"{room.block.number}-{room.entrance}-{room.number}")
            if story is not None:
                story(self, room)  # type: ignore[operator]
            elif room.delivery == "unsold":
                continue
            elif room.kind == "home":
                self._home(room)
            elif room.kind == "shop":
                self._shop(room)
        self._add_relatives()
        self._spaces()
        for room, head in self.lived_in:
            self._life(room, head)
        return self.drawn

    # -- homes -----------------------------------------------------------------------------------
    def _home(self, room: Room) -> None:
        random = self.random
        if room.delivery == "sold":
            self.owners(room, self.plan.completed_on - timedelta(days=random.randrange(30, 400)))
            return
        room.usage = random.choices(("own", "let", "vacant", "fitting", "lent"), (67, 16, 12, 3, 2))[0]
        start = room.delivered_on or self.plan.completed_on
        if random.random() < 0.11:
            start = self._former(room, start)
        if random.random() < 0.004:
            self.drawn.unowned.append(room)  # gets an owner of another community afterwards
            self._tenants(room) if room.usage == "let" else None
            return
        head = self.owners(room, start)
        if room.usage == "let":
            self._tenants(room)
        elif room.usage in ("own", "lent"):
            self.lived_in.append((room, head))
        elif room.usage == "vacant" and random.random() < 0.04:
            keeper = self.people.person(self.people.born(30, 70, 50), random.random() < 0.5)
            self.drawn.bonds.append(Bond(keeper, room, "custodian", start + timedelta(days=60), relation="朋友"))

    def owners(self, room: Room, start: date, name: str = "") -> Someone:
        """An owner, often with a co-owner; whoever is first is contact and payer."""
        random = self.random
        male = random.random() < 0.58
        head = self.people.person(self.people.born(26, 82, 44), male, name=name)
        if random.random() < 0.55:
            self.people.emergency_for(head)
        if random.random() < 0.41 and not name:
            shares = random.choices([pair for _weight, pair in _SHARES], [weight for weight, _pair in _SHARES])[0]
            born = head.born + timedelta(days=random.randrange(-1800, 1800)) if head.born else TODAY
            other = self.people.person(min(born, TODAY - timedelta(days=8000)), not male)
            self.drawn.bonds.append(Bond(other, room, "co_owner", start, share=Decimal(shares[1]), relation="配偶"))
            share: Decimal | None = Decimal(shares[0])
        else:
            share = Decimal(100) if random.random() < 0.9 else None
        letting = room.usage == "let"
        self._since[id(room)] = start
        self.drawn.bonds.append(
            Bond(
                head, room, "owner", start, share=share, contact=not letting or random.random() < 0.4, payer=not letting
            )
        )
        return head

    def _former(self, room: Room, start: date) -> date:
        """Somebody owned it before; returns the first day of the present owner."""
        days = (TODAY - start).days
        if days < 400:
            return start
        sold = start + timedelta(days=self.random.randrange(200, days - 90))
        person = self.people.person(self.people.born(30, 80, 50), self.random.random() < 0.58, reachable=0.8)
        self.drawn.bonds.append(
            Bond(person, room, "owner", start, sold - timedelta(days=1), share=Decimal(100), reason="transfer")
        )
        self.drawn.events.append((None, room, self.at(sold), "产权过户，业主变更"))
        return sold

    def _tenants(self, room: Room) -> None:
        random = self.random
        starts = TODAY - timedelta(days=random.randrange(5, 700))
        ends = starts + timedelta(days=365 * random.choice((1, 1, 2, 3)) - 1)
        if ends < TODAY:
            ends = TODAY + timedelta(days=random.randrange(0, 720))
        handed_over = room.delivered_on or self.plan.completed_on
        starts = max(starts, handed_over)
        self._since[id(room)], self._until[id(room)] = starts, ends
        taken = any(bond.room is room and bond.contact and bond.end is None for bond in self.drawn.bonds[-2:])
        for index in range(random.choices((1, 2, 3), (58, 32, 10))[0]):
            tenant = self.people.person(self.people.born(19, 60, 29), random.random() < 0.52)
            contact = index == 0 and not taken
            self.drawn.bonds.append(Bond(tenant, room, "tenant", starts, ends, contact=contact, payer=index == 0))
            if index == 0:
                self.lived_in.append((room, tenant))
        if random.random() < 0.25 and starts - timedelta(days=360) > handed_over:
            earlier = self.people.person(self.people.born(20, 55, 30), random.random() < 0.5, reachable=0.85)
            self.drawn.bonds.append(
                Bond(
                    earlier,
                    room,
                    "tenant",
                    starts - timedelta(days=360),
                    starts - timedelta(days=12),
                    reason="lease_over",
                )
            )

    def _shop(self, room: Room) -> None:
        random = self.random
        start = room.delivered_on or self.plan.completed_on
        owner = (
            self.people.company()
            if random.random() < 0.35
            else self.people.person(self.people.born(32, 70, 48), random.random() < 0.6)
        )
        self.drawn.bonds.append(Bond(owner, room, "owner", start, share=Decimal(100), contact=True))
        room.usage = random.choices(("let", "own", "vacant"), (66, 22, 12))[0]
        if room.usage == "let":
            ends = TODAY + timedelta(days=random.randrange(0, 1000))
            self.drawn.bonds.append(
                Bond(
                    self.people.company(),
                    room,
                    random.choice(("occupier", "tenant")),
                    max(start, TODAY - timedelta(days=500)),
                    ends,
                    payer=True,
                )
            )

    # -- families --------------------------------------------------------------------------------
    def _add_relatives(self) -> None:
        """Relatives with files of their own, until the community has exactly its persons."""
        missing = self.plan.persons - len(self.people.drawn)
        if missing < 0 or not self.lived_in:
            raise ValueError(f"{self.plan.code}: {-missing} persons more than planned")
        homes = list(self.lived_in)
        self.random.shuffle(homes)
        for index in range(missing):
            self._relative(*homes[index % len(homes)], turn=index // len(homes))

    def _relative(self, room: Room, head: Someone, turn: int) -> None:
        random = self.random
        age = head.age or 45
        kind = ("spouse", "child", "parent", "child", "parent", "sibling")[(turn + (random.random() < 0.3)) % 6]
        if (kind == "child" and age < 36) or (kind == "parent" and age > 66):
            kind = "sibling"
        male = random.random() < 0.5
        if kind == "spouse":
            born, male, family = self.people.born(max(20, age - 6), age + 6, age), not head.male, ""
        elif kind == "child":
            born, family = self.people.born(14, max(15, age - 22), max(14.5, age - 27)), names.family_name(head.name)
        elif kind == "parent":
            born, family = (
                self.people.born(age + 20, min(96, age + 36), age + 26),
                names.family_name(head.name) if male else "",
            )
        else:
            born, family = self.people.born(max(16, age - 9), age + 9, age), names.family_name(head.name)
        words = {
            "spouse": "配偶",
            "child": "儿子" if male else "女儿",
            "parent": "父亲" if male else "母亲",
            "sibling": "兄弟姐妹",
        }
        relative = self.people.person(born, male, family=family, reachable=0.55 if kind == "child" else 0.7)
        if not relative.phones and head.phones and random.random() < 0.3:
            relative.phones.append(head.phones[0])  # families share phones
        start = max(room.delivered_on or TODAY, self._since.get(id(room), date.min))
        end = self._until.get(id(room))
        self.drawn.bonds.append(Bond(relative, room, "family", start, end, relation=words[kind]))

    def at(self, day: date) -> datetime:
        return datetime.combine(day, time(8 + self.random.randrange(10), self.random.randrange(60)), SHANGHAI)

    # -- spaces, vehicles ------------------------------------------------------------------------
    def _spaces(self) -> None:
        """Parking spaces and store rooms go to people who live here; the rest is free."""
        heads = [head for _room, head in self.lived_in if head.kind == "person"]
        for room in self.drawn.rooms:
            if room.kind == "storage" and heads and self.random.random() < 0.7:
                self.drawn.bonds.append(
                    Bond(self.random.choice(heads), room, "owner", room.delivered_on or TODAY, share=Decimal(100))
                )
            if room.kind == "parking" and not room.parking_status:
                self._space(room, heads)
        for _room, head in self.lived_in:
            if not head.has_vehicle and head.kind == "person" and self.random.random() < 0.46:
                self.car(head)

    def _space(self, room: Room, heads: list[Someone]) -> None:
        dice = self.random.random()
        if dice > 0.84 or not heads:
            room.parking_status = "free"
            return
        head = self.random.choice(heads)
        if room.parking_type in ("titled", "tandem") and dice < 0.7:
            room.parking_status = "sold"
            self.drawn.bonds.append(
                Bond(head, room, "owner", room.delivered_on or TODAY, share=Decimal(100), payer=True)
            )
        else:
            room.parking_status = "let"
            start = max(TODAY - timedelta(days=self.random.randrange(10, 360)), room.delivered_on or TODAY)
            self.drawn.bonds.append(
                Bond(head, room, "tenant", start, TODAY + timedelta(days=self.random.randrange(1, 400)), payer=True)
            )
        if self.random.random() < 0.9:
            self.car(head, space=room)

    def car(self, owner: Someone, *, space: Room | None = None, plate: str = "") -> None:
        random = self.random
        electric = random.random() < 0.34
        home = random.random() < 0.9
        prefix = self.plan.city.plate if home else random.choice("京沪苏浙皖鲁豫鄂湘粤川陕甘青")
        while not plate or plate in self._plates:
            plate = numbers.plate(random, prefix, electric)
        self._plates.add(plate)
        energy = random.choice(("electric", "hybrid")) if len(plate) == 8 else "fuel"
        until = TODAY + timedelta(days=random.randrange(-30, 400)) if space is not None else None
        self.drawn.cars.append(Car(owner, plate, energy, random.choice(_BRANDS), random.choice(_COLOURS), space, until))
        owner.has_vehicle = True

    # -- what happened ---------------------------------------------------------------------------
    def _life(self, room: Room, head: Someone) -> None:
        random = self.random
        if head.kind == "person" and 26 <= head.age <= 50 and random.random() < 0.42:
            self.relative(
                head, room, random.choice(("son", "daughter")), random.choice(("infant", "child", "child", "youth"))
            )
        if random.random() < 0.3:
            for _ in range(random.choice((1, 1, 2, 3))):
                at = self.at(TODAY - timedelta(days=random.randrange(1, 420)))
                self.drawn.contacts.append((head, room, at, random.choice(_CONTACTS)))
        if random.random() < 0.2:
            self.drawn.events.append(
                (head, room, self.at(TODAY - timedelta(days=random.randrange(3, 500))), "档案核验，姓名与电话一致")
            )

    def relative(self, head: Someone, room: Room, relation: str, age_group: str, name: str = "") -> None:
        """A member of the household without a file of his own; children under 14 need no name."""
        male = relation in ("son", "father")
        if not name and age_group in ("youth", "adult", "elder"):
            year = {"youth": 2011, "adult": 1990, "elder": 1952}[age_group]
            name = names.person(
                self.random, year, male, names.family_name(head.name) if relation in ("son", "daughter") else ""
            )
        self.drawn.relatives.append((head, room, relation, name, male, age_group))
        head.has_family = True


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
