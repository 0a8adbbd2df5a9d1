"""Who sees which rooms: community, building and subtree scopes, on lists, pickers, grid and bulk acts (SECURITY, R13)."""

import pytest
from django.urls import reverse

from properties.models import Building, Community, Unit
from properties.services import organisation
from tests.factories.audit import GrantFactory, RoleFactory, UserFactory, user_with
from tests.factories.properties import BuildingFactory, CommunityFactory, OrgNodeFactory, UnitFactory, UnitMarkFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
VIEW = ("properties.view_community", "properties.view_building", "properties.view_unit")


@pytest.fixture
def here():
    return UnitFactory(building__number="3", entrance="2", number="1502")


@pytest.fixture
def elsewhere():
    return UnitFactory(building__number="3", entrance="2", number="1502")


def picked(client, name, query=""):
    return [row["id"] for row in client.get(reverse(f"properties:{name}") + query).json()["results"]]


def test_building_scope_sees_one_building_and_its_community(here, elsewhere):
    neighbour = UnitFactory(building=BuildingFactory(community=here.community, number="93"))
    user = user_with(*VIEW, buildings=[here.building])
    assert list(Unit.objects.visible_to(user, VIEW[2])) == [here]
    assert list(Building.objects.visible_to(user, VIEW[1])) == [here.building]
    assert list(Community.objects.visible_to(user, VIEW[0])) == [here.community]
    client = signed_in(user)
    assert client.get(neighbour.building.get_absolute_url()).status_code == 404
    assert client.get(reverse("properties:unit_card", args=[neighbour.pk])).status_code == 404
    assert picked(client, "unit_picker") == [here.pk]


def test_subtree_scope_follows_the_tree(here, elsewhere):
    region = OrgNodeFactory(parent=here.community.node, kind="region")
    below = UnitFactory(building__community=CommunityFactory(node=region))
    role = RoleFactory(data_scope="subtree", holds=VIEW)
    ids = organisation.communities_below([here.community.node_id])
    user = GrantFactory(
        user=UserFactory(), role=role, node_ids=[here.community.node_id], community_ids=sorted(ids)
    ).user
    assert set(Unit.objects.visible_to(user, VIEW[2])) == {here, below}


@pytest.mark.parametrize("typed", ["3-2-1502", "3栋2单元1502", "３－２－１５０２", "031502", "1502", "3栋"])
def test_unit_picker_takes_every_spelling_and_only_own_rooms(here, elsewhere, typed):
    client = signed_in(user_with(*VIEW, communities=[here.community]))
    # As the page asks: what may be the end of a telephone is posted (static/js/boot.js).
    found = client.post(reverse("properties:unit_picker"), {"q": typed}).json()["results"]
    assert [row["id"] for row in found] == [here.pk]


def test_unit_picker_says_what_is_open_and_leaves_stopped_rooms_out(here):
    UnitMarkFactory(unit=here, kind="open_orders", count=2, source="workorders")
    UnitFactory(building=here.building, number="1503", disabled_at="2026-01-01T00:00Z")
    client = signed_in(user_with(*VIEW, communities=[here.community]))
    rows = client.get(reverse("properties:unit_picker") + "?q=15").json()["results"]
    assert [(row["text"], row["sub"], row["tag"]) for row in rows] == [("3栋2单元1502", "自住", "在办 2 单")]
    # Four digits may be the end of a telephone: the page posts them, and an address with them finds nothing.
    assert picked(client, "unit_picker", "?q=1502") == []
    posted = client.post(reverse("properties:unit_picker"), {"q": "1502"}).json()["results"]
    assert [row["id"] for row in posted] == [here.pk]


def test_pickers_of_buildings_and_communities_stay_in_scope(here, elsewhere):
    client = signed_in(user_with(*VIEW, communities=[here.community]))
    assert picked(client, "building_picker", "?q=3栋") == [here.building_id]
    assert picked(client, "community_picker") == [here.community_id]


@pytest.mark.parametrize("name", ["unit_picker", "building_picker", "community_picker"])
@pytest.mark.parametrize("typed", ["%00", "3%00栋", "%1b"])
def test_pickers_answer_nothing_to_what_is_no_text(here, name, typed):
    client = signed_in(user_with(*VIEW, communities=[here.community]))
    assert picked(client, name, f"?q={typed}") == []


def test_filter_of_a_foreign_community_is_no_way_in(here, elsewhere):
    client = signed_in(user_with(*VIEW, communities=[here.community]))
    for query in (f"?community={elsewhere.community_id}", f"?building={elsewhere.building_id}"):
        response = client.get(reverse("properties:unit_list") + query)
        assert elsewhere.pk not in [row.pk for row in response.context["table"]["rows"]]


def test_switch_keeps_the_list_and_changes_its_community(here, elsewhere):
    user = user_with(*VIEW, communities=[here.community, elsewhere.community])
    client = signed_in(user)
    listing = reverse("properties:unit_list")
    to = {
        "community": elsewhere.community_id,
        "next": f"{listing}?community={here.community_id}&building={here.building_id}",
    }
    assert (
        client.post(reverse("properties:switch_community"), to).url == f"{listing}?community={elsewhere.community_id}"
    )
    to["next"] = here.building.get_absolute_url()
    assert client.post(reverse("properties:switch_community"), to).url == reverse("properties:overview")
    to["next"] = "https://elsewhere.example/"
    assert client.post(reverse("properties:switch_community"), to).url == reverse("dashboard:workbench")
    text = client.get(listing).content.decode()
    assert f"{listing}?community={elsewhere.community_id}" in text  # the menu entry carries the choice as a filter


def test_switching_to_a_foreign_community_counts_as_all(here, elsewhere):
    client = signed_in(user_with(*VIEW, communities=[here.community]))
    client.post(reverse("properties:switch_community"), {"community": elsewhere.community_id})
    assert client.session["community_id"] is None


def test_tree_counts_only_what_one_may_see(here, elsewhere):
    user = user_with(*VIEW, "properties.view_orgnode", communities=[here.community])
    text = signed_in(user).get(reverse("properties:orgnode_tree")).content.decode()
    assert here.community.name in text
    assert elsewhere.community.name not in text
