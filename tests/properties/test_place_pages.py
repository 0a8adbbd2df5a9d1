"""Pages of places and teams."""

import pytest
from django.urls import reverse

from properties.models import Place, Team
from tests.factories.audit import user_with
from tests.factories.properties import BuildingFactory, CommunityFactory, PlaceFactory
from tests.properties.support import OnPlace, OnTeam, Restores, Stops
from tests.support.cases import CreateCase, DetailCase, FormCase, ListCase, signed_in


class TestPlaceList(OnPlace, ListCase):
    url_name, permission, search = "properties:place_list", "properties.view_place", ("?q=大堂", "?q=屋面")


class TestTeamList(OnTeam, ListCase):
    url_name, permission, search = "properties:team_list", "properties.view_team", ("?q=工程", "?q=保洁")


class TestPlaceDetail(OnPlace, DetailCase):
    url_name, permission = "properties:place_detail", "properties.view_place"


class TestTeamDetail(OnTeam, DetailCase):
    url_name, permission = "properties:team_detail", "properties.view_team"


class TestPlaceCreate(OnPlace, CreateCase):
    model = Place
    url_name, permission = "properties:place_create", "properties.add_place"
    log_action, invalid_field = "properties.place.created", "building"

    def valid(self):
        return {"community": self.own.pk, "name": "中心花园"}

    def invalid(self):
        return self.valid() | {"entrance": "1"}

    def foreign_data(self):
        return self.valid() | {"community": self.foreign.pk}


class TestPlaceUpdate(OnPlace, FormCase):
    url_name, permission = "properties:place_update", "properties.change_place"
    log_action, invalid_field = "properties.place.changed", "name"

    def valid(self):
        return {"name": "北门"}

    def invalid(self):
        return {"name": ""}

    def check(self, row):
        assert row.name == "北门"


class TestTeamCreate(OnTeam, CreateCase):
    model = Team
    url_name, permission = "properties:team_create", "properties.add_team"
    log_action, invalid_field = "properties.team.created", "phone"

    def valid(self):
        return {"community": self.own.pk, "name": "夜班", "phone": "0512-66668888"}

    def invalid(self):
        return self.valid() | {"phone": "12"}

    def foreign_data(self):
        return self.valid() | {"community": self.foreign.pk}


class TestTeamUpdate(OnTeam, FormCase):
    url_name, permission = "properties:team_update", "properties.change_team"
    log_action, invalid_field = "properties.team.changed", "name"

    def valid(self):
        return {"name": "工程二组"}

    def invalid(self):
        return {"name": ""}


class TestPlaceDisable(OnPlace, Stops):
    url_name, permission = "properties:place_disable", "properties.disable_place"
    log_action = "properties.place.disabled"


class TestTeamDisable(OnTeam, Stops):
    url_name, permission = "properties:team_disable", "properties.disable_team"
    log_action = "properties.team.disabled"


class TestPlaceRestore(OnPlace, Restores):
    url_name, permission = "properties:place_restore", "properties.disable_place"
    log_action = "properties.place.restored"


class TestTeamRestore(OnTeam, Restores):
    url_name, permission = "properties:team_restore", "properties.disable_team"
    log_action = "properties.team.restored"


@pytest.mark.django_db
def test_nothing_chosen_yet_is_said_in_words():
    client = signed_in(user_with("properties.add_team", communities=[CommunityFactory(), CommunityFactory()]))
    page = client.get(reverse("properties:team_create")).content.decode()
    assert "---------" not in page
    assert "请选择" in page
    assert "未指定" in page
    refused = client.post(reverse("properties:team_create"), {})
    assert "请填写" in refused.content.decode()
    assert "必填项" not in refused.content.decode()


@pytest.mark.django_db
def test_a_place_shows_the_other_places_of_its_building_beside_its_facts():
    building = BuildingFactory()
    lobby = PlaceFactory(community=building.community, building=building, name="大堂")
    lift = PlaceFactory(community=lobby.community, building=lobby.building, name="电梯厅")
    PlaceFactory(community=lobby.community, name="中心花园")
    client = signed_in(user_with("properties.view_place", communities=[lobby.community]))
    page = client.get(lobby.get_absolute_url()).content.decode()
    assert lift.get_absolute_url() in page and "同一楼栋的公共区域" in page
    assert "中心花园" not in page and "房态图" not in page[page.find("<main") :]
