"""What keeps list pages fast: panels that come when opened, frames drawn once for what they depend on, few queries."""

import pytest
from django.urls import reverse

from audit.models import Grant
from core.models import ListSetting, SavedView
from core.web import paging
from owners.models import Owner
from properties.models import Unit
from properties.services.communities import disable_community
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import OwnerFactory
from tests.factories.properties import BuildingFactory, CommunityFactory, dictionary_item, units_of
from tests.support.cases import is_fragment, queries_of, signed_in

pytestmark = pytest.mark.django_db
UNITS = "properties:unit_list"
PANEL_FIELD = 'name="built_area_min"'


@pytest.fixture
def building():
    return BuildingFactory(number="3")


@pytest.fixture
def user(building):
    return user_with("properties.view_unit", "properties.view_community", communities=[building.community])


def page(client, **query):
    return client.get(reverse(UNITS), query).content.decode()


# --- the panel behind 更多筛选 ---
def test_the_panel_comes_alone_when_it_is_opened(user):
    client = signed_in(user)
    assert PANEL_FIELD not in page(client)
    panel = client.get(reverse(UNITS), {"more": "1"}, headers={"HX-Request": "true", "HX-Target": "more-filters"})
    assert is_fragment(panel)
    assert PANEL_FIELD in panel.content.decode()
    assert "<tbody" not in panel.content.decode()


def test_without_a_script_the_link_brings_the_page_with_the_panel(user):
    client = signed_in(user)
    assert 'href="?usage=own&amp;more=1" role="button" data-more-filters' in page(client, usage="own")
    opened = page(client, usage="own", more="1")
    assert PANEL_FIELD in opened
    assert 'id="more-filters" data-open="1"' in opened


def test_a_filter_of_the_panel_in_force_stands_on_its_button_and_is_sent_again(user):
    closed = page(signed_in(user), built_area_min="50")
    assert 'name="orientation"' not in closed
    assert 'id="more-filters" data-open="0"' in closed
    assert '<span class="cnt soft" data-more-count>1</span>' in closed
    assert '<input type="hidden" name="built_area_min" value="50">' in closed


def test_a_wrong_value_in_the_panel_opens_it_and_says_so_there(user):
    opened = page(signed_in(user), built_area_min="wide", orientation="1")
    assert "form-err" in opened
    assert 'id="more-filters" data-open="1"' in opened
    assert '<input type="hidden" name="built_area_min"' not in opened


def test_dictionaries_of_the_panel_cost_one_query(user):
    dictionary_item("orientation", "南"), dictionary_item("property_nature", "商品房")
    client = signed_in(user)
    page(client)  # the first page of a session writes that it began
    assert queries_of(client, f"{reverse(UNITS)}?more=1") == queries_of(client, reverse(UNITS)) + 1


# --- queries ---
def test_a_page_of_units_costs_the_same_few_queries_whatever_it_shows(building, user):
    client = signed_in(user)
    page(client)
    units_of(building, 1, 1, 2)
    few = queries_of(client, reverse(UNITS))
    units_of(BuildingFactory(community=building.community), 2, 10, 4)
    assert (few, queries_of(client, reverse(UNITS))) == (9, 9)


# --- the frame is kept by what it depends on ---
def test_a_grant_withdrawn_takes_its_entries_from_the_menu(user):
    second = grant_to(user, "owners.view_owner", communities=[])
    client, link = signed_in(user), f'href="{reverse("owners:owner_list")}?'
    assert link in page(client)
    Grant.objects.filter(pk=second.pk).update(withdrawn_at="2026-01-01T00:00Z")
    assert link not in page(client)


def test_a_role_that_loses_a_permission_loses_the_entry(user):
    second = grant_to(user, "owners.view_owner", communities=[])
    client, link = signed_in(user), f'href="{reverse("owners:owner_list")}?'
    assert link in page(client)
    second.role.permissions.clear()
    assert link not in page(client)


def test_nobody_sees_the_communities_of_another_in_switcher_and_filter(building, user):
    mine, other = building.community, CommunityFactory(name="别人的小区")
    everybody = signed_in(user_with("properties.view_unit", "properties.view_community", communities=[mine, other]))
    assert page(everybody).count("别人的小区") == 2
    assert page(signed_in(user)).count("别人的小区") == 0


def test_a_stopped_or_renamed_community_is_so_in_the_switcher_at_once(building, user):
    other = CommunityFactory(name="另一个小区")
    grant_to(user, "properties.view_unit", "properties.view_community", communities=[other])
    client, button = signed_in(user), f'name="community" value="{other.pk}"'
    assert button in page(client)
    type(other).objects.filter(pk=other.pk).update(name="改了名")
    assert "改了名" in page(client)
    disable_community(other, by=user, reason="撤场")
    assert button not in page(client)


def test_settings_and_views_are_ones_own(user):
    stranger = user_with("properties.view_unit", scope="all")
    ListSetting.objects.create(user=stranger, list_name=UNITS, columns=["floor"], page_size=50)
    SavedView.objects.create(user=stranger, list_name=UNITS, name="私人视图")
    SavedView.objects.create(user=stranger, list_name=UNITS, name="团队视图", shared=True)
    assert "私人视图" in page(signed_in(stranger))
    own = signed_in(user).get(reverse(UNITS)).context
    assert [view["name"] for view in own["views"]] == ["团队视图"]
    assert own["page"]["size"] == 20
    assert len(own["table"]["columns"]) > 1


# --- pages in the order of the key ---
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("more", [False, True])
def test_few_rows_of_many_are_sorted_by_their_keys(backwards, more):
    place = CommunityFactory()
    owners = [OwnerFactory() for _ in range(6)]
    Owner.objects.filter(pk__in=[one.pk for one in owners[:5]]).update(community_ids=[place.pk])
    rows = Owner.objects.filter(community_ids__contains=[place.pk])
    found = paging.slice_of(rows, ["-pk"], 1, 3, paging.Count(5, more), backwards=backwards)
    wanted = sorted((one.pk for one in owners[:5]), reverse=not backwards)[1:4]
    assert [one.pk for one in found] == wanted
    assert "+ 0" in str(found.query)


def test_the_whole_table_is_walked_by_its_key():
    assert "+ 0" not in str(paging.slice_of(Owner.objects.all(), ["-pk"], 0, 3, paging.Count(9, False)).query)
    assert "+ 0" not in str(
        paging.slice_of(Unit.objects.filter(number="1"), ["sort_key"], 0, 3, paging.Count(9, False)).query
    )


@pytest.mark.parametrize("may", [True, False])
def test_a_count_leads_to_its_list_only_who_may_open_that(building, may):
    units_of(building, 1, 1, 2)
    rights = ["properties.view_community", "properties.view_building", *["properties.view_unit"][: int(may)]]
    reader = user_with(*rights, communities=[building.community])
    for address, query in (
        (reverse("properties:building_list"), f"building={building.pk}"),
        (reverse("properties:community_list"), f"community={building.community_id}"),
    ):
        page = signed_in(reader).get(address)
        text = page.content.decode()
        assert (f'href="{reverse(UNITS)}?{query}"' in text) is may
        (row,) = page.context["table"]["rows"]
        numbers = [str(cell.html) for cell in row.cells]
        assert ("2" in numbers) is not may and any(">2<" in number for number in numbers) is may
    assert f"?community={building.community_id}" in text  # to the buildings, which both may open
