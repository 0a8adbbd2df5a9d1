from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import changes, log
from core.errors import BadValue, BusinessError
from core.lexemes import vector
from properties.models import Building, Community, Unit
from properties.naming import building_sort_key, canonical_building, unit_code, unit_lexemes, unit_sort_key
from properties.services import guards

CREATED = log.declare("properties.building.created", gettext_lazy("新增楼栋"))
CHANGED = log.declare("properties.building.changed", gettext_lazy("修改楼栋"))
DISABLED = log.declare("properties.building.disabled", gettext_lazy("停用楼栋"))
RESTORED = log.declare("properties.building.restored", gettext_lazy("恢复楼栋"))


@transaction.atomic
def create_building(*, by: Any, community: Community, number: str, **values: Any) -> Building:
    """`number` may be spelled 3, 03, 3栋 or 3#; it is kept as 3."""
    if community.disabled_at:
        raise BadValue(_("项目%(community)s已停用，不能再加楼栋") % {"community": community}, field="community")
    building = Building(community=community, number=canonical_number(number), **values)
    building.sort_key = building_sort_key(building.number)
    changes.save(building)
    guards.require_in_scope(building, by=by, permission="properties.add_building")
    log.record(CREATED, building, by=by, changes=guards.named(values | {"number": building.number}, building))
    return building


@transaction.atomic
def change_building(building: Building, *, by: Any, **values: Any) -> Building:
    """A new number renames the codes and search words of all its units."""
    if "number" in values:
        values["number"] = canonical_number(values["number"])
    changed = guards.write_change(building, values, action=CHANGED, by=by)
    if "number" in changed:
        building.sort_key = building_sort_key(building.number)
        building.save(update_fields=["sort_key"])
        _rename_units(building)
    return building


def canonical_number(text: str) -> str:
    number = canonical_building(text)
    if not number:
        raise BadValue(_("请填写楼栋号"), field="number")
    return number


def _rename_units(building: Building) -> None:
    units = list(Unit.objects.filter(building=building).only("id", "entrance", "number"))
    for unit in units:
        spelled = (building.number, unit.entrance, unit.number)
        unit.code, unit.sort_key = unit_code(*spelled), unit_sort_key(*spelled)
        unit.search = vector(unit_lexemes(*spelled))
    Unit.objects.bulk_update(units, ["code", "sort_key", "search"], batch_size=500)


def disable_building(building: Building, *, by: Any, reason: str = "") -> Building:
    """It leaves pickers and tabs; its units and their records stay as they are."""
    guards.stop(building, action=DISABLED, by=by, reason=reason)
    return building


def restore_building(building: Building, *, by: Any, reason: str = "") -> Building:
    if building.community.disabled_at:
        raise BusinessError(_("项目%(community)s还在停用中，请先恢复项目") % {"community": building.community})
    guards.restart(building, action=RESTORED, by=by, reason=reason)
    return building
