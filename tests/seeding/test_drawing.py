"""What is drawn, before anything is written: exact counts, sane distributions, the same for the same seed."""

from collections import Counter
from datetime import date

import pytest

from core.normalise import is_placeholder_phone, normalise_id_number, normalise_phone, normalise_plate
from owners.seeding import figures
from owners.seeding.drawn import Drawn
from owners.seeding.load import draw
from owners.seeding.plan import TODAY, plans, totals
from owners.services.identity import normal_id_number


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return draw(plans("project", 1)[0], 1)


def test_scales_have_exact_counts() -> None:
    assert totals(plans("demo", 1)) == {"communities": 2, "units": 400, "persons": 1_040}
    assert totals(plans("project", 1)) == {"communities": 1, "units": 5_000, "persons": 13_000}
    assert totals(plans("city", 1)) == {"communities": 80, "units": 200_000, "persons": 520_000}


def test_codes_and_names_of_all_scales_differ() -> None:
    rows = [plan for scale in ("demo", "project", "city") for plan in plans(scale, 1)]
    assert (
        len({plan.code for plan in rows})
        == len({plan.name for plan in rows})
        == len({plan.ordinal for plan in rows})
        == 83
    )


def test_a_community_has_its_units_and_persons(drawn: Drawn) -> None:
    assert (len(drawn.rooms), len(drawn.people)) == (5_000, 13_000)


def test_the_same_seed_draws_the_same() -> None:
    plan = plans("demo", 7)[0]
    assert figures.digest(draw(plan, 7)) == figures.digest(draw(plan, 7))
    assert figures.digest(draw(plan, 7)) != figures.digest(draw(plan, 8))


def test_surnames_follow_their_frequency(drawn: Drawn) -> None:
    shares = figures.told(figures.of(drawn))["surnames"]
    assert list(shares)[:3] == ["王", "李", "张"]
    assert 7 <= shares["王"] <= 9.5
    names = {who.name[0] for who in drawn.people}
    assert {"单", "曾", "解", "区", "查", "仇"} <= names
    assert any(ord(character) > 0xFFFF for who in drawn.people for character in who.name)


def test_ages_areas_and_families_are_plausible(drawn: Drawn) -> None:
    told = figures.told(figures.of(drawn))
    assert 25 <= told["ages"]["30–45"] <= 40
    assert told["ages"]["75+"] < 8
    assert told["areas"]["60–90"] + told["areas"]["90–120"] > 45
    assert 55 <= told["usage"]["own"] <= 75
    assert told["usage"]["vacant"] > 5
    assert told["household"]["2"] + told["household"]["3"] + told["household"]["4"] > 70
    assert told["totals"]["without_phone"] > 500
    assert told["totals"]["ended"] > 300
    assert told["totals"]["care_units"] > 100


def test_numbers_are_valid_and_belong_to_nobody(drawn: Drawn) -> None:
    for who in drawn.people[:3_000]:
        for phone in who.phones:
            assert normalise_phone(phone) == phone
            assert not is_placeholder_phone(phone)
            assert phone[:3] in {"154", "160", "161", "163", "164", "168", "169"} or phone.partition("-")[2].startswith(
                "0"
            )
        if who.id_type == "id_card":
            assert normalise_id_number(who.id_number) == who.id_number
            assert who.id_number.startswith("99")
        elif who.id_number:
            assert normal_id_number(who.id_type, who.id_number) == who.id_number
    for car in drawn.cars:
        assert normalise_plate(car.plate) == car.plate
    assert len({car.plate for car in drawn.cars}) == len(drawn.cars)


def test_identity_numbers_are_unique(drawn: Drawn) -> None:
    counted = Counter(who.id_number for who in drawn.people if who.id_number)
    assert max(counted.values()) == 1


def test_plates_come_from_the_province_and_some_are_new_energy(drawn: Drawn) -> None:
    home = sum(car.plate.startswith("苏") for car in drawn.cars)
    assert home / len(drawn.cars) > 0.8
    assert 0.2 < sum(len(car.plate) == 8 for car in drawn.cars) / len(drawn.cars) < 0.5


def test_title_shares_of_a_unit_never_exceed_the_whole(drawn: Drawn) -> None:
    shares: Counter[int] = Counter()
    for bond in drawn.bonds:
        if bond.share is not None and (bond.end is None or bond.end >= TODAY):
            shares[id(bond.room)] += bond.share  # type: ignore[assignment]
    assert max(shares.values()) <= 100


def test_tenures_end_after_they_start(drawn: Drawn) -> None:
    assert all(bond.end is None or bond.end >= bond.start for bond in drawn.bonds)


def test_lakeside_has_twelve_buildings_and_the_household_of_the_design() -> None:
    found = draw(plans("demo", 1)[0], 1)
    homes = [room for room in found.rooms if room.kind == "home"]
    assert {room.block.number for room in homes} == {str(n) for n in range(1, 13)}
    assert sum(room.block.number == "3" for room in homes) == 128
    room = next(room for room in homes if (room.block.number, room.entrance, room.number) == ("3", "2", "1502"))
    assert (room.layout, str(room.built), str(room.inner)) == ((3, 2, 1, 2), "89.50", "71.60")
    here = [bond for bond in found.bonds if bond.room is room and bond.end is None]
    assert [(bond.who.name, bond.role, bond.share and int(bond.share)) for bond in here] == [
        ("王建国", "owner", 50), ("李慧敏", "co_owner", 50), ("周玉兰", "family", None),
    ]  # fmt: skip
    assert {bond.start for bond in here} == {date(2024, 6, 18)}
