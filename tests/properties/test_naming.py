"""Room numbers in every spelling people use end as one (DOMAIN 2.0)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadValue
from properties import naming

BUILDINGS = st.integers(1, 120).map(str) | st.sampled_from(["A座", "S1", "B"])
ENTRANCES = st.integers(1, 9).map(str)
NUMBERS = st.builds(lambda floor, door: f"{floor:02}{door:02}", st.integers(1, 60), st.integers(1, 20))


@given(BUILDINGS, ENTRANCES, NUMBERS)
def test_three_parts_survive_any_dash(building, entrance, number):
    wanted = naming.RoomName(building, entrance, number)
    for dash in "-‐–—－/":
        assert naming.split_room(f"{building}{dash}{entrance}{dash}{number}") == wanted


@given(st.integers(1, 120), ENTRANCES, NUMBERS)
def test_spoken_full_width_and_padded_spellings_agree(building, entrance, number):
    wanted = naming.RoomName(str(building), entrance, number)
    full_width = str.maketrans("0123456789", "０１２３４５６７８９")
    for spelled in (
        f"{building}栋{entrance}单元{number}",
        f"{building}号楼{entrance}单元{number}室",
        f"{building:02}-{int(entrance):02}-{number}",
        f" {building}#{entrance}单元 {number} ",
        f"{building}栋{entrance}单元{number}".translate(full_width),
    ):
        assert naming.split_room(spelled) == wanted, spelled


@given(BUILDINGS, ENTRANCES, NUMBERS)
def test_canonical_forms_are_fixed_points(building, entrance, number):
    for canonical, text in (
        (naming.canonical_building, building),
        (naming.canonical_entrance, entrance),
        (naming.canonical_number, number),
    ):
        once = canonical(text)
        assert canonical(once) == once


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text):
    try:
        room = naming.split_room(text)
    except BadValue:  # characters no database takes are refused, with a sentence
        return
    assert room is None or (room.building is not None and room.number is not None)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 9), st.integers(1, 60)), min_size=2, max_size=20))
def test_sort_key_sorts_as_people_count(rooms):
    keys = sorted(rooms, key=lambda r: naming.unit_sort_key(str(r[0]), str(r[1]), f"{r[2]:02}01"))
    assert keys == sorted(rooms)


@given(st.integers(1, 120).map(str), ENTRANCES, NUMBERS)
def test_every_search_spelling_begins_a_lexeme(building, entrance, number):
    words = set(naming.unit_lexemes(building, entrance, number))
    for typed in (
        f"{building}-{entrance}-{number}",
        f"{building}栋{entrance}单元{number}",
        f"{building}栋{number}",
        number,
        f"{building.zfill(2)}{number}",
        f"{building}-{entrance}-{number}"[:-1],
    ):
        for word in naming.search_words(typed):
            assert any(lexeme.startswith(word) for lexeme in words), (typed, word)


@pytest.mark.parametrize(
    ("number", "floor"),
    [
        ("1502", 15),
        ("0301", 3),
        ("301", 3),
        ("B1-0235", -1),
        ("负2-001", -2),
        ("S-101", None),
        ("12", None),
        ("10001", 100),
    ],
)
def test_floor_is_guessed_only_where_the_number_tells_it(number, floor):
    assert naming.floor_of(number) == floor


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3栋", "3"),
        ("03", "3"),
        ("3#", "3"),
        ("三号楼", "3"),
        ("十二栋", "12"),
        ("二十栋", "20"),
        ("A座", "A座"),
        ("0", "0"),
    ],
)
def test_building_numbers_lose_what_means_nothing(typed, kept):
    assert naming.canonical_building(typed) == kept


def test_code_pads_to_two_digits():
    assert naming.unit_code("3", "2", "1502") == "03-02-1502"
    assert naming.unit_code("地下车库B1", "", "0235") == "地下车库B1-0235"


def test_dashes_after_a_spoken_building_name_entrance_or_basement():
    assert naming.split_room("A座-1-1001") == naming.RoomName("A座", "1", "1001")
    assert naming.split_room("3栋-B1-0235") == naming.RoomName("3", "", "B1-0235")
    assert naming.split_room("3栋2单元-1502") == naming.RoomName("3", "2", "1502")
