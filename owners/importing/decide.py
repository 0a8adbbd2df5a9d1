"""What every row would do. The same code judges the whole file for the preview and each chunk again while it is written: where
the second answer differs from the first, somebody has been there in between.

error > added > changed > unchanged; a row counts once. What a unit or a person changes is put down to its first row.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core.excel.cells import CLEAR
from owners.importing.decide_people import decide_person, match_person
from owners.importing.decide_tenures import decide_tenures
from owners.importing.facts import Facts
from owners.importing.ground import Ground
from owners.importing.plans import FileRow, PersonPlan, UnitPlan
from owners.models import ImportRow
from properties.naming import floor_of

# As plain text: they are written a hundred thousand times.
ADDED, CHANGED = ImportRow.Outcome.ADDED.value, ImportRow.Outcome.CHANGED.value
UNCHANGED, ERROR = ImportRow.Outcome.UNCHANGED.value, ImportRow.Outcome.ERROR.value
_NEEDED_OF_A_UNIT = ("unit_type", "built_area")


def decide(ground: Ground, facts: Facts, units: Sequence[UnitPlan], people: Sequence[PersonPlan]) -> None:
    """Fills `outcome`, `sets`, `adds`, `tenure` of every good row; adds errors and notices."""
    for unit in units:
        _merge_unit(ground, facts, unit)
    for person in people:
        match_person(ground, facts, person)
    for unit in units:
        _decide_unit(ground, facts, unit)
    for person in people:
        decide_person(ground, facts, person)
    for unit in units:
        _settle(unit)


# --- units ------------------------------------------------------------------------------------------------------------------


def _merge_unit(ground: Ground, facts: Facts, unit: UnitPlan) -> None:
    """One value a field from all rows of the unit; rows that contradict each other are both flagged."""
    values, said_by = unit.values, unit.said_by
    for row in unit.rows:
        if row.errors:
            continue
        for key in ground.unit_keys:
            value = row.values.get(key)
            if value is None:
                continue
            if key not in values:
                values[key], said_by[key] = value, row
            elif values[key] != value:
                first = said_by[key]
                ground.blame.add(row, key, _("与第 %d 行不一致") % first.number, _("同一套房屋请填同一个值"))
                ground.blame.add(first, key, _("与第 %d 行不一致") % row.number, _("同一套房屋请填同一个值"))
    if not ground.may_write(unit.building_id):
        for row in unit.rows:
            ground.blame.add(row, "building", _("不在您的数据范围内"), _("请核对楼栋，或联系管理员调整授权"))


def _decide_unit(ground: Ground, facts: Facts, unit: UnitPlan) -> None:
    rows = [row for row in unit.rows if not row.errors]
    if not rows:
        return
    first = rows[0]
    if unit.fact is None:
        _new_unit(ground, unit, rows)
    elif unit.fact.disabled:
        for row in rows:
            ground.blame.add(row, "number", _("这套房屋已停用"), _("请先在房产里恢复"))
        return
    elif sets := _unit_sets(ground, unit, first):
        first.sets["unit"] = sets
    good = [row for row in rows if not row.errors]
    if any(row.person for row in good):
        decide_tenures(ground, facts, unit, good)


def _new_unit(ground: Ground, unit: UnitPlan, rows: list[FileRow]) -> None:
    values = {key: value for key, value in unit.values.items() if value is not CLEAR}
    unit.values = values
    if "unit_type" not in values and ground.default_unit_type and "unit_type" not in ground.blame.letters:
        values["unit_type"] = ground.default_unit_type
    for key in _NEEDED_OF_A_UNIT:
        if key not in values and not (key == "built_area" and _area_may_miss(ground, values)):
            for row in rows:
                ground.blame.add(row, key, _("必填，现为空"), _("新房屋请填写"))
    built, inner = values.get("built_area"), values.get("inner_area")
    if built is not None and inner is not None and inner > built:
        ground.blame.add(unit.said_by["inner_area"], "inner_area", _("大于建筑面积 %s") % built, _("核对两个面积"))
    if "floor" not in values:
        values["floor"] = floor_of(unit.key[2])
    top, floor = unit.building.top_floor if unit.building else None, values["floor"]
    if top and floor and floor > top:
        ground.blame.notice(
            rows[0], "number", _("%(building)s只有 %(top)d 层") % {"building": unit.building.label, "top": top}
        )
    rows[0].adds.append("unit")


def _area_may_miss(ground: Ground, values: dict[str, Any]) -> bool:
    return "built_area" not in ground.blame.letters or values.get("unit_type") in ground.area_free_types


def _unit_sets(ground: Ground, unit: UnitPlan, first: FileRow) -> dict[str, list[Any]]:
    sets: dict[str, list[Any]] = {}
    old = unit.fact.values
    for key, value in unit.values.items():
        new = None if value is CLEAR else value
        if new != old[key]:
            sets[key] = [old[key], new]
    if "built_area" in sets or "inner_area" in sets:
        built = sets["built_area"][1] if "built_area" in sets else old["built_area"]
        inner = sets["inner_area"][1] if "inner_area" in sets else old["inner_area"]
        if built is not None and inner is not None and inner > built:
            key = "inner_area" if "inner_area" in sets else "built_area"
            fix = _("核对两个面积")
            reason = _("大于建筑面积 %s") % built if key == "inner_area" else _("小于套内面积 %s") % inner
            ground.blame.add(unit.said_by.get(key, first), key, reason, fix)
    return sets


# --- the end ----------------------------------------------------------------------------------------------------------------


def _settle(unit: UnitPlan) -> None:
    """Outcome of every row. A new unit whose first good row fell out is put down to the next one."""
    good = [row for row in unit.rows if not row.errors]
    if unit.fact is None and good and not any("unit" in row.adds for row in good):
        good[0].adds.append("unit")
    for row in unit.rows:
        if row.errors:
            row.outcome, row.sets, row.adds = ERROR, {}, []
        elif any(add in ("unit", "owner", "tenure") for add in row.adds):
            row.outcome = ADDED
        elif row.adds or row.sets:
            row.outcome = CHANGED
        else:
            row.outcome = UNCHANGED


def by_unit(rows: Sequence[FileRow]) -> list[UnitPlan]:
    """The units of the rows whose room is known, in the order that every import locks them in."""
    units: dict[tuple[str, str, str], UnitPlan] = {}
    grouped: dict[tuple[str, str, str], list[FileRow]] = defaultdict(list)
    for row in rows:
        if row.room is not None:
            grouped[row.room].append(row)
    for key in sorted(grouped):
        unit = units[key] = UnitPlan(key)
        unit.rows = grouped[key]
        for row in unit.rows:
            row.unit = unit
    return list(units.values())
