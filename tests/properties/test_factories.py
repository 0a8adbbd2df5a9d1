import pytest

from properties.models import Unit
from tests.factories.properties import (
    BuildingFactory,
    CommunityFactory,
    OrgNodeFactory,
    ParkingFactory,
    PlaceFactory,
    TeamFactory,
    UnitFactory,
    UnitMarkFactory,
    units_of,
)

pytestmark = pytest.mark.django_db


def test_factories_write_the_derived_columns():
    unit = UnitFactory(building__number="3", entrance="2", number="1502")
    assert unit.label == "3栋2单元1502"
    assert unit.code == "03-02-1502"
    assert unit.floor == 15
    assert Unit.objects.get(search__begins=["3-2-1502"]) == unit


def test_tree_paths_and_the_rest():
    top = OrgNodeFactory()
    region = OrgNodeFactory(parent=top, kind="region")
    assert region.path == f"{top.path}{region.pk}/"
    community = CommunityFactory(node=region)
    assert ParkingFactory(building__community=community).kind == "parking"
    PlaceFactory(community=community)
    TeamFactory(community=community)
    UnitMarkFactory()


def test_units_of_fills_a_building():
    building = BuildingFactory(number="5")
    assert len(units_of(building, 2, 3, 4)) == 24
    assert building.units.order_by("sort_key").first().label == "5栋1单元0101"
