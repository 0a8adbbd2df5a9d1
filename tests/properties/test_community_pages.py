"""Pages of communities and buildings."""

import pytest
from django.urls import reverse

from properties.models import Building, Community
from tests.factories.audit import user_with
from tests.factories.properties import BuildingFactory, OrgNodeFactory, ParkingFactory, UnitFactory
from tests.properties.support import VIEW_ALL, OnBuilding, OnCommunity, Restores, Stops
from tests.support.cases import CreateCase, DetailCase, FormCase, ListCase, signed_in


class TestBuildingList(OnBuilding, ListCase):
    url_name, permission, search = (
        "properties:building_list",
        "properties.view_building",
        ("?status=active", "?status=disabled"),
    )


class TestCommunityList(OnCommunity, ListCase):
    url_name, permission, search = "properties:community_list", "properties.view_community", ("?q=own", "?q=别处")

    def test_query_count_does_not_grow_with_rows(self, permitted):
        """Communities are the scope itself: more of them would be more scope."""


class TestCommunityDetail(OnCommunity, DetailCase):
    url_name, permission, more_permissions = "properties:community_detail", "properties.view_community", VIEW_ALL


class TestBuildingGrid(DetailCase):
    url_name, permission = "properties:building_grid", "properties.view_building"

    def make(self, community):
        return UnitFactory(building__community=community).building


class TestCommunityCreate(CreateCase):
    scoped, model = False, Community
    url_name, permission = "properties:community_create", "properties.add_community"
    log_action, invalid_field = "properties.community.created", "code"

    def make(self, community):
        return None

    def valid(self):
        return {"node": OrgNodeFactory().pk, "code": "hyhy", "name": "湖映花园"}

    def invalid(self):
        return self.valid() | {"code": "湖映"}

    def check(self, row):
        assert row.code == "HYHY"


class TestCommunityUpdate(OnCommunity, FormCase):
    url_name, permission = "properties:community_update", "properties.change_community"
    log_action, invalid_field = "properties.community.changed", "name"

    def valid(self):
        return {
            "node": self.own.node_id,
            "code": self.own.code,
            "name": self.own.name,
            "service_phone": "0512-66668888",
        }

    def invalid(self):
        return self.valid() | {"name": self.foreign.name}

    def check(self, row):
        assert row.service_phone == "0512-66668888"


class TestBuildingCreate(OnBuilding, CreateCase):
    model = Building
    url_name, permission = "properties:building_create", "properties.add_building"
    log_action, invalid_field = "properties.building.created", "__all__"

    def valid(self):
        return {"community": self.own.pk, "number": "8栋", "floors_above": "16"}

    def invalid(self):
        return self.valid() | {"number": self.own_row.number}

    def foreign_data(self):
        return self.valid() | {"community": self.foreign.pk}

    def check(self, row):
        assert (row.number, row.community, row.floors_above) == ("8", self.own, 16)


class TestBuildingUpdate(OnBuilding, FormCase):
    url_name, permission = "properties:building_update", "properties.change_building"
    log_action, invalid_field = "properties.building.changed", "number"

    def valid(self):
        return {"number": self.own_row.number, "name": "会所楼"}

    def invalid(self):
        return {"number": ""}

    def check(self, row):
        assert row.label == "会所楼"


class TestCommunityDisable(OnCommunity, Stops):
    url_name, permission = "properties:community_disable", "properties.disable_community"
    log_action = "properties.community.disabled"


class TestBuildingDisable(OnBuilding, Stops):
    url_name, permission = "properties:building_disable", "properties.disable_building"
    log_action = "properties.building.disabled"


class TestCommunityRestore(OnCommunity, Restores):
    url_name, permission = "properties:community_restore", "properties.disable_community"
    log_action = "properties.community.restored"


class TestBuildingRestore(OnBuilding, Restores):
    url_name, permission = "properties:building_restore", "properties.disable_building"
    log_action = "properties.building.restored"


def test_every_act_of_the_estate_has_words():
    from core.log import declared

    assert all(str(action.sentence) for code, action in declared().items() if code.startswith("properties."))


@pytest.mark.django_db
def test_the_figures_of_a_community_lead_to_lists_that_add_up_to_them():
    building = BuildingFactory()
    UnitFactory.create_batch(2, building=building, usage="vacant", delivery_status="delivered")
    ParkingFactory(building=building, delivery_status="delivered")
    UnitFactory(building=building, usage="vacant", delivery_status="delivered", disabled_at="2026-01-01T00:00Z")
    rights = ("properties.view_community", "properties.view_unit")
    client = signed_in(user_with(*rights, communities=[building.community]))
    figures = client.get(building.community.get_absolute_url()).context["figures"]
    linked = [figure for figure in figures if figure.get("url")]
    assert [figure["value"] for figure in linked] == ["3", "3", "2"]
    for figure in linked:
        assert len(client.get(figure["url"]).context["table"]["rows"]) == int(figure["value"]), figure["label"]


@pytest.mark.django_db
@pytest.mark.parametrize(("where", "offered"), [("communities", False), ("everywhere", True)])
def test_a_new_community_is_offered_to_those_who_have_a_node_for_it(where, offered):
    building = BuildingFactory()
    places = {"communities": [building.community]} if where == "communities" else {}
    client = signed_in(user_with("properties.view_community", "properties.add_community", **places))
    page = client.get(reverse("properties:community_list")).content.decode()
    assert (reverse("properties:community_create") in page) is offered


@pytest.mark.django_db
def test_car_parks_and_store_rooms_are_counted_in_their_own_words():
    garage = BuildingFactory()
    home = BuildingFactory(community=garage.community)
    ParkingFactory.create_batch(2, building=garage)
    UnitFactory(building=home)
    UnitFactory(building=home, kind="storage")
    client = signed_in(user_with("properties.view_building", "properties.export_unit", communities=[garage.community]))
    overview = client.get(reverse("properties:overview"), {"community": garage.community_id}).content.decode()
    assert "2 个车位" in overview and "1 套，1 个储物间" in overview and " 户" not in overview
    grid = client.get(garage.get_absolute_url()).content.decode()
    assert "导出 2 个车位" in grid and " 户" not in grid and " 套" not in grid
    assert "1 套，1 个储物间" in client.get(home.get_absolute_url()).content.decode()
