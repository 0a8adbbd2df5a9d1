"""Where the rows of the page tests stand, and the two acts every thing of the estate has: stopping and restoring."""

import pytest

from tests.factories.properties import BuildingFactory, OrgNodeFactory, PlaceFactory, TeamFactory, UnitFactory
from tests.support.cases import ActionCase

VIEW_ALL = ("properties.view_community", "properties.view_building", "properties.view_unit")


class OnCommunity:
    def make(self, community):
        return community

    @pytest.fixture(autouse=True)
    def rows(self, places):
        self.own_row, self.foreign_row = self.own, self.foreign


class OnBuilding:
    def make(self, community):
        return BuildingFactory(community=community)


class OnUnit:
    def make(self, community):
        return UnitFactory(building__community=community, entrance="2", number="1502")


class OnPlace:
    def make(self, community):
        return PlaceFactory(community=community)


class OnTeam:
    def make(self, community):
        return TeamFactory(community=community)


class Stops(ActionCase):
    invalid_field = "reason"

    def valid(self):
        return {"reason": "撤场"}

    def invalid(self):
        return {"reason": ""}

    def check(self, row):
        assert row.disabled_at is not None


class Restores(ActionCase):
    @pytest.fixture(autouse=True)
    def stopped(self, rows):
        type(self.own_row)._default_manager.update(disabled_at="2026-01-01T00:00Z")

    def check(self, row):
        assert row.disabled_at is None


class OnNode:
    scoped = False

    def make(self, community):
        top = OrgNodeFactory()
        self.other = OrgNodeFactory(parent=top, kind="region")
        return OrgNodeFactory(parent=self.other, kind="city")
