"""What the page tests of people and households share."""

from tests.factories.owners import OwnerFactory
from tests.factories.properties import BuildingFactory, UnitFactory

VIEW = "owners.view_owner"


ID_NUMBER = "11010519491231002X"


def unit_in(community, **fields):
    return UnitFactory(building=BuildingFactory(community=community), **fields)


def owner_in(community, **fields):
    return OwnerFactory(units=[unit_in(community)], **fields)
