"""From the result of an import to the lists of what it made: the same numbers, through the reader's own scope."""

import re
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from owners.importing import batches, checking, undoing
from owners.models import Owner
from owners.views.people import OwnerListView
from properties.models import Building, Unit
from properties.views.units import UnitList
from tests.factories.audit import grant_to, user_with
from tests.owners.importing.conftest import WANG, Desk
from tests.support.cases import make_community, signed_in

pytestmark = pytest.mark.django_db
OTHER = ("5", "1", "101", "高层", 60, "李四", "业主", "13900139000", "")
SAME_UNIT = (*WANG[:5], "李芳", "共有人", "13911112222", "")
_DOOR = re.compile(r'href="([^"]+\?batch=[^"]+)">查看新增的 ([0-9,]+) ')


def doors(client: Client, batch: Any) -> dict[str, int]:
    return {url: int(count) for url, count in _DOOR.findall(client.get(batch.get_absolute_url()).content.decode())}


def test_the_doors_lead_to_as_many_rows_as_they_say(desk: Desk, client: Client) -> None:
    desk.bring([("9", "1", "101", "高层", 60, "旁人", "业主", "13922223333", "")])
    batch = desk.bring([WANG, SAME_UNIT, OTHER])
    units, owners = (f"{reverse(name)}?batch={batch.uid}" for name in ("properties:unit_list", "owners:owner_list"))
    assert doors(client, batch) == {units: 2, owners: 3}
    for url in (units, owners):
        assert "业主.xlsx" in client.get(url).content.decode()  # the chip says which import
    query = QueryDict(f"batch={batch.uid}")
    assert set(OwnerListView.filtered(desk.user, query).qs.values_list("name", flat=True)) == {"王建国", "李芳", "李四"}
    assert UnitList.filtered(desk.user, query).qs.count() == 2
    assert doors(client, desk.bring([WANG, SAME_UNIT, OTHER])) == {}


def test_a_reader_of_one_building_finds_what_stands_there(desk: Desk) -> None:
    batch = desk.bring([WANG, OTHER])
    keeper = user_with("owners.import_owner", communities=[desk.community])
    grant_to(keeper, "properties.view_unit", buildings=[Building.objects.get(number="5")])
    assert doors(signed_in(keeper), batch) == {f"{reverse('properties:unit_list')}?batch={batch.uid}": 1}
    assert UnitList.filtered(keeper, QueryDict(f"batch={batch.uid}")).qs.get().number == "101"


def test_nobody_narrows_a_list_by_an_import_he_may_not_see(desk: Desk, client: Client) -> None:
    batch = desk.bring([WANG])
    listing = reverse("owners:owner_list")
    reader = user_with("owners.view_owner", communities=[desk.community])
    assert "业主.xlsx" not in signed_in(reader).get(f"{listing}?batch={batch.uid}").content.decode()
    assert "导入批次" not in signed_in(reader).get(f"{listing}?more=1").content.decode()
    grant_to(reader, "owners.import_owner", communities=[make_community("ELSE")])
    assert "业主.xlsx" not in signed_in(reader).get(f"{listing}?batch={batch.uid}").content.decode()
    assert client.get(f"{listing}?batch=nonsense").status_code == 200
    assert "业主.xlsx" in client.get(f"{listing}?more=1").content.decode()


def test_what_was_taken_back_has_no_door(desk: Desk, client: Client) -> None:
    batch = desk.bring([WANG])
    batches.queue_undo(batch, by=desk.user)
    undoing.undo(batch, by=desk.user, progress=checking.Quietly())
    assert doors(client, batch) == {}
    assert not Owner.objects.exists()
    assert not Unit.objects.exists()


def test_a_list_that_is_not_narrowed_asks_nothing_about_imports(desk: Desk, client: Client) -> None:
    desk.bring([WANG])
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("owners:owner_list"))
    assert not [query for query in queries.captured_queries if "owners_importbatch" in query["sql"]]
