"""One person or company with everything that hangs on him, before it is written."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from owners.seeding import names, numbers
from owners.seeding.plan import TODAY, CommunityPlan

# Care tags make a mark on the unit; the reason of a sensitive one must be written down.
CARE_TAGS = {
    "elder": "",
    "living_alone": "子女不在本市，每周探访",
    "expecting": "孕晚期，搬运请协助",
    "disabled": "行动不便，优先上门",
    "ill": "需安静，施工提前告知",
}


@dataclass(slots=True)
class Tag:
    code: str
    reason: str
    expires_on: date | None


@dataclass(slots=True)
class Someone:
    """`number_of_file` and `pk` are given when the community is written."""

    name: str
    male: bool
    born: date | None
    kind: str = "person"
    id_type: str = ""
    id_number: str = ""
    phones: list[str] = field(default_factory=list)
    emergency: list[tuple[str, str, str]] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    contact_person: str = ""
    source: str = "move_in"
    level: str = "normal"
    channel: str = "phone"
    marketing: bool = False
    verified_on: date | None = None
    has_family: bool = False
    has_vehicle: bool = False
    pk: int = 0

    @property
    def age(self) -> int:
        return TODAY.year - self.born.year if self.born else 0


class People:
    """Draws people for one community."""

    def __init__(self, plan: CommunityPlan, random: Random) -> None:
        self.plan, self.random = plan, random
        self.drawn: list[Someone] = []
        self._serials: Counter[tuple[date, bool]] = Counter()

    def born(self, least: int, most: int, middle: float) -> date:
        """A birthday for an age between two bounds, most likely around the middle."""
        age = self.random.triangular(least, most, middle)
        return TODAY - timedelta(days=int(age * 365.25) + self.random.randrange(365))

    def person(self, born: date, male: bool, *, family: str = "", name: str = "", reachable: float = 0.93) -> Someone:
        random = self.random
        someone = Someone(name or names.person(random, born.year, male, family), male, born)
        foreign = someone.name.isascii()
        if random.random() < (0.72 if reachable > 0.9 else 0.46):
            self._identify(someone, foreign)
        if random.random() < reachable:
            someone.phones.append(numbers.mobile(random))
            if random.random() < 0.06:
                someone.phones.append(
                    numbers.mobile(random)
                    if random.random() < 0.7
                    else numbers.landline(random, self.plan.city.area_code)
                )
        someone.source = random.choices(
            (
                "move_in",
                "phone_call",
                "wechat",
                "service_request",
                "home_visit",
                "app",
                "excel_import",
                "community_event",
                "survey",
            ),
            (46, 12, 12, 8, 4, 4, 10, 2, 2),
        )[0]
        someone.level = random.choices(("normal", "important", "vip"), (95, 4, 1))[0]
        someone.channel = random.choices(("phone", "wechat", "sms", "visit"), (52, 36, 9, 3))[0]
        someone.marketing = random.random() < 0.18
        if random.random() < 0.35:
            someone.verified_on = TODAY - timedelta(days=random.randrange(1, 900))
        self._tag(someone)
        self.drawn.append(someone)
        return someone

    def company(self, name: str = "") -> Someone:
        random = self.random
        someone = Someone(name or names.company(random, self.plan.city.name), False, None, "organisation")
        if random.random() < 0.8:
            someone.id_type, someone.id_number = "credit_code", numbers.credit_code(random, self.plan.ordinal)
        someone.phones.append(numbers.landline(random, self.plan.city.area_code))
        someone.contact_person = names.person(random, 1984, random.random() < 0.5)
        someone.source = "move_in"
        self.drawn.append(someone)
        return someone

    def emergency_for(self, someone: Someone) -> None:
        random = self.random
        male = random.random() < 0.5
        relation = random.choice(("配偶", "儿子", "女儿", "父母", "兄弟姐妹", "朋友"))
        born = self.born(24, 70, 42)
        name = names.person(random, born.year, male)
        someone.emergency.append((name, numbers.mobile(random), relation))

    def _identify(self, someone: Someone, foreign: bool) -> None:
        random = self.random
        if foreign or random.random() < 0.006:
            someone.id_type = "passport" if foreign else random.choice(("hk_macau", "taiwan"))
            serial = f"{self.plan.ordinal % 100:02d}{len(self.drawn) % 10000:04d}"  # unique among all communities
            someone.id_number = numbers.permit(random, someone.id_type)[:-4] + serial
            return
        assert someone.born is not None  # only companies have no birthday, and they are not identified here
        key = (someone.born, someone.male)
        self._serials[key] += 1
        place = self._serials[key] * 2 - (1 if someone.male else 0)
        if place < 1000:
            someone.id_type = "id_card"
            someone.id_number = numbers.identity(self.plan.ordinal, someone.born, place)

    def _tag(self, someone: Someone) -> None:
        random, dice = self.random, self.random.random()
        if someone.age >= 70 and dice < 0.34:
            self.give_tag(someone, "living_alone" if dice < 0.06 else "elder")
        elif not someone.male and 24 <= someone.age <= 38 and dice < 0.022:
            self.give_tag(someone, "expecting", random.randrange(-20, 330))
        elif dice > 0.995:
            self.give_tag(someone, random.choice(("disabled", "ill")))
        elif dice > 0.93:
            self.give_tag(
                someone,
                random.choices(
                    ("pets", "long_away", "committee", "falling_objects", "block_leader"), (70, 16, 5, 4, 5)
                )[0],
            )

    def give_tag(self, someone: Someone, code: str, days: int | None = None) -> None:
        reason = CARE_TAGS.get(code, "") or ("曾有住户反映" if code == "falling_objects" else "")
        if days is None:
            days = self.random.randrange(-40, 900)
        expires = TODAY + timedelta(days=days) if code in CARE_TAGS or code == "falling_objects" else None
        someone.tags.append(Tag(code, reason, expires))
