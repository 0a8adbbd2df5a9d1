"""However the rows of a search are found, they are the same ones (core.web.searching), and lists fetched together are whole."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from core.keys import keys_of, typed
from core.together import together
from core.web import searching
from core.web.paging import count
from owners.queries import matching
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory
from tests.factories.properties import UnitFactory
from tests.factories.workorders import MaterialFactory, WorkOrderFactory
from workorders.models import MaterialLine, OrderClock, WorkOrder
from workorders.queries.missed import missing
from workorders.queries.search import search_orders
from workorders.views.orders import WorkOrderList

pytestmark = pytest.mark.django_db
VIEW = "workorders.view_workorder"


@pytest.mark.parametrize("few", [-1, 50_000], ids=["owners looked up", "owners of the orders looked at"])
@pytest.mark.parametrize("text", ["王", "王秀", "wang"])
def test_who_is_on_file_is_found_from_either_side(monkeypatch, few, text):
    monkeypatch.setattr(matching, "MANY_OWNERS", 0)
    monkeypatch.setattr(matching, "FEW_ROWS", few)
    unit = UnitFactory()
    hers = WorkOrderFactory(unit=unit, owner=OwnerFactory(name="王秀英", units=[unit]), reporter_name="家里人")
    WorkOrderFactory(unit=unit, owner=OwnerFactory(name="李秀英", units=[unit]), reporter_name="家里人")
    elsewhere = WorkOrderFactory(owner=hers.owner, reporter_name="家里人")
    WorkOrderFactory(unit=unit, reporter_name="家里人")
    assert set(search_orders(WorkOrder.objects.all(), text)) == {hers, elsewhere}
    assert set(search_orders(WorkOrder.objects.filter(community=unit.community), text)) == {hers}


def test_a_frequent_word_is_not_gathered_where_nothing_else_narrows_the_rows(monkeypatch):
    """PostgreSQL's statistics say that it is frequent; the rows are those that contain it all the same."""
    orders = [WorkOrderFactory(description=text) for text in ("天花漏水", "漏水", "灯不亮")]
    monkeypatch.setattr(searching, "estimate", lambda rows: max(searching.SURELY_MANY.values()) + 1)
    rows = search_orders(WorkOrder.objects.all(), "漏水")
    assert (set(rows), count(rows).more) == (set(orders[:2]), True)
    for text, meant in (("天花漏", orders[:1]), ("a'b", [])):  # of what is more than a pair, statistics know nothing
        rows = search_orders(WorkOrder.objects.all(), text)
        assert (set(rows), count(rows).number, count(rows).more) == (set(meant), len(meant), False)
    here = search_orders(WorkOrder.objects.filter(community=orders[0].community), "漏水")
    assert (set(here), count(here).number, count(here).more) == ({orders[0]}, 1, False)


@pytest.mark.parametrize(
    ("query", "believed"),
    [
        ("source=wechat", True),
        ("source=wechat&group=all", True),
        ("source=wechat&group=", True),
        ("source=wechat&group=open", False),
        ("source=wechat&urgency=normal", False),
        ("source=wechat&q=漏水", False),
        ("group=all", False),
        ("status=waiting", False),  # an index of its own counts it
    ],
)
def test_what_is_surely_of_one_kind_is_not_counted(monkeypatch, query, believed):
    """Statistics are believed about one column alone, never about two together."""
    here = WorkOrderFactory(source="wechat", description="天花漏水", urgency="normal").community
    WorkOrderFactory(source="wechat", description="天花漏水", urgency="urgent")
    user, local = user_with(VIEW, scope="all"), user_with(VIEW, communities=[here])
    monkeypatch.setattr(searching, "estimate", lambda rows: searching.MANY + 1)
    filters = WorkOrderList.filtered(user, QueryDict(query))
    assert filters.is_valid()
    assert count(filters.qs).more is believed
    assert not count(WorkOrderList.filtered(local, QueryDict(query)).qs).more, "his scope is a column too"
    assert count(filters.qs, exactly=True).number == len(filters.qs) > 0
    monkeypatch.setattr(searching, "estimate", lambda rows: searching.MANY)
    assert not count(WorkOrderList.filtered(user, QueryDict(query)).qs).more


@pytest.mark.parametrize("limit", [10_000, 0], ids=["gathered", "looked through"])
def test_who_missed_a_deadline_is_the_same_however_it_is_asked(monkeypatch, limit):
    monkeypatch.setattr(searching, "EXACT_LIMIT", limit)
    now = timezone.now()

    def order(status, due, *clocks, **values):
        row = WorkOrderFactory(status=status, next_due_at=due, **values)
        for clock, at, met in clocks:
            OrderClock.objects.create(
                order=row, clock=clock, basis="round", minutes=30, starts_at=now, due_at=at, warn_at=at, met_at=met
            )
        return row

    past, future = now - timedelta(hours=1), now + timedelta(hours=1)
    met_late = order("done", None, late_clocks=4)
    owed = order("working", past, ("completion", past, None), ("response", past, past))
    order("working", future, ("completion", future, None))
    order("waiting", past, ("response", past, None), ("completion", future, None), late_clocks=1)
    order("parts", None, ("completion", past, None))  # stands still
    rows = missing(WorkOrder.objects.all(), "completion")
    assert set(rows) == {met_late, owed}
    assert not limit or (count(rows).number, count(rows).more) == (2, False)
    assert set(missing(WorkOrder.objects.filter(pk=owed.pk), "completion")) == {owed}


def test_what_was_found_is_not_counted_again(django_assert_num_queries):
    WorkOrderFactory(description="天花漏水")
    rows = search_orders(WorkOrder.objects.all(), "漏水")
    with django_assert_num_queries(0):
        assert (count(rows).number, count(rows, exactly=True).number) == (1, 1)
    with django_assert_num_queries(1):
        assert count(rows.filter(status="done")).number == 0


def test_conditions_said_in_the_type_of_their_column_mean_the_same():
    first, second, third = (WorkOrderFactory() for _n in range(3))
    places = [first.community_id, second.community_id]
    for rows, found in (
        (WorkOrder.objects.filter(community=first.community), {first}),
        (WorkOrder.objects.filter(community__in=places[:1]), {first}),
        (WorkOrder.objects.filter(community__in=places), {first, second}),
        (WorkOrder.objects.filter(Q(community=first.community) | Q(pk=third.pk)), {first, third}),
        (WorkOrder.objects.exclude(community=first.community), {second, third}),
        (WorkOrder.objects.all(), {first, second, third}),
    ):
        same = typed(rows, "community")
        assert set(same) == set(rows) == found
        assert ("::bigint" in str(same.query)) == bool(rows.query.where)
        assert "::bigint" not in str(rows.query)


def test_keys_of_many_rows():
    orders = {WorkOrderFactory().pk for _n in range(3)}
    assert set(keys_of(WorkOrder.objects.all(), 10)) == orders
    assert len(keys_of(WorkOrder.objects.all(), 2)) == 2
    assert keys_of(WorkOrder.objects.none(), 10) == keys_of(WorkOrder.objects.filter(number="BX"), 10) == []


def test_the_search_of_a_list_stays_within_its_reader(monkeypatch):
    unit = UnitFactory()
    here = WorkOrderFactory(unit=unit, reporter_name="王强", description="漏水")
    WorkOrderFactory(reporter_name="王强", description="漏水")
    reader = user_with("workorders.view_workorder", communities=[unit.community])
    for text in ("王", "漏水"):
        assert set(WorkOrderList.filtered(reader, QueryDict(f"q={text}&group=all")).qs) == {here}


def test_lists_asked_for_together_are_those_asked_for_alone(django_assert_num_queries):
    order = WorkOrderFactory()
    material = MaterialFactory()
    for quantity in ("1.50", "2.00"):
        MaterialLine.objects.create(
            order=order, material=material, code=material.code, name='角阀 "快开"\\', measure="个", quantity=Decimal(quantity),
            price=material.price, amount=Decimal("27.75"),
        )  # fmt: skip
    wanted = (
        order.materials.all(),
        OrderClock.objects.filter(order=order),
        order.checks.all(),
        WorkOrder.objects.none(),
    )
    with django_assert_num_queries(1):
        found = together(*wanted)
    assert len(found[0]) == 2
    for rows, alone in zip(found, wanted, strict=True):
        assert [vars(row) | {"_state": None} for row in rows] == [vars(row) | {"_state": None} for row in alone]
