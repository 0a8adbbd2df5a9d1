"""Percentiles of whole microseconds against PostgreSQL's own, whatever the number of values; owners of one name in many numbers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from owners.queries import matching
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.factories.workorders import WorkOrderFactory
from workorders.models import WorkOrder
from workorders.queries.figures import figures_of
from workorders.queries.search import search_orders
from workorders.states import Status

pytestmark = pytest.mark.django_db

_PEER = """
SELECT percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY date_part('epoch', completed_at - reported_at) / 60)
  FROM workorders_workorder WHERE completed_at IS NOT NULL
"""


def orders(count):
    start, community = timezone.now() - timedelta(days=9), CommunityFactory()
    first = WorkOrderFactory(unit=UnitFactory(building__community=community), status=Status.ARCHIVED)
    skipped = {"id", "uid", "number", "reported_at", "completed_at"}
    same = {f.attname: getattr(first, f.attname) for f in WorkOrder._meta.concrete_fields if f.attname not in skipped}
    WorkOrder.objects.all().delete()
    WorkOrder.objects.bulk_create(
        WorkOrder(
            **same, number=f"T{at}", reported_at=start,
            completed_at=start + timedelta(minutes=at * at % 97, microseconds=at * 7919 % 1000),
        )
        for at in range(count)
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 2, 3, 10, 11, 12, 19, 101])
def test_percentiles_are_those_of_percentile_cont(count):
    orders(count)
    lines, spread = figures_of(WorkOrder.objects.all(), "kind_id")
    with connection.cursor() as cursor:
        cursor.execute(_PEER)
        peer = cursor.fetchone()[0]
    assert spread == pytest.approx(peer, abs=1e-6)
    assert [[line["p50"], line["p90"]] for line in lines] == [spread]
    assert (lines[0]["total"], lines[0]["finished"]) == (count, count)


def test_nothing_finished_has_no_percentiles():
    order = WorkOrderFactory(unit=UnitFactory(), status=Status.WAITING)
    WorkOrder.objects.exclude(pk=order.pk).delete()
    lines, spread = figures_of(WorkOrder.objects.all(), "kind_id")
    assert (spread, lines[0]["p50"], lines[0]["p90"], lines[0]["total"]) == ([None, None], None, None, 1)
    assert figures_of(WorkOrder.objects.none(), "kind_id") == ([], [None, None])


@pytest.mark.parametrize("many", [0, 2_000])
def test_a_surname_finds_the_same_orders_either_way(many, monkeypatch):
    """However many owners are called so: by the reporter's name, and by the owner's whatever the reporter is called."""
    from tests.factories.owners import OwnerFactory

    monkeypatch.setattr(matching, "MANY_OWNERS", many)
    community = CommunityFactory()
    unit = UnitFactory(building__community=community)
    named = WorkOrderFactory(unit=unit, reporter_name="王芳", owner=None)
    owned = WorkOrderFactory(unit=unit, reporter_name="李雷", owner=OwnerFactory(name="王伟"))
    WorkOrderFactory(unit=unit, reporter_name="赵四", owner=OwnerFactory(name="赵四"))
    rows = WorkOrder.objects.filter(community=community)
    assert set(search_orders(rows, "王")) == {named, owned}
