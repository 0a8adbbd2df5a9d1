"""The hot list: filters, bulk acts, keyset pages on the index."""

import pytest
from django.db import connection
from django.urls import reverse

from core.models import LogEntry
from core.web import paging
from properties.models import Unit
from properties.queries import unit_rows
from tests.factories.audit import user_with
from tests.factories.properties import BuildingFactory, ParkingFactory, UnitFactory, UnitMarkFactory, units_of
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
LIST = "properties:unit_list"


@pytest.fixture
def building():
    return BuildingFactory(number="3")


@pytest.fixture
def client(building):
    return signed_in(user_with("properties.view_unit", "properties.change_unit", communities=[building.community]))


def shown(client, **query):
    rows = client.get(reverse(LIST), query).context["table"]["rows"]
    return [row.pk for row in rows]


def test_r11_exact_and_fuzzy_rooms(building, client):
    units_of(building, 2, 15, 2)
    one = Unit.objects.get(entrance="2", number="1502")
    assert shown(client, room="3-2-1502") == [one.pk]
    assert shown(client, room="3栋2单元1502") == [one.pk]
    assert len(shown(client, room="1502")) == 2
    assert shown(client, room="150") == []
    assert len(shown(client, q="150")) == 4
    assert shown(client, q="3-2-1502") == [one.pk]


def test_filters(building, client):
    unit = UnitFactory(
        building=building, number="0501", built_area="120", delivered_on="2024-06-30", delivery_status="delivered"
    )
    other = UnitFactory(
        building=building, entrance="2", number="1001", built_area="60", usage="let", delivery_status="sold"
    )
    UnitMarkFactory(unit=unit, kind="care")
    for query in (
        {"floor_min": 1, "floor_max": 8},
        {"built_area_min": 100},
        {"delivered_on_after": "2024-01-01", "delivered_on_before": "2024-12-31"},
        {"mark": "care"},
        {"entrance": "1单元"},
        {"usage": "own"},
        {"delivery_status": "delivered"},
        {"building": building.pk, "room": "0501"},
    ):
        assert shown(client, **query) == [unit.pk], query
    assert shown(client, usage="let") == [other.pk]


def test_chip_names_the_building_and_takes_it_away(building, client):
    UnitFactory(building=building)
    chips = client.get(reverse(LIST), {"community": building.community_id, "building": building.pk}).context["chips"]
    assert [(chip.label, chip.value) for chip in chips] == [("项目", building.community.name), ("楼栋", "3栋")]
    assert f"community={building.community_id}" in chips[1].remove_url
    assert "building" not in chips[1].remove_url


def test_bulk_usage_of_the_whole_filtered_list(building, client):
    units_of(building, 1, 15, 4)
    ParkingFactory(building=building)
    url, chosen = reverse("properties:unit_usage"), {"all": "1", "filter": f"building={building.pk}"}
    page = client.post(url, chosen)
    assert page.context["summary"]["total"] == 61
    assert not LogEntry.objects.filter(action="properties.unit.usage_set").exists()
    done = client.post(url, chosen | {"usage": "vacant", "expected": "61"}, follow=True)
    assert (
        Unit.objects.filter(usage="vacant").count()
        == LogEntry.objects.filter(action="properties.unit.usage_set").count()
        == 60
    )
    undo = next(iter(done.context["messages"])).extra_tags.removeprefix("undo:")
    client.post(undo)
    assert Unit.objects.filter(usage="own").count() == 60


def test_bulk_usage_asks_again_when_the_filter_now_gives_other_rows(building, client):
    units_of(building, 1, 2, 2)
    url = reverse("properties:unit_usage")
    page = client.post(url, {"all": "1", "filter": "", "usage": "vacant", "expected": "3"})
    assert page.status_code == 200
    assert not Unit.objects.filter(usage="vacant").exists()


def test_bulk_usage_never_reaches_rows_one_may_only_see(building, client):
    foreign = UnitFactory()
    client.post(reverse("properties:unit_usage"), {"ids": [foreign.pk], "usage": "vacant", "expected": "0"})
    assert Unit.objects.get(pk=foreign.pk).usage == "own"


def test_keyset_pages_visit_every_row_once_in_order(building):
    units_of(building, 2, 15, 4)
    rows, order = Unit.objects.filter(community=building.community), ["sort_key"]
    total, seen, after = paging.count(rows), [], None
    while True:
        page = (
            paging.page_by_key(rows, order, 20, total, after=after)
            if after
            else paging.page_by_number(rows, order, 1, 20, total)
        )
        seen += [unit.pk for unit in page.rows]
        if not page.has_next:
            break
        after = page.rows[-1].pk
    assert seen == list(rows.order_by("sort_key", "pk").values_list("pk", flat=True))
    back = paging.page_by_key(rows, order, 20, total, before=seen[40])
    assert [unit.pk for unit in back.rows] == seen[20:40]


@pytest.mark.parametrize(
    ("number", "first", "shown"), [(0, 0, 1), (1, 0, 1), (2, 20, 2), (3, 40, 3), (9, 40, 3), (10**17, 40, 3)]
)
def test_page_and_count_come_together(building, django_assert_num_queries, number, first, shown):
    """Beyond the last page stands the last, which takes a second look."""
    units_of(building, 1, 15, 3)
    rows = Unit.objects.filter(community=building.community)
    with django_assert_num_queries(3 if number > 3 else 2):
        page = paging.page_and_count(rows, ["-floor", "sort_key"], number, 20, load=rows.in_bulk)
    wanted = list(rows.order_by("-floor", "sort_key", "pk"))
    assert page.rows == wanted[first : first + 20]
    assert (page.number, page.count, page.has_next) == (shown, paging.Count(45, False), shown < 3)


@pytest.mark.parametrize("nobody", [Unit.objects.none(), Unit.objects.filter(number="nowhere")])
def test_page_and_count_of_nothing(db, nobody):
    page = paging.page_and_count(nobody, ["sort_key"], 2, 20, load=nobody.in_bulk)
    assert (page.rows, page.number, page.count.text, page.has_next) == ([], 1, "0", False)


def test_keyset_page_reads_the_index(building):
    units_of(building, 3, 50, 4)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE properties_unit")
        cursor.execute("SET LOCAL enable_seqscan = off")
    rows = Unit.objects.filter(community=building.community)
    middle = rows.order_by("sort_key")[300]
    plan = paging.order(paging.beyond(unit_rows(rows), ["sort_key"], middle.pk), ["sort_key"])[:51].explain()
    assert "properties_unit_order" in plan or "properties_unit_building" in plan, plan
    assert "Incremental Sort" in plan or "Sort Key" not in plan, plan
