"""A mask is lifted only where the grant that lifts it covers the row (field visibility, deny by default)."""

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from properties.models import UnitMark
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import OwnerFactory
from tests.factories.properties import BuildingFactory, UnitFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
VIEW = "owners.view_owner"
HERE, THERE = 1, 2


def levels(user: Any, *places: tuple[int | None, int | None]) -> list[str]:
    return [user.access.visibility("phone", community, building) for community, building in places]


def test_a_building_grant_counts_in_its_building_only() -> None:
    user = user_with(VIEW, communities=[HERE], visibility="masked")
    grant_to(user, VIEW, communities=[HERE], buildings=[11], visibility="plain")
    assert levels(user, (HERE, 11), (HERE, 12), (HERE, None), (THERE, None)) == ["plain", "masked", "masked", "hidden"]


def test_the_narrowest_of_several_building_grants_counts_where_the_building_is_unknown() -> None:
    user = user_with(VIEW, communities=[HERE], buildings=[11], visibility="plain")
    assert levels(user, (HERE, 11), (HERE, None), (HERE, 12)) == ["plain", "plain", "hidden"]
    grant_to(user, VIEW, communities=[HERE], buildings=[12], visibility="masked")
    assert levels(user, (HERE, 11), (HERE, 12), (HERE, None)) == ["plain", "masked", "masked"]


def test_a_role_for_the_whole_community_lifts_as_before() -> None:
    user = user_with(VIEW, communities=[HERE], visibility="masked")
    grant_to(user, VIEW, scope="all", visibility="plain")
    assert levels(user, (HERE, None), (THERE, 3)) == ["plain", "plain"]


def test_a_building_grant_does_not_open_looks_the_whole_community_role_hides() -> None:
    user = user_with("owners.reveal_owner", communities=[HERE], visibility="hidden")
    grant_to(user, "owners.reveal_owner", communities=[HERE], buildings=[11], visibility="masked")
    assert not user.access.may_look("owners.reveal_owner", "phone", [HERE])
    grant_to(user, "owners.reveal_owner", communities=[THERE], buildings=[21], visibility="masked")
    assert user.access.may_look("owners.reveal_owner", "phone", [HERE, THERE])


@pytest.fixture
def neighbours() -> tuple[Any, Any]:
    """Two people of one community in two buildings."""
    mine = UnitFactory()
    other = UnitFactory(building=BuildingFactory(community=mine.community))
    OwnerFactory(name="王建国", phones=["13800138000"], units=[mine])
    OwnerFactory(name="李慧敏", phones=["13900139000"], units=[other])
    return mine, other


def test_pages_and_exports_of_the_community_stay_masked_beside_a_building_grant(neighbours: Any) -> None:
    mine, _other = neighbours
    user = user_with(VIEW, "owners.export_owner", communities=[mine.community], visibility="masked")
    grant_to(user, VIEW, buildings=[mine.building], visibility="plain")
    client = signed_in(user)
    text = client.get(reverse("owners:owner_list")).content.decode()
    assert "李慧敏" not in text
    assert "13900139000" not in text
    answer = client.post(reverse("core:list_export", args=["owners:owner_list"]), {"reason": "核对"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    assert not {"李慧敏", "13900139000"} & cells
    assert any("139****9000" in cell for cell in cells)


def test_who_has_one_building_only_sees_its_people_as_his_role_shows_them(neighbours: Any) -> None:
    mine, _other = neighbours
    client = signed_in(user_with(VIEW, buildings=[mine.building], visibility="plain"))
    text = client.get(reverse("owners:owner_list")).content.decode()
    assert "王建国" in text
    assert "李慧敏" not in text


def test_amounts_show_in_the_building_of_the_grant_and_not_next_door(neighbours: Any) -> None:
    for unit in neighbours:
        UnitMark.objects.create(unit=unit, kind=UnitMark.Kind.ARREARS, count=1, amount="88.00", source="billing.bill")
    mine, other = neighbours
    user = user_with(VIEW, communities=[mine.community], visibility="masked")
    grant_to(user, VIEW, buildings=[mine.building], visibility="plain")
    client = signed_in(user)
    marks = {
        unit: client.get(reverse("owners:unit_file", args=[unit.pk])).context["marks"].get(UnitMark.Kind.ARREARS)
        for unit in (mine, other)
    }
    assert marks[mine] is not None
    assert marks[other] is None
