import pytest

from core.actors import SYSTEM
from core.errors import BusinessError
from core.models import LogEntry
from properties.models import Unit
from properties.services import copying, units
from tests.factories.audit import user_with
from tests.factories.properties import BuildingFactory, CommunityFactory, units_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    building = BuildingFactory(number="3", floors_above=3, entrance_count=2)
    sold = {
        "contract_number": "HT-1",
        "buyer": "王建国",
        "usage": "let",
        "billing_from": "2024-01-01",
        "remark": "钥匙在前台",
    }
    units_of(building, 2, 3, 4, design_code="A1", inner_area="70.00", **sold)
    return building


def test_r34_copy_takes_rooms_and_design_but_no_sale_and_no_use(source):
    made = copying.copy_building(source, "5栋", by=SYSTEM)
    copied = Unit.objects.filter(building=made)
    assert (made.number, made.entrance_count, copied.count()) == ("5", 2, 24)
    unit = copied.get(entrance="2", number="0304")
    assert (unit.code, unit.design_code, str(unit.inner_area), unit.floor) == ("05-02-0304", "A1", "70.00", 3)
    assert unit.delivery_status == "unsold"
    assert [getattr(unit, name) or None for name in copying.LEFT_OUT] == [None] * len(copying.LEFT_OUT)
    assert Unit.objects.filter(search__begins=["5-2-0304"]).exists()


def test_every_column_is_either_copied_or_left_out():
    known = {"id", "community", "building", "code", "sort_key", "search", "created_at", "updated_at", "disabled_at"}
    known |= {name.removesuffix("_id") for name in copying.UNIT_FIELDS} | set(copying.LEFT_OUT) | {"delivery_status"}
    assert {field.name for field in Unit._meta.concrete_fields} - known == set()


def test_preview_says_what_would_be_made_and_writes_nothing(source):
    before = Unit.objects.count(), LogEntry.objects.count()
    preview = copying.preview_copy(source, "05", part=copying.Part(("1",), 2, 3))
    assert (preview.number, preview.taken, preview.units) == ("5", False, 8)
    assert (preview.floor_lowest, preview.floor_highest) == (2, 3)
    assert preview.entrances == [{"entrance": "1", "n": 8}]
    assert "销售合同号" in preview.left_out
    assert (Unit.objects.count(), LogEntry.objects.count()) == before
    assert copying.copy_building(source, "5", by=SYSTEM, part=copying.Part(("1",), 2, 3)).units.count() == preview.units


def test_taken_number_is_refused_and_leaves_nothing(source):
    assert copying.preview_copy(source, "3").taken
    with pytest.raises(BusinessError, match="同号"):
        copying.copy_building(source, "3#", by=SYSTEM)
    assert Unit.objects.count() == 24


def test_stopped_rooms_stay_behind_and_each_room_is_logged(source):
    units.disable_unit(source.units.first(), by=SYSTEM)
    copying.copy_building(source, "5", by=SYSTEM)
    assert LogEntry.objects.filter(action=units.CREATED).count() == 23
    assert LogEntry.objects.get(action=copying.COPIED).changes == {"source": "3栋", "units": 23}


def test_copy_into_a_foreign_community_is_refused(source):
    user = user_with("properties.add_building", communities=[source.community])
    with pytest.raises(BusinessError, match="数据范围"):
        copying.copy_building(source, "5", by=user, community=CommunityFactory())
