"""Buttons of the estate pages show only what would not be refused there: a right held elsewhere opens nothing here."""

import re

import pytest
from django.urls import reverse

from tests.factories.audit import grant_to, user_with
from tests.factories.properties import BuildingFactory, PlaceFactory, TeamFactory, UnitFactory
from tests.support.cases import signed_in

VIEWS = [
    *(f"properties.view_{name}" for name in ("community", "building", "unit", "place", "team")),
    "owners.view_owner",
]
WRITES = [
    *(f"properties.{act}_{name}" for act in ("change", "disable") for name in ("community", "building", "place", "team")),
    *(f"properties.add_{name}" for name in ("building", "unit")),
    "properties.change_unit", "properties.copy_building", "properties.export_unit",
]  # fmt: skip
_LINK = re.compile(r'href="(/[^"]+)"')


@pytest.fixture
def estate(db):
    unit = UnitFactory()
    return {
        "unit": unit, "building": unit.building, "community": unit.community,
        "place": PlaceFactory(community=unit.community, building=unit.building), "team": TeamFactory(community=unit.community),
    }  # fmt: skip


def addresses(estate):
    """The pages, and the acts they offer to whoever may do them here."""
    pk = {name: row.pk for name, row in estate.items()}
    pages = [reverse(f"properties:{name}_detail", args=[pk[name]]) for name in ("community", "place", "team")]
    pages += [
        reverse("properties:building_grid", args=[pk["building"]]),
        reverse("properties:unit_card", args=[pk["unit"]]),
    ]
    pages += [f"{reverse('properties:overview')}?community={pk['community']}"]
    acts = {
        reverse(f"properties:{name}_{act}", args=[pk[name]])
        for name in ("community", "building", "place", "team")
        for act in ("update", "disable")
    }
    acts |= {
        reverse("properties:unit_update", args=[pk["unit"]]),
        reverse("properties:building_copy", args=[pk["building"]]),
    }
    acts |= {reverse("properties:building_create"), reverse("properties:unit_create")}
    acts |= {reverse("core:list_export", args=["properties:unit_list"])}
    return pages, acts


def offered(user, estate):
    client = signed_in(user)
    pages, acts = addresses(estate)
    links = set()
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        links |= {
            link.replace("&amp;", "&")
            for link in _LINK.findall(text[text.find("<main") :] if "<main" in text else text)
        }
    refused = {link for link in links if not link.startswith("/static") and client.get(link).status_code in (403, 404)}
    assert refused == set()
    return {link.partition("?")[0] for link in links} & acts


def test_whoever_may_write_here_is_offered_everything(estate):
    assert offered(user_with(*VIEWS, *WRITES, communities=[estate["community"]]), estate) == addresses(estate)[1]
    assert offered(user_with(*VIEWS, *WRITES, scope="all"), estate) == addresses(estate)[1]


def test_a_right_held_elsewhere_offers_nothing_here(estate):
    user = user_with(*VIEWS, communities=[estate["community"]])
    grant_to(user, *WRITES, communities=[UnitFactory().community])
    assert offered(user, estate) == set()


def test_a_right_in_another_building_does_not_reach_this_one(estate):
    user = user_with(*VIEWS, communities=[estate["community"]])
    grant_to(user, *WRITES, buildings=[BuildingFactory(community=estate["community"])])
    everywhere = {
        reverse(f"properties:{name}_{act}", args=[estate[name].pk])
        for name in ("community", "place", "team")  # these stand in no building: its communities are reached whole
        for act in ("update", "disable")
    }
    assert offered(user, estate) == everywhere


def test_a_right_in_this_building_makes_no_other_building(estate):
    user = user_with(*VIEWS, communities=[estate["community"]])
    grant_to(user, *WRITES, buildings=[estate["building"]])
    found = offered(user, estate)
    assert reverse("properties:building_update", args=[estate["building"].pk]) in found
    assert reverse("properties:unit_create") in found
    assert (
        not {reverse("properties:building_create"), reverse("properties:building_copy", args=[estate["building"].pk])}
        & found
    )
    listing = signed_in(user).get(reverse("properties:building_list")).content.decode()
    assert reverse("properties:building_create") not in listing
