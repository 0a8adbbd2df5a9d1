"""What the estate export lets out: the right to plain numbers place by place, hidden fields, former households."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from core.errors import OutOfScope
from owners.exporting import EstateExport
from owners.exporting.rows import CELLS
from owners.importing.columns import columns
from properties.models import Unit
from tests.factories.audit import grant_to, user_with
from tests.factories.owners import (
    EmergencyContactFactory,
    OwnerFactory,
    OwnerPhoneFactory,
    TenureFactory,
    VehicleFactory,
)
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


def test_cells_stand_in_the_order_of_the_template() -> None:
    assert [column.key for column in columns()] == list(CELLS)


def test_batches_meet_without_gap_or_overlap_and_people_follow_their_order(
    unit: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [f"{floor}0{door}" for floor in range(1, 12) for door in (1, 2)]
    for number in numbers:
        UnitFactory(building=unit.building, number=number, built_area=None, remark=f"记{number}")
    unit.sort_key, unit.code = Unit.objects.exclude(pk=unit.pk).values_list("sort_key", "code").first()
    unit.save(update_fields=["sort_key", "code"])  # nothing but the key parts it from the first of the others
    for name, role, end in (("己", "tenant", None), ("丙", "family", None), ("甲", "owner", date(2021, 1, 1))):
        TenureFactory(owner=OwnerFactory(name=name), unit=unit, role=role, start=date(2020, 1, 1), end=end)
    clerk = user_with(EXPORT, FORMER, communities=[unit.community], visibility="plain")
    whole = list(EstateExport(unit.community, clerk, plain=False).rows())
    monkeypatch.setattr("owners.exporting.rows.BATCH", 1)
    assert list(EstateExport(unit.community, clerk, plain=False).rows()) == whole
    at = CELLS.index("name")
    assert [row[at] for row in whole if row[at]] == ["王建国", "丙", "己", "甲"]
    assert [row[CELLS.index("remark")] for row in whole if not row[at]] == [f"记{number}" for number in numbers]


def test_all_that_is_known_of_a_person_stands_in_his_row(unit: Unit) -> None:
    owner = unit.tenures.get().owner
    OwnerPhoneFactory(owner=owner, number="057188001234", is_primary=False, sort=2)
    OwnerPhoneFactory(owner=owner, number="13700137001", is_primary=False, sort=1)
    EmergencyContactFactory(owner=owner, name="李芳", phone="13600136006", sort=5)
    for plate, community, disabled in (
        ("浙B22222", unit.community, None),
        ("浙A11111", unit.community, None),
        ("浙C33333", CommunityFactory(), None),
        ("浙D44444", unit.community, timezone.now()),
    ):
        VehicleFactory(owner=owner, plate=plate, community=community, disabled_at=disabled)
    user = user_with(EXPORT, PLAIN, communities=[unit.community], visibility="plain")
    (row,) = EstateExport(unit.community, user, plain=True).rows()
    told = dict(zip(CELLS, row, strict=True))
    assert (told["phone"], told["other_phones"]) == (PHONE, "13700137001、057188001234")
    assert (told["id_number"], told["plates"]) == (ID_NUMBER, "浙A11111、浙B22222")
    assert told["emergency_phone"] == URGENT
    masked = user_with(EXPORT, communities=[unit.community], visibility="masked")
    (row,) = EstateExport(unit.community, masked, plain=False).rows()
    told = dict(zip(CELLS, row, strict=True))
    assert (told["name"], told["phone"], told["other_phones"]) == (
        "王*国",
        "138****6620",
        "137****7001、0571******34",
    )
    assert (told["id_number"], told["emergency_phone"]) == ("110105********002X", "139****9003")
    hidden = user_with(EXPORT, communities=[unit.community], visibility="hidden")
    (row,) = EstateExport(unit.community, hidden, plain=False).rows()
    told = dict(zip(CELLS, row, strict=True))
    secret = ("name", "phone", "other_phones", "id_number", "emergency_name", "emergency_phone")
    assert [told[key] for key in secret] == [""] * 6


def test_statements_and_batches_do_not_grow_with_the_rows(unit: Unit, django_assert_num_queries: Any) -> None:
    user = user_with(EXPORT, communities=[unit.community], visibility="masked")
    for number in ("101", "102", "103"):
        TenureFactory(owner=OwnerFactory(), unit=UnitFactory(building=unit.building, number=number))
    export = EstateExport(unit.community, user, plain=False)
    with django_assert_num_queries(6):  # rooms, stays, phones, contacts, plates, and no more rooms
        assert len(list(export.rows())) == 4
