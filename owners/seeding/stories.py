"""The households everybody meets in the demonstration: 3栋2单元1502 and a few neighbours who answer to the same initials."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from owners.seeding.drawn import Bond
from owners.seeding.estate import Room
from owners.seeding.households import Households
from owners.seeding.people import Tag

Story = Callable[[Households, Room], None]


def _lived_in(homes: Households, room: Room, usage: str = "own") -> None:
    room.delivery, room.sale_status, room.usage, room.decoration = "delivered", "signed", usage, "fitted"
    room.delivered_on = date(2022, 3, 28)


def _wang_jianguo(homes: Households, room: Room) -> None:
    """Bought in 2024, half and half, the mother lives with them; one car on a rented space; owned before by somebody else."""
    _lived_in(homes, room)
    people, bonds = homes.people, homes.drawn.bonds
    moved_in = date(2024, 6, 18)
    developer = people.company("湖映置业有限公司")
    bonds.append(Bond(developer, room, "owner", date(2022, 3, 10), date(2022, 3, 27), reason="transfer"))
    before = people.person(date(1979, 5, 2), True, name="黄志远")
    bonds.append(
        Bond(before, room, "owner", date(2022, 3, 28), date(2024, 6, 17), share=Decimal(100), reason="transfer")
    )
    wang = people.person(date(1968, 4, 12), True, name="王建国")
    wang.phones, wang.level, wang.channel, wang.verified_on = ["15400006620"], "important", "phone", date(2026, 9, 12)
    wang.id_type = wang.id_number = ""
    wang.emergency = [("王晓光", "16900003358", "儿子")]
    wang.tags = []
    li = people.person(date(1971, 9, 30), False, name="李慧敏")
    li.phones, li.tags = ["16300002091"], []
    mother = people.person(date(1948, 8, 15), False, name="周玉兰")
    mother.tags = [Tag("elder", "本人同意 2026-05-30", date(2027, 5, 31))]
    bonds.append(Bond(wang, room, "owner", moved_in, share=Decimal(50), contact=True, payer=True))
    bonds.append(Bond(li, room, "co_owner", moved_in, share=Decimal(50), relation="配偶"))
    bonds.append(Bond(mother, room, "family", moved_in, relation="母亲"))
    homes.lives.relative(wang, room, "son", "adult", "王晓光")
    space = next(other for other in homes.drawn.rooms if other.number == "B1-0235")
    space.parking_type, space.parking_status = "monthly", "let"
    bonds.append(Bond(wang, space, "tenant", date(2025, 9, 1), date(2026, 12, 31), payer=True))
    homes.lives.car(wang, space=space, plate="苏A8K621")
    homes.drawn.events.append((None, room, homes.lives.at(moved_in), "产权过户，业主变更"))
    homes.drawn.contacts.append(
        (
            wang,
            room,
            homes.lives.at(date(2026, 11, 20)),
            ("collection", "call_out", "提醒缴纳 7–9 月物业费", "承诺 11-30 前缴清"),
        )
    )
    homes.drawn.contacts.append(
        (
            wang,
            room,
            homes.lives.at(date(2026, 9, 12)),
            ("verification", "call_out", "电话核对姓名、手机、车牌", "全部一致"),
        )
    )


def _owner(name: str, born: date, male: bool, phone: str, tag: str = "") -> Story:
    def story(homes: Households, room: Room) -> None:
        _lived_in(homes, room)
        person = homes.people.person(born, male, name=name)
        person.phones, person.tags = [phone], []
        if tag:
            homes.people.give_tag(person, tag, 190)
        homes.drawn.bonds.append(
            Bond(person, room, "owner", date(2022, 3, 28), share=Decimal(100), contact=True, payer=True)
        )
        homes.lived_in.append((room, person))

    return story


def _tenant(name: str, born: date, male: bool, phone: str) -> Story:
    def story(homes: Households, room: Room) -> None:
        _lived_in(homes, room, "let")
        landlord = homes.people.person(date(1975, 2, 3), True)
        homes.drawn.bonds.append(Bond(landlord, room, "owner", date(2022, 3, 28), share=Decimal(100)))
        tenant = homes.people.person(born, male, name=name)
        tenant.phones = [phone]
        homes.drawn.bonds.append(
            Bond(tenant, room, "tenant", date(2025, 4, 1), date(2027, 3, 31), contact=True, payer=True)
        )

    return story


def _sold(name: str, born: date, male: bool, last_day: date) -> Story:
    def story(homes: Households, room: Room) -> None:
        _lived_in(homes, room)
        before = homes.people.person(born, male, name=name)
        homes.drawn.bonds.append(
            Bond(before, room, "owner", date(2022, 3, 28), last_day, share=Decimal(100), reason="transfer")
        )
        head = homes.owners(room, date.fromordinal(last_day.toordinal() + 1))
        homes.lived_in.append((room, head))

    return story


STORIES: dict[str, dict[str, Story]] = {
    "HYH": {
        "3-2-1502": _wang_jianguo,
        "7-1-0301": _owner("王锦刚", date(1981, 7, 19), True, "16000000178"),
        "9-1-0301": _tenant("吴家桂", date(1992, 3, 8), True, "16400003305"),
        "1-1-0602": _sold("汪金根", date(1956, 12, 1), True, date(2025, 6, 30)),
        "11-1-0302": _owner("宋丽华", date(1946, 10, 11), False, "16800007712", "living_alone"),
        "12-1-0401": _owner("沈国平", date(1963, 1, 22), True, "16100004406"),
        "2-1-0202": _owner("单立文", date(1986, 11, 5), True, "15400001286"),
        "4-1-0101": _owner("曾解放", date(1970, 8, 1), True, "16300009090"),
        "5-1-0201": _owner("仇𬀩", date(1989, 6, 17), True, "16900005151"),
    }
}
