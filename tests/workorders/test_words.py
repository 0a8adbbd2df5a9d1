"""Words inside a text by pairs of characters: whatever is typed is found as a plain comparison finds it."""

import pytest

from core.bigrams import matching, pairs_of
from tests.factories.properties import UnitFactory
from tests.factories.workorders import WorkOrderFactory
from workorders.models import WorkOrder

TEXTS = (
    "厨房漏水，角阀坏了",
    "漏",
    "水漏了",
    "LED灯不亮",
    "led 灯带\n不亮",
    "3栋大厅WiFi断",
    "客厅/a",
    "“渗漏”100%",
    "\\漏_水",
    "々漏水㐀",
    "3-2-1502室 12:30",
    "-15/+02.5e12",
)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("漏水", ["漏水"]),
        ("天花漏", ["天花", "花漏"]),
        ("漏", ["漏"]),
        ("LED", ["ed", "le"]),
        ("，", []),
        ("1", []),
        ("3-2-1502", ["02", "15", "50"]),
        ("漏1", []),
    ],
)
def test_what_the_index_is_asked_for(text, pairs):
    assert pairs_of(text) == pairs


@pytest.mark.django_db
def test_what_the_text_contains_is_found_and_nothing_else():
    unit = UnitFactory()
    for text in TEXTS:
        WorkOrderFactory(unit=unit, description=text)
    pieces = {text[at : at + length] for text in TEXTS for at in range(len(text)) for length in (1, 2, 3, 5)}
    for piece in sorted(pieces | {"水漏", "不存在", "%", "_"}):
        found = set(WorkOrder.objects.filter(matching("description", piece)).values_list("description", flat=True))
        assert found == {text for text in TEXTS if piece.upper() in text.upper()}, piece
