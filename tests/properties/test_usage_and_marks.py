import pytest

from core.errors import BusinessError
from core.models import LogEntry
from properties.models import Unit, UnitMark
from properties.services import marks, usage
from tests.factories.audit import user_with
from tests.factories.properties import BuildingFactory, ParkingFactory, UnitFactory, units_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def building():
    return BuildingFactory()


@pytest.fixture
def clerk(building):
    return user_with("properties.change_unit", communities=[building.community])


def test_bulk_usage_logs_each_changed_unit_and_can_be_taken_back(building, clerk):
    rows = units_of(building, 1, 3, 2)
    let, space = UnitFactory(building=building, number="9901", usage="let"), ParkingFactory(building=building)
    done = usage.set_usage([unit.pk for unit in [*rows, let, space]], by=clerk, usage="let")
    assert (done.changed, done.same, done.skipped) == (6, 1, 1)
    assert LogEntry.objects.filter(batch=done.batch).count() == 6
    Unit.objects.filter(pk=rows[0].pk).update(usage="vacant")
    assert usage.take_back(done.batch, by=clerk) == 5
    assert Unit.objects.get(pk=rows[0].pk).usage == "vacant"
    assert Unit.objects.filter(usage="own").count() == 5
    assert Unit.objects.get(pk=let.pk).usage == "let"


def test_one_foreign_row_stops_the_whole_act(building, clerk):
    own, foreign = UnitFactory(building=building), UnitFactory()
    with pytest.raises(BusinessError, match="数据范围"):
        usage.set_usage([own.pk, foreign.pk], by=clerk, usage="vacant")
    assert Unit.objects.get(pk=own.pk).usage == "own"


def test_only_the_actor_takes_back(building, clerk):
    done = usage.set_usage([UnitFactory(building=building).pk], by=clerk, usage="vacant")
    other = user_with("properties.change_unit", communities=[building.community])
    with pytest.raises(BusinessError):
        usage.take_back(done.batch, by=other)


def test_mark_is_written_once_and_cleared_by_nothing():
    unit = UnitFactory()
    marks.set_mark(unit, UnitMark.Kind.ARREARS, source="billing", count=2, amount="751.80", note="逾期 56 天")
    marks.set_mark(unit.pk, UnitMark.Kind.ARREARS, source="billing", count=3)
    assert list(unit.marks.values_list("kind", "count")) == [("arrears", 3)]
    marks.set_mark(unit, UnitMark.Kind.ARREARS, source="billing", count=0)
    assert not unit.marks.exists()


def test_rebuilt_marks_equal_what_the_source_says(monkeypatch):
    unit, other = UnitFactory(), UnitFactory()
    monkeypatch.setattr(marks, "_rebuilders", {})
    marks.register_rebuilder(
        "orders", lambda: [marks.MarkRow(unit.pk, "open_orders", 2), marks.MarkRow(other.pk, "care", 0)]
    )
    marks.set_mark(other, "open_orders", source="orders")
    marks.set_mark(other, "arrears", source="billing")
    assert marks.rebuild_marks("orders") == 1
    assert set(UnitMark.objects.values_list("unit", "kind", "count")) == {
        (unit.pk, "open_orders", 2),
        (other.pk, "arrears", 1),
    }
