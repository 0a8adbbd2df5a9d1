"""Who lives where: owners and co-owners with shares, families, tenants, former owners."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from owners.seeding import names
from owners.seeding.drawn import Bond, Drawn
from owners.seeding.estate import Room, draw
from owners.seeding.lives import Lives
from owners.seeding.people import People, Someone
from owners.seeding.plan import TODAY, CommunityPlan

_SHARES = ((80, ("50", "50")), (9, ("60", "40")), (7, ("70", "30")), (4, ("99", "1")))


class Households:
    """Fills the rooms of one community. Homes get their people first; relatives then make up the exact number of persons."""

    def __init__(self, plan: CommunityPlan, random: Random) -> None:
        self.plan, self.random = plan, random
        self.people = People(plan, random)
        self.drawn = Drawn(plan, draw(plan, random), self.people.drawn)
        self.lived_in: list[tuple[Room, Someone]] = []
        self.lives = Lives(self.drawn, random)
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
        self.lives.share_out_spaces(self.lived_in)
        for room, head in self.lived_in:
            self.lives.live(room, head)
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
        self.drawn.events.append((None, room, self.lives.at(sold), "产权过户，业主变更"))
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
