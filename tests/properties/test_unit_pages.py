"""Pages of units."""

import pytest

from core.models import DictItem
from properties.forms import UnitForm
from properties.models import Unit
from tests.factories.audit import user_with
from tests.factories.properties import UnitFactory, UnitMarkFactory, dictionary_item
from tests.properties.support import OnUnit, Restores, Stops
from tests.support.cases import CreateCase, DetailCase, FormCase, ListCase


class TestUnitList(ListCase):
    url_name, permission, search = "properties:unit_list", "properties.view_unit", ("?q=15", "?q=9999")

    def make(self, community):
        unit = UnitFactory(building__community=community, number=f"15{Unit.objects.count() + 10}")
        UnitMarkFactory(unit=unit)
        return unit


class TestUnitCard(OnUnit, DetailCase):
    url_name, permission = "properties:unit_card", "properties.view_unit"

    def shows(self, row):
        return [row.label, "89.50"]


class TestUnitCreate(OnUnit, CreateCase):
    model = Unit
    url_name, permission = "properties:unit_create", "properties.add_unit"
    log_action, invalid_field = "properties.unit.created", "inner_area"

    def valid(self):
        return {
            "building": self.own_row.building_id,
            "entrance": "1单元",
            "number": "301",
            "unit_type": dictionary_item("unit_type", "住宅-高层").pk,
            "built_area": "89.50",
            "delivery_status": "delivered",
            "delivered_on": "20240630",
        }

    def invalid(self):
        return self.valid() | {"inner_area": "100"}

    def foreign_data(self):
        return self.valid() | {"building": self.foreign_row.building_id}

    def check(self, row):
        assert (row.entrance, row.floor, str(row.delivered_on), row.community) == ("1", 3, "2024-06-30", self.own)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("unit_type", "refused"), [("shop", True), ("office", True), ("parking", False), ("storage", False)]
)
def test_what_is_lived_or_worked_in_needs_its_built_area(unit_type, refused):
    item = DictItem.objects.get(type__code="unit_type", code=unit_type)
    form = UnitForm({"unit_type": item.pk}, user=user_with("properties.add_unit"))
    assert ("built_area" in form.errors) is refused


class TestUnitUpdate(OnUnit, FormCase):
    url_name, permission = "properties:unit_update", "properties.change_unit"
    log_action, invalid_field = "properties.unit.changed", "parking_status"

    def valid(self):
        row = self.own_row
        return {
            "building": row.building_id, "entrance": row.entrance, "number": row.number, "floor": row.floor, "built_area": "90",
            "unit_type": row.unit_type_id, "usage": "let", "delivery_status": row.delivery_status,
        }  # fmt: skip

    def invalid(self):
        return self.valid() | {"parking_status": "let"}

    def check(self, row):
        assert (row.usage, str(row.built_area)) == ("let", "90.00")


class TestUnitDisable(OnUnit, Stops):
    url_name, permission = "properties:unit_disable", "properties.disable_unit"
    log_action = "properties.unit.disabled"


class TestUnitRestore(OnUnit, Restores):
    url_name, permission = "properties:unit_restore", "properties.disable_unit"
    log_action = "properties.unit.restored"
