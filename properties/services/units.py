"""Units: flats, shops, parking spaces, store rooms (R13, R31–R33)."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import changes, log
from core.errors import BadValue, BusinessError
from core.lexemes import vector
from core.models import DictItem
from properties.models import Building, Unit, UnitKind
from properties.naming import (
    canonical_entrance,
    canonical_number,
    floor_of,
    unit_code,
    unit_lexemes,
    unit_sort_key,
)
from properties.seeds import KIND_OF_TYPE
from properties.services import guards

CREATED = log.declare("properties.unit.created", gettext_lazy("新增房屋"))
CHANGED = log.declare("properties.unit.changed", gettext_lazy("修改房屋"))
DISABLED = log.declare("properties.unit.disabled", gettext_lazy("停用房屋"))
RESTORED = log.declare("properties.unit.restored", gettext_lazy("恢复房屋"))


# Parking spaces and store rooms are often sold without a measured area; everything else is charged by it.
AREA_FREE = (UnitKind.PARKING, UnitKind.STORAGE)


def kind_of(unit_type: DictItem) -> UnitKind:
    """The kind code works with, from the word people chose."""
    return KIND_OF_TYPE.get(unit_type.code, UnitKind.HOME)


def why_types_differ(merged: DictItem, kept: DictItem) -> str:
    """Units keep the kind their type stood for when they were saved: a merge may not leave flats that are parking spaces."""
    if kind_of(merged) == kind_of(kept):
        return ""
    words = {"merged": merged, "kept": kept, "one": kind_of(merged).label, "other": kind_of(kept).label}
    return _("“%(merged)s”按%(one)s管理，“%(kept)s”按%(other)s管理，不能合并") % words


def spell(unit: Unit) -> None:
    """Sets everything that follows from building, entrance and number."""
    spelled = (unit.building.number, unit.entrance, unit.number)
    unit.code, unit.sort_key = unit_code(*spelled), unit_sort_key(*spelled)
    unit.search = vector(unit_lexemes(*spelled))


@transaction.atomic
def create_unit(*, by: Any, building: Building, number: str, entrance: str = "", **values: Any) -> Unit:
    """Floor is guessed from the room number when it is not given; the community is the building's."""
    if building.disabled_at:
        raise BadValue(_("%(building)s已停用，不能再加房屋") % {"building": building}, field="building")
    values |= _tidy(entrance=entrance, number=number)
    unit = Unit(building=building, community=building.community, **values)
    unit.floor = floor_of(unit.number) if unit.floor is None else unit.floor
    unit.kind = kind_of(unit.unit_type)
    spell(unit)
    _check(unit)
    changes.save(unit)
    guards.require_in_scope(unit, by=by, permission="properties.add_unit")
    log.record(CREATED, unit, by=by, changes=guards.named(values, unit))
    return unit


@transaction.atomic
def change_unit(unit: Unit, *, by: Any, **values: Any) -> Unit:
    """Changes the given fields only; a unit moves to another building of the same community at most."""
    values |= _tidy(**{name: values[name] for name in ("entrance", "number") if name in values})
    building = values.get("building", unit.building)
    if building.community_id != unit.community_id:
        raise BadValue(_("只能换到同一项目的楼栋"), field="building")
    if "unit_type" in values:
        values["kind"] = kind_of(values["unit_type"])
    changed = changes.assign(unit, values)
    if not changed:
        return unit
    spell(unit)
    _check(unit)
    unit.updated_at = timezone.now()
    changes.save(unit)
    if "building" in changed:
        guards.require_in_scope(unit, by=by, permission="properties.change_unit")
    log.record(CHANGED, unit, by=by, changes=changed)
    return unit


def _tidy(**spelled: str) -> dict[str, str]:
    tidy = {}
    if "entrance" in spelled:
        tidy["entrance"] = canonical_entrance(spelled["entrance"])
    if "number" in spelled:
        tidy["number"] = canonical_number(spelled["number"])
        if not tidy["number"]:
            raise BadValue(_("请填写房号"), field="number")
    return tidy


def _check(unit: Unit) -> None:
    if unit.built_area is not None and unit.inner_area is not None and unit.inner_area > unit.built_area:
        raise BadValue(_("套内面积不能大于建筑面积"), field="inner_area")
    if unit.kind != UnitKind.PARKING and unit.parking_status:
        raise BadValue(_("只有车位才有车位状态"), field="parking_status")


def disable_unit(unit: Unit, *, by: Any, reason: str = "") -> Unit:
    """It leaves pickers and counts; its file and its records stay readable."""
    guards.stop(unit, action=DISABLED, by=by, reason=reason)
    return unit


def restore_unit(unit: Unit, *, by: Any, reason: str = "") -> Unit:
    if unit.building.disabled_at:
        raise BusinessError(_("%(building)s还在停用中，请先恢复楼栋") % {"building": unit.building})
    guards.restart(unit, action=RESTORED, by=by, reason=reason)
    return unit
