"""Lists, forms and acts of the estate: what every page must prove stands in tests/support/cases/."""

import pytest

from core.models import DictItem
from properties.forms import UnitForm
from properties.models import Building, Community, OrgNode, Place, Team, Unit
from tests.factories.audit import user_with
from tests.factories.properties import (
    BuildingFactory,
    OrgNodeFactory,
    PlaceFactory,
    TeamFactory,
    UnitFactory,
    UnitMarkFactory,
    dictionary_item,
)
from tests.support.cases import ActionCase, CreateCase, DetailCase, FormCase, ListCase

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


class TestBuildingList(OnBuilding, ListCase):
    url_name, permission, search = (
        "properties:building_list",
        "properties.view_building",
        ("?status=active", "?status=disabled"),
    )


class TestUnitList(ListCase):
    url_name, permission, search = "properties:unit_list", "properties.view_unit", ("?q=15", "?q=9999")

    def make(self, community):
        unit = UnitFactory(building__community=community, number=f"15{Unit.objects.count() + 10}")
        UnitMarkFactory(unit=unit)
        return unit


class TestPlaceList(OnPlace, ListCase):
    url_name, permission, search = "properties:place_list", "properties.view_place", ("?q=大堂", "?q=屋面")


class TestTeamList(OnTeam, ListCase):
    url_name, permission, search = "properties:team_list", "properties.view_team", ("?q=工程", "?q=保洁")


class TestCommunityList(OnCommunity, ListCase):
    url_name, permission, search = "properties:community_list", "properties.view_community", ("?q=own", "?q=别处")

    def test_query_count_does_not_grow_with_rows(self, permitted):
        """Communities are the scope itself: more of them would be more scope."""


class TestCommunityDetail(OnCommunity, DetailCase):
    url_name, permission, more_permissions = "properties:community_detail", "properties.view_community", VIEW_ALL


class TestPlaceDetail(OnPlace, DetailCase):
    url_name, permission = "properties:place_detail", "properties.view_place"


class TestTeamDetail(OnTeam, DetailCase):
    url_name, permission = "properties:team_detail", "properties.view_team"


class TestBuildingGrid(DetailCase):
    url_name, permission = "properties:building_grid", "properties.view_building"

    def make(self, community):
        return UnitFactory(building__community=community).building


class TestUnitCard(OnUnit, DetailCase):
    url_name, permission = "properties:unit_card", "properties.view_unit"

    def shows(self, row):
        return [row.label, "89.50"]


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


class TestUnitCreate(OnUnit, CreateCase):
    model = Unit
    url_name, permission = "properties:unit_create", "properties.add_unit"
    log_action, invalid_field = "properties.unit.created", "inner_area"

    def valid(self):
        return {
            "building": self.own_row.building_id,
            "entrance": "1单元",
            "number": "301",
            "unit_type": dictionary_item("unit_type", "住宅-高层").pk,
            "built_area": "89.50",
            "delivery_status": "delivered",
            "delivered_on": "20240630",
        }

    def invalid(self):
        return self.valid() | {"inner_area": "100"}

    def foreign_data(self):
        return self.valid() | {"building": self.foreign_row.building_id}

    def check(self, row):
        assert (row.entrance, row.floor, str(row.delivered_on), row.community) == ("1", 3, "2024-06-30", self.own)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("unit_type", "refused"), [("shop", True), ("office", True), ("parking", False), ("storage", False)]
)
def test_what_is_lived_or_worked_in_needs_its_built_area(unit_type, refused):
    item = DictItem.objects.get(type__code="unit_type", code=unit_type)
    form = UnitForm({"unit_type": item.pk}, user=user_with("properties.add_unit"))
    assert ("built_area" in form.errors) is refused


class TestUnitUpdate(OnUnit, FormCase):
    url_name, permission = "properties:unit_update", "properties.change_unit"
    log_action, invalid_field = "properties.unit.changed", "parking_status"

    def valid(self):
        row = self.own_row
        return {
            "building": row.building_id, "entrance": row.entrance, "number": row.number, "floor": row.floor, "built_area": "90",
            "unit_type": row.unit_type_id, "usage": "let", "delivery_status": row.delivery_status,
        }  # fmt: skip

    def invalid(self):
        return self.valid() | {"parking_status": "let"}

    def check(self, row):
        assert (row.usage, str(row.built_area)) == ("let", "90.00")


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


class Stops(ActionCase):
    invalid_field = "reason"

    def valid(self):
        return {"reason": "撤场"}

    def invalid(self):
        return {"reason": ""}

    def check(self, row):
        assert row.disabled_at is not None


class TestCommunityDisable(OnCommunity, Stops):
    url_name, permission = "properties:community_disable", "properties.disable_community"
    log_action = "properties.community.disabled"


class TestBuildingDisable(OnBuilding, Stops):
    url_name, permission = "properties:building_disable", "properties.disable_building"
    log_action = "properties.building.disabled"


class TestUnitDisable(OnUnit, Stops):
    url_name, permission = "properties:unit_disable", "properties.disable_unit"
    log_action = "properties.unit.disabled"


class TestPlaceDisable(OnPlace, Stops):
    url_name, permission = "properties:place_disable", "properties.disable_place"
    log_action = "properties.place.disabled"


class TestTeamDisable(OnTeam, Stops):
    url_name, permission = "properties:team_disable", "properties.disable_team"
    log_action = "properties.team.disabled"


class Restores(ActionCase):
    @pytest.fixture(autouse=True)
    def stopped(self, rows):
        type(self.own_row)._default_manager.update(disabled_at="2026-01-01T00:00Z")

    def check(self, row):
        assert row.disabled_at is None


class TestCommunityRestore(OnCommunity, Restores):
    url_name, permission = "properties:community_restore", "properties.disable_community"
    log_action = "properties.community.restored"


class TestBuildingRestore(OnBuilding, Restores):
    url_name, permission = "properties:building_restore", "properties.disable_building"
    log_action = "properties.building.restored"


class TestUnitRestore(OnUnit, Restores):
    url_name, permission = "properties:unit_restore", "properties.disable_unit"
    log_action = "properties.unit.restored"


class TestPlaceRestore(OnPlace, Restores):
    url_name, permission = "properties:place_restore", "properties.disable_place"
    log_action = "properties.place.restored"


class TestTeamRestore(OnTeam, Restores):
    url_name, permission = "properties:team_restore", "properties.disable_team"
    log_action = "properties.team.restored"


class OnNode:
    scoped = False

    def make(self, community):
        top = OrgNodeFactory()
        self.other = OrgNodeFactory(parent=top, kind="region")
        return OrgNodeFactory(parent=self.other, kind="city")


class TestOrgNodeCreate(OnNode, CreateCase):
    model = OrgNode
    url_name, permission = "properties:orgnode_create", "properties.add_orgnode"
    log_action, invalid_field = "properties.orgnode.created", "parent"

    def valid(self):
        return {"parent": self.other.pk, "kind": "city", "name": "苏州", "sort": "0"}

    def invalid(self):
        return self.valid() | {"parent": ""}


class TestOrgNodeUpdate(OnNode, FormCase):
    url_name, permission = "properties:orgnode_update", "properties.change_orgnode"
    log_action, invalid_field = "properties.orgnode.changed", "kind"

    def valid(self):
        return {"kind": "city", "name": "无锡", "sort": "1"}

    def invalid(self):
        return self.valid() | {"kind": "region"}


class TestOrgNodeMove(OnNode, FormCase):
    url_name, permission = "properties:orgnode_move", "properties.change_orgnode"
    log_action, invalid_field = "properties.orgnode.moved", "parent"

    def valid(self):
        return {"parent": self.other.parent_id}

    def invalid(self):
        return {"parent": ""}


class TestOrgNodeDisable(OnNode, Stops):
    url_name, permission = "properties:orgnode_disable", "properties.change_orgnode"
    log_action = "properties.orgnode.disabled"


class TestOrgNodeRestore(OnNode, ActionCase):
    url_name, permission = "properties:orgnode_restore", "properties.change_orgnode"
    log_action = "properties.orgnode.restored"

    def make(self, community):
        return OrgNodeFactory(disabled_at="2026-01-01T00:00Z")


def test_every_act_of_the_estate_has_words():
    from core.log import declared

    assert all(str(action.sentence) for code, action in declared().items() if code.startswith("properties."))
