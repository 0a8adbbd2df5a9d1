"""What the estate export lets out: the right to plain numbers place by place, hidden fields, former households."""

from datetime import date
from typing import Any

import pytest

from core.errors import OutOfScope
from owners.exporting import EstateExport
from properties.models import Unit
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import EmergencyContactFactory, OwnerFactory, TenureFactory
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory

pytestmark = pytest.mark.django_db
EXPORT, PLAIN, FORMER = "owners.export_owner", "owners.export_plain_owner", "owners.view_former_owner"
PHONE, ID_NUMBER, URGENT = "13800136620", "11010519491231002X", "13900139003"


@pytest.fixture
def unit() -> Unit:
    unit = UnitFactory()
    owner = OwnerFactory(name="王建国", phones=[PHONE], id_number=ID_NUMBER)
    EmergencyContactFactory(owner=owner, phone=URGENT)
    TenureFactory(owner=owner, unit=unit, start=date(2020, 1, 1))
    return unit


def told(unit: Unit, user: Any, *, plain: bool = False) -> str:
    user.__dict__.pop("access", None)
    return str(list(EstateExport(unit.community, user, plain=plain).rows()))


def names(unit: Unit, user: Any) -> set[str]:
    text = told(unit, user)
    return {name for name in ("王建国", "汪金根", "赵租客", "李前任") if name in text}


def test_the_right_to_plain_numbers_elsewhere_opens_nothing_here(unit: Unit) -> None:
    user = user_with(EXPORT, communities=[unit.community], visibility="hidden")
    grant_to(user, EXPORT, PLAIN, communities=[CommunityFactory()], visibility="plain")
    with pytest.raises(OutOfScope, match="明文"):
        told(unit, user, plain=True)
    grant_to(user, PLAIN, communities=[unit.community], visibility="hidden")
    text = told(unit, user, plain=True)
    assert not [number for number in (PHONE, ID_NUMBER, URGENT, "6620", "002X", "9003") if number in text]


def test_hidden_and_masked_fields_apply_one_by_one(unit: Unit) -> None:
    levels = {"name": "plain", "phone": "hidden", "id": "masked", "amount": "hidden"}
    user = user_with(EXPORT, PLAIN, communities=[unit.community], visibility=levels)
    text = told(unit, user, plain=True)
    assert ID_NUMBER in text
    assert PHONE not in text
    assert URGENT not in text
    text = told(unit, user)
    assert ID_NUMBER not in text
    assert "002X" in text


def test_of_single_buildings_the_right_to_plain_numbers_must_cover_each(unit: Unit) -> None:
    other = BuildingFactory(community=unit.community)
    user = user_with(EXPORT, buildings=[unit.building, other], visibility="masked")
    grant_to(user, PLAIN, buildings=[unit.building], visibility="masked")
    with pytest.raises(OutOfScope, match="明文"):
        told(unit, user, plain=True)
    grant_to(user, PLAIN, buildings=[other], visibility="masked")
    assert PHONE in told(unit, user, plain=True)


def test_a_right_in_one_building_is_not_one_in_the_community(unit: Unit) -> None:
    user = user_with(EXPORT, communities=[unit.community], visibility="masked")
    grant_to(user, PLAIN, buildings=[unit.building], visibility="masked")
    with pytest.raises(OutOfScope, match="明文"):
        told(unit, user, plain=True)


def test_former_households_stay_in_unless_the_reader_may_see_them(unit: Unit) -> None:
    days = {"汪金根": (2015, 2019, 12, 31), "李前任": (2016, 2020, 1, 1), "赵租客": (2021, 2022, 5, 5)}
    for name, (start, *end) in days.items():
        role = "tenant" if name == "赵租客" else "owner"
        TenureFactory(owner=OwnerFactory(name=name), unit=unit, role=role, start=date(start, 1, 1), end=date(*end))
    clerk = user_with(EXPORT, communities=[unit.community], visibility="plain")
    # The tenant of 2021 left during the time of the household that is there today.
    assert names(unit, clerk) == {"王建国", "赵租客"}
    grant_to(clerk, FORMER, communities=[CommunityFactory()])
    assert names(unit, clerk) == {"王建国", "赵租客"}
    grant_to(clerk, FORMER, communities=[unit.community])
    assert names(unit, clerk) == {"王建国", "汪金根", "赵租客", "李前任"}


def test_an_empty_unit_goes_out_without_its_last_household() -> None:
    unit = UnitFactory(remark="空置中")
    TenureFactory(owner=OwnerFactory(name="汪金根"), unit=unit, start=date(2015, 1, 1), end=date(2019, 12, 31))
    clerk = user_with(EXPORT, communities=[unit.community], visibility="plain")
    assert names(unit, clerk) == set()
    assert "空置中" in told(unit, clerk)
