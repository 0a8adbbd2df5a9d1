"""What the people of a community have and do: spaces and cars, children and parents in the household, calls, visits, events."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from owners.seeding import names, numbers
from owners.seeding.drawn import Bond, Car, Drawn
from owners.seeding.estate import Room
from owners.seeding.people import Someone
from owners.seeding.plan import TODAY

SHANGHAI = ZoneInfo("Asia/Shanghai")
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


class Lives:
    """Draws from the same dice as the households, so that the same seed tells the same."""

    def __init__(self, drawn: Drawn, random: Random) -> None:
        self.plan, self.random = drawn.plan, random
        self.drawn = drawn
        self._plates: set[str] = set()

    def at(self, day: date) -> datetime:
        return datetime.combine(day, time(8 + self.random.randrange(10), self.random.randrange(60)), SHANGHAI)

    def share_out_spaces(self, lived_in: list[tuple[Room, Someone]]) -> None:
        """Parking spaces and store rooms go to people who live here; the rest is free."""
        heads = [head for _room, head in lived_in if head.kind == "person"]
        for room in self.drawn.rooms:
            if room.kind == "storage" and heads and self.random.random() < 0.7:
                self.drawn.bonds.append(
                    Bond(self.random.choice(heads), room, "owner", room.delivered_on or TODAY, share=Decimal(100))
                )
            if room.kind == "parking" and not room.parking_status:
                self._space(room, heads)
        for _room, head in lived_in:
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

    def live(self, room: Room, head: Someone) -> None:
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
