"""房态图: the arithmetic of rows and columns, and 600 rooms in one page."""

import time

import pytest
from django.urls import reverse

from properties.queries import building_grid
from tests.factories.audit import user_with
from tests.factories.properties import BuildingFactory, ParkingFactory, UnitFactory, UnitMarkFactory, units_of
from tests.support.cases import queries_of, signed_in

pytestmark = pytest.mark.django_db
PERMISSIONS = ("properties.view_building", "properties.view_unit", "properties.export_unit", "owners.view_owner")


@pytest.fixture
def building():
    return BuildingFactory(number="3")


def rows(block):
    return [(floor.number, [cell and cell.unit.number for cell in floor.cells]) for floor in block.floors]


def grid_of(building, **options):
    return building_grid(building, [building], **options)


def add(building, *numbers, **fields):
    for number in numbers:
        UnitFactory(building=building, number=number, **fields)


def test_doors_keep_their_columns_and_gaps_stay_gaps(building):
    add(building, "0101", "0102", "0103", "0201", "0203", "301", "302", "303")
    (block,) = grid_of(building).blocks
    assert rows(block) == [
        (3, ["301", "302", "303"]),
        (2, ["0201", None, "0203"]),
        (1, ["0101", "0102", "0103"]),
    ]


def test_entrances_stand_side_by_side_on_the_same_floors(building):
    add(building, "0101", "0201", "0301", entrance="1")
    add(building, "0101", "0301", entrance="2")
    add(building, "0101", entrance="10")
    one, two, ten = grid_of(building).blocks
    assert [one.name, two.name, ten.name] == ["1", "2", "10"]
    assert rows(two) == [(3, ["0301"]), (2, [None]), (1, ["0101"])]
    assert rows(ten) == [(1, ["0101"])]


def test_skipped_floor_numbers_are_told(building):
    add(building, "0101", "0301", "0501", "1301", "1501")
    (block,) = grid_of(building).blocks
    assert [(floor.number, floor.skipped) for floor in block.floors] == [
        (15, "14"),
        (13, "6–12"),
        (5, "4"),
        (3, "2"),
        (1, ""),
    ]


def test_basements_are_below_and_floor_nought_is_not_missing(building):
    add(building, "0101", "B1-001", "B2-001")
    (block,) = grid_of(building).blocks
    assert [(floor.label, floor.skipped) for floor in block.floors] == [("1层", ""), ("负1层", ""), ("负2层", "")]


def test_duplex_leaves_its_upper_place_free(building):
    add(building, "0101", "0102", "0202", "0301", "0302")
    assert rows(grid_of(building).blocks[0])[1] == (2, [None, "0202"])


def test_garage_without_entrances_flows(building):
    for _ in range(40):
        ParkingFactory(building=building, floor=-1, parking_status="let")
    grid = grid_of(building)
    (block,) = grid.blocks
    assert block.flows
    assert (grid.entrances, len(block.floors[0].cells)) == (0, 40)
    assert [(entry.word, entry.count) for entry in grid.uses] == [("已租", 40)]


def test_rooms_that_tell_no_floor_have_a_row_of_their_own(building):
    add(building, "S-101", "S-102", floor=None)
    assert rows(grid_of(building).blocks[0]) == [(None, ["S-101", "S-102"])]


def test_legend_counts_and_fades(building):
    add(building, "0101", "0102")
    add(building, "0201", usage="let")
    add(building, "0202", usage="let", disabled_at="2026-01-01T00:00Z")
    UnitMarkFactory(unit=building.units.get(number="0101"), kind="arrears")
    grid = grid_of(building, use="own", mark="arrears")
    assert [(entry.value, entry.count, entry.active) for entry in grid.uses] == [("own", 2, True), ("let", 1, False)]
    assert [(entry.value, entry.count) for entry in grid.marks] == [("arrears", 1), ("open_orders", 0), ("care", 0)]
    bright = [cell.unit.number for floor in grid.blocks[0].floors for cell in floor.cells if cell and not cell.dim]
    assert bright == ["0101"]
    assert (grid.total, grid.amount, grid.stopped, grid.shown) == (3, "3 套", "1 套", "1 套")


def test_r31_600_units_in_one_page_with_constant_queries(building):
    client = signed_in(user_with(*PERMISSIONS, communities=[building.community]))
    url = reverse("properties:building_grid", args=[building.pk])
    add(building, "9901")
    queries_of(client, url)
    few = queries_of(client, url)
    rooms = units_of(building, 3, 50, 4, usage="let")
    for unit in rooms[:50]:
        UnitMarkFactory(unit=unit)
    many = queries_of(client, url)
    assert many == few <= 25
    started = time.perf_counter()
    text = client.get(url).content.decode()
    assert time.perf_counter() - started < 1
    assert text.count("data-unit=") == len(rooms) + 1


def test_stopped_rooms_are_hatched_and_legend_is_in_the_address(building):
    client = signed_in(user_with(*PERMISSIONS, communities=[building.community]))
    add(building, "0101", disabled_at="2026-01-01T00:00Z")
    add(building, "0102")
    text = client.get(reverse("properties:building_grid", args=[building.pk]) + "?use=own").content.decode()
    assert "u-none off" in text
    assert 'aria-pressed="true"' in text
