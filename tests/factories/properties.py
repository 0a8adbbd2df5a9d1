"""The estate: organisation, communities, buildings, units, places, teams, marks.

`BuildingFactory`, `UnitFactory` and the rest write plain rows with the derived columns the services keep (sort keys, codes,
search words), so that lists, scopes and searches find
them as they would find real ones. `dictionary_item` is for every app's tests.
"""

from collections.abc import Iterator
from typing import Any

import factory

from core.lexemes import vector
from core.models import DictItem, DictType
from properties.models import Building, Community, OrgNode, Place, Team, Unit, UnitKind, UnitMark, UsageStatus
from properties.naming import building_sort_key, floor_of, unit_code, unit_lexemes, unit_sort_key


def dictionary_item(type_code: str, name: str, code: str = "") -> DictItem:
    """The item with this name; made (with its dictionary) when the seeds do not have it."""
    dict_type, _made = DictType.objects.get_or_create(code=type_code, defaults={"name": type_code, "group": "测试"})
    found = dict_type.items.filter(name=name).first()
    return found or DictItem.objects.create(type=dict_type, name=name, code=code or f"t{dict_type.items.count()}")


class OrgNodeFactory(factory.django.DjangoModelFactory):
    """The group at the top; give `parent` for a region or city below it."""

    class Meta:
        model = OrgNode
        skip_postgeneration_save = True

    kind = OrgNode.Kind.GROUP
    name = factory.Sequence(lambda n: f"集团{n}")

    @factory.post_generation
    def path(self, create: bool, value: Any, **_: Any) -> None:
        above = self.parent.path if self.parent_id else "/"
        self.path = f"{above}{self.pk}/"
        self.save(update_fields=["path"])


class CommunityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Community

    node = factory.SubFactory(OrgNodeFactory)
    code = factory.Sequence(lambda n: f"XM{n:03}")
    name = factory.Sequence(lambda n: f"湖映花园{n}期")


class BuildingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Building

    community = factory.SubFactory(CommunityFactory)
    # What a test names itself stands below these, here and in flats and parking spaces: whatever ran before, the two never meet.
    number = factory.Sequence(lambda n: str(n + 101))
    sort_key = factory.LazyAttribute(lambda o: building_sort_key(o.number))


class UnitFactory(factory.django.DjangoModelFactory):
    """UnitFactory(building=b, entrance="2", number="1502"): community, floor, code and search words follow."""

    class Meta:
        model = Unit

    building = factory.SubFactory(BuildingFactory)
    community = factory.LazyAttribute(lambda o: o.building.community)
    entrance = "1"
    number = factory.Sequence(lambda n: f"{n // 4 % 50 + 41}{n % 4 + 1:02}")
    floor = factory.LazyAttribute(lambda o: floor_of(o.number))
    kind = UnitKind.HOME
    unit_type = factory.LazyFunction(lambda: dictionary_item("unit_type", "住宅-高层"))
    built_area = "89.50"
    usage = UsageStatus.OWN
    code = factory.LazyAttribute(lambda o: unit_code(o.building.number, o.entrance, o.number))
    sort_key = factory.LazyAttribute(lambda o: unit_sort_key(o.building.number, o.entrance, o.number))
    search = factory.LazyAttribute(lambda o: vector(unit_lexemes(o.building.number, o.entrance, o.number)))


class ParkingFactory(UnitFactory):
    """A parking space: no entrance, number such as B1-0235."""

    entrance = ""
    number = factory.Sequence(lambda n: f"B1-{n + 5001}")
    kind = UnitKind.PARKING
    unit_type = factory.LazyFunction(lambda: dictionary_item("unit_type", "车位"))
    built_area = "12.00"
    usage = ""


class PlaceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Place

    community = factory.SubFactory(CommunityFactory)
    name = factory.Sequence(lambda n: f"大堂{n}")


class TeamFactory(factory.django.DjangoModelFactory):
    """TeamFactory(members=[user, …])."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    community = factory.SubFactory(CommunityFactory)
    name = factory.Sequence(lambda n: f"工程{n}组")

    @factory.post_generation
    def members(self, create: bool, people: Any, **_: Any) -> None:
        if people:
            self.members.set(people)


class UnitMarkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UnitMark

    unit = factory.SubFactory(UnitFactory)
    kind = UnitMark.Kind.ARREARS
    source = "billing"


def units_of(building: Building, entrances: int = 2, floors: int = 16, per_floor: int = 4, **fields: Any) -> list[Unit]:
    """A whole building of flats, written in one statement: 1单元 0101 … 2单元 1604."""
    fields.setdefault("unit_type", dictionary_item("unit_type", "住宅-高层"))
    return Unit.objects.bulk_create(
        UnitFactory.build(building=building, **row, **fields) for row in _rooms(entrances, floors, per_floor)
    )


def _rooms(entrances: int, floors: int, per_floor: int) -> Iterator[dict[str, Any]]:
    for entrance in range(1, entrances + 1):
        for floor in range(1, floors + 1):
            for door in range(1, per_floor + 1):
                yield {"entrance": str(entrance), "floor": floor, "number": f"{floor:02}{door:02}"}
