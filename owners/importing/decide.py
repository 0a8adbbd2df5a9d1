"""What every row would do. The same code judges the whole file for the preview and each chunk again while it is written: where the
second answer differs from the first, somebody has been there in between.

error > added > changed > unchanged; a row counts once. What a unit or a person changes is put down to its first row.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from audit.access import Scope
from core import blind_index
from core.excel.cells import CLEAR
from core.masking import mask_name
from owners.importing.columns import UNIT_KEYS
from owners.importing.facts import Facts, OwnerFact, TenureFact, opened
from owners.importing.plans import FileRow, PersonPlan, UnitPlan
from owners.importing.problems import Blame
from owners.models import ImportRow, TenureRole
from properties.naming import floor_of

ADDED, CHANGED, UNCHANGED, ERROR = (
    ImportRow.Outcome.ADDED.value, ImportRow.Outcome.CHANGED.value, ImportRow.Outcome.UNCHANGED.value, ImportRow.Outcome.ERROR.value,
)  # fmt: skip
_NEEDED_OF_A_UNIT = ("unit_type", "built_area")
_TITLE_ROLES = (TenureRole.OWNER.value, TenureRole.CO_OWNER.value)
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Ground:
    """What holds for all rows of an import: whose it is, where it may write, what the file's columns are, what is assumed."""

    scope: Scope
    community_id: int
    blame: Blame
    default_unit_type: int | None
    default_role: str
    area_free_types: frozenset[int]  # parking spaces and store rooms are often sold without one

    def may_write(self, building_id: int) -> bool:
        return self.scope.covers_community(self.community_id) or building_id in self.scope.building_ids


def decide(ground: Ground, facts: Facts, units: Sequence[UnitPlan], people: Sequence[PersonPlan]) -> None:
    """Fills `outcome`, `sets`, `adds`, `tenure` of every good row; adds errors and notices."""
    for unit in units:
        _merge_unit(ground, facts, unit)
    for person in people:
        _match_person(ground, facts, person)
    for unit in units:
        _decide_unit(ground, facts, unit)
    for person in people:
        _decide_person(ground, facts, person)
    for unit in units:
        _settle(unit)


# --- units ------------------------------------------------------------------------------------------------------------------


def _merge_unit(ground: Ground, facts: Facts, unit: UnitPlan) -> None:
    """One value a field from all rows of the unit; rows that contradict each other are both flagged."""
    values, said_by = unit.values, unit.said_by
    for row in unit.rows:
        if row.errors:
            continue
        for key in UNIT_KEYS:
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
        _decide_tenures(ground, facts, unit, good)


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
        ground.blame.notice(rows[0], "number", _("%(building)s只有 %(top)d 层") % {"building": unit.building.label, "top": top})
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


# --- people -----------------------------------------------------------------------------------------------------------------


def _match_person(ground: Ground, facts: Facts, person: PersonPlan) -> None:
    """Who of the database the person is; a file that contradicts itself or the database is flagged."""
    first = person.rows[0]
    if len(person.rows) > 1:
        _check_names(ground, person)
    fact = _found(facts, person)
    if fact is None:
        return
    index = next((row.id_index for row in person.rows if row.id_index), None)
    if index and fact.id_index == index and fact.name_key != first.name_key:
        said = _("该证件号已登记为“%s”") % mask_name(fact.name) if fact.in_scope else _("该证件号已登记在另一个姓名下")
        for row in person.rows:
            ground.blame.add(row, "name", said, _("确认是否同一人，再改姓名或证件号"))
        return
    if fact.disabled:
        for row in person.rows:
            ground.blame.add(row, "name", _("此人的档案已停用"), _("请先在住户档案里恢复"))
        return
    person.fact, person.linked = fact, not fact.in_scope


def _check_names(ground: Ground, person: PersonPlan) -> None:
    by_name: dict[str, FileRow] = {}
    for row in person.rows:
        by_name.setdefault(row.name_key, row)
    if len(by_name) > 1:
        first, second = list(by_name.values())[:2]
        for row in person.rows:
            other = second if row.name_key == first.name_key else first
            ground.blame.add(row, "id_number", _("与第 %d 行证件号相同，姓名不同") % other.number, _("请对照证件核对"))


def _found(facts: Facts, person: PersonPlan) -> OwnerFact | None:
    """By uid (an earlier chunk of this import made him), identity number, telephone and name, and last by place."""
    if (pk := facts.by_uid.get(person.uid)) is not None:
        return facts.owners[pk]
    index = None
    for row in person.rows:
        if row.id_index:
            index = row.id_index
            if (pk := facts.by_id.get(index)) is not None:
                return facts.owners[pk]
    if (fact := _by_phone(facts, person, index)) is not None:
        return fact
    return _by_place(facts, person, index)


def _by_phone(facts: Facts, person: PersonPlan, index: bytes | None) -> OwnerFact | None:
    for row in person.rows:
        for digest in row.digests:
            for pk in facts.by_phone.get(digest, ()):
                fact = facts.owners[pk]
                # A different identity number makes a different person of the same name and telephone.
                if fact.name_key == row.name_key and not (index and fact.id_index):
                    return fact
    return None


def _by_place(facts: Facts, person: PersonPlan, index: bytes | None) -> OwnerFact | None:
    """Same name and role in the same unit: the same person while one side has neither number. Otherwise a file without telephones
    would double everybody each time it is imported."""
    bare = not index and not any(row.digests for row in person.rows)
    for row in person.rows:
        fact = row.unit.fact if row.unit else None
        for tenure in facts.tenures.get(fact.id, ()) if fact else ():
            same = tenure.name_key == row.name_key and tenure.role == row.values.get("role", tenure.role)
            if same and (bare or tenure.nameless_papers) and facts.owners[tenure.owner_id].in_scope:
                return facts.owners[tenure.owner_id]
    return None


def _decide_person(ground: Ground, facts: Facts, person: PersonPlan) -> None:
    rows = [row for row in person.rows if not row.errors]
    if not rows:
        return
    first, fact = rows[0], person.fact
    if fact is None:
        first.adds.append("owner")
        _note_shared_phone(ground, facts, first)
    else:
        sets = _owner_sets(fact, person, linked=person.linked)
        if sets:
            first.sets["owner"] = sets
        for row in rows:
            row.linked = person.linked
    for row in rows:
        _decide_plates(ground, facts, row, fact)


def _owner_sets(fact: OwnerFact, person: PersonPlan, *, linked: bool) -> dict[str, list[Any]]:
    """Fields that the file would set, as [old, new]; on a person outside the scope blanks only."""
    sets: dict[str, list[Any]] = {}
    values = person.values
    for key in ("gender", "id_type"):
        value = values.get(key)
        new = None if value is CLEAR else value
        if value is not None and new != fact.values[key] and not (linked and fact.values[key]):
            sets[key] = [fact.values[key], new]
    number = values.get("id_number")
    if number is CLEAR:
        if fact.id_index and not linked:
            sets["id_number"] = [_plain_id(fact), None]
    elif number and fact.id_index is None:
        sets["id_number"] = [None, number]
    if (phones := _phone_sets(fact, values)) and not (linked and fact.phones):
        sets["phones"] = phones
    if (emergency := _emergency_sets(fact, values)) and not (linked and fact.emergency):
        sets["emergency"] = emergency
    return sets


def _plain_id(fact: OwnerFact) -> str:
    return opened("owners_owner", "id_number", fact.dashed_uid, fact.values["id_number"] or "")


def _phone_sets(fact: OwnerFact, values: dict[str, Any]) -> list[Any] | None:
    """[numbers before, numbers after], the first of each is the primary one. A number the person already has changes nothing; a new
    手机 takes the place of the primary one, 备用电话 adds."""
    mobile, others = values.get("phone"), values.get("other_phones")
    if mobile is None and others is None:
        return None
    known = [index for _pk, _uid, index, _cipher in fact.phones]
    adds = [number for number in (others or ()) if others is not CLEAR and _index(number) not in known]
    news = [number for number in (mobile or ()) if mobile is not CLEAR and _index(number) not in known]
    if not adds and not news and not (known and (mobile is CLEAR or (others is CLEAR and len(known) > 1))):
        return None
    before = [opened("owners_ownerphone", "number", uid, cipher) for _pk, uid, _index_, cipher in fact.phones]
    primary, rest = before[:1], before[1:]
    if mobile is CLEAR:
        primary = []
    elif news:
        keeps = any(_index(number) in known for number in mobile or ())
        primary, rest = (primary, [*rest, *news]) if keeps else (news[:1], [*rest, *news[1:]])
    if others is CLEAR:
        rest = []
    after = list(dict.fromkeys([*primary, *rest, *adds]))
    return [before, after] if after != before else None


def _index(number: str) -> bytes | None:
    return blind_index.whole("phone", number)


def _emergency_sets(fact: OwnerFact, values: dict[str, Any]) -> list[Any] | None:
    name, phone = values.get("emergency_name"), values.get("emergency_phone")
    if name is None and phone is None:
        return None
    old = list(fact.emergency[2:4]) if fact.emergency else None
    if name is CLEAR or phone is CLEAR:
        return [old, None] if old else None
    new = [name or (old[0] if old else _("未填")), phone or (old[1] if old else "")]
    return [old, new] if new != old else None


def _note_shared_phone(ground: Ground, facts: Facts, row: FileRow) -> None:
    for digest in row.digests:
        for pk in facts.by_phone.get(digest, ())[:1]:
            other = facts.owners[pk]
            if other.name_key != row.name_key:
                ground.blame.notice(row, "phone", _("该手机已登记为“%s”，按另一人新增") % mask_name(other.name))
                return


def _decide_plates(ground: Ground, facts: Facts, row: FileRow, fact: OwnerFact | None) -> None:
    for plate in row.values.get("plates") or ():
        holder = facts.plates.get(plate)
        if holder is None:
            facts.plates[plate] = -1 if fact is None else fact.id
            row.adds.append(f"plate:{plate}")
        elif holder != (fact.id if fact else 0):
            other = facts.owners.get(holder)
            if other is not None and other.in_scope:
                ground.blame.notice(row, "plates", _("%(plate)s 已登记在“%(name)s”名下，未改") % {"plate": plate, "name": mask_name(other.name)})
            else:
                ground.blame.notice(row, "plates", _("%s 已登记在另一人名下，未改") % plate)


# --- tenures ----------------------------------------------------------------------------------------------------------------


def _decide_tenures(ground: Ground, facts: Facts, unit: UnitPlan, rows: list[FileRow]) -> None:
    known = facts.tenures.get(unit.fact.id, []) if unit.fact else []
    matched: dict[tuple[Any, ...], FileRow] = {}
    for row in rows:
        if row.person is None:
            continue
        row.tenure = _found_tenure(ground, facts, row, known)
        if row.errors:
            continue
        key = (id(row.person), _role(row), row.tenure.id if row.tenure else row.values.get("end"))
        if (twin := matched.setdefault(key, row)) is not row:
            ground.blame.add(row, "name", _("与第 %d 行重复") % twin.number, _("同一人、同一角色只留一行"))
            ground.blame.add(twin, "name", _("与第 %d 行重复") % row.number, _("同一人、同一角色只留一行"))
        elif row.tenure is None:
            row.adds.append("tenure")
        elif not row.tenure.is_over(facts.today) and (sets := _tenure_sets(row)):
            row.sets["tenure"] = sets
    good = [row for row in rows if row.person and not row.errors]
    if good:
        _check_shares(ground, facts, good, known)
        for flag in ("is_primary_contact", "is_payer"):
            _check_flag(ground, facts, flag, good, known)
        _note_former(ground, facts, good, known)


def _role(row: FileRow) -> str:
    return row.values.get("role") or (row.tenure.role if row.tenure else "")


def _found_tenure(ground: Ground, facts: Facts, row: FileRow, known: list[TenureFact]) -> TenureFact | None:
    """The tenure the row speaks of; None for a new one. A relation that was ended stays ended unless the row begins after it."""
    person, values = row.person, row.values
    role, end, start = values.get("role"), values.get("end"), values.get("start")
    mine = [t for t in known if person.fact and t.owner_id == person.fact.id and role in (None, t.role)]
    current = [tenure for tenure in mine if not tenure.is_over(facts.today)]
    if end is not None:
        return _ending(ground, facts, row, mine, current)
    if current:
        return current[0]
    if mine and (start is None or start <= max(tenure.end for tenure in mine)):
        ground.blame.notice(row, "name", _("这段关系已于 %s 终止，未恢复") % max(tenure.end for tenure in mine))
        return max(mine, key=lambda tenure: tenure.end)
    if role is None:
        if "role" in ground.blame.letters:
            ground.blame.add(row, "role", _("必填，现为空"), _("请填写，如 业主"))
        else:
            values["role"] = ground.default_role
    return None


def _ending(ground: Ground, facts: Facts, row: FileRow, mine: list[TenureFact], current: list[TenureFact]) -> TenureFact | None:
    end, start = row.values["end"], row.values.get("start")
    if start is not None and end < start:
        ground.blame.add(row, "end", _("早于起的日期 %s") % start, _("核对两个日期"))
        return None
    for tenure in mine:
        if tenure.end == end and start in (None, tenure.start):
            return tenure
    if current:
        ground.blame.add(row, "end", _("导入不能终止在册的关系"), _("请在住户档案里办理终止或过户"))
    elif row.values.get("role") is None:
        ground.blame.add(row, "role", _("必填，现为空"), _("请填写，如 业主"))
    return None


def _tenure_sets(row: FileRow) -> dict[str, list[Any]]:
    sets: dict[str, list[Any]] = {}
    old = row.tenure.values
    for key, blank in (("share", None), ("remark", ""), ("is_primary_contact", False), ("is_payer", False)):
        value = row.values.get(key)
        new = blank if value is CLEAR else value
        if value is not None and new != old[key]:
            sets[key] = [old[key], new]
    start = row.values.get("start")
    if start is not None and start != row.tenure.start:
        sets["start"] = [row.tenure.start, start]
    return {} if row.person.linked else sets


def _is_over(row: FileRow, today: date) -> bool:
    end = row.values.get("end")
    return row.tenure.is_over(today) if row.tenure else end is not None and end < today


def _check_shares(ground: Ground, facts: Facts, rows: list[FileRow], known: list[TenureFact]) -> None:
    """The shares of all who hold the title now, file and database together, are at most 100%."""
    spoken = [row for row in rows if row.values.get("share") not in (None, CLEAR)]
    for row in spoken:
        if _role(row) not in _TITLE_ROLES:
            ground.blame.add(row, "share", _("只有业主和共有人填份额"), _("请清空份额或改角色"))
    saying = [row for row in spoken if not _is_over(row, facts.today) and not row.errors]
    if not saying:
        return
    decided = {row.tenure.id for row in rows if row.tenure and row.values.get("share") is not None}
    others = sum((t.values["share"] or 0) for t in known if t.id not in decided and not t.is_over(facts.today))
    total = others + sum(row.values["share"] for row in saying)
    if total > _HUNDRED:
        for row in saying:
            ground.blame.add(row, "share", _("这套房屋的份额合计 %s%%，超过 100%%") % f"{total:f}", _("核对各人的份额"))


def _check_flag(ground: Ground, facts: Facts, flag: str, rows: list[FileRow], known: list[TenureFact]) -> None:
    """One primary contact and one payer a unit. The file may hand the flag on only by taking it from its holder."""
    claims = [row for row in rows if row.values.get(flag) is True and not _is_over(row, facts.today) and not row.errors]
    if not claims:
        return
    if len(claims) > 1:
        for row in claims:
            other = claims[1] if row is claims[0] else claims[0]
            ground.blame.add(row, flag, _("与第 %d 行重复") % other.number, _("一套房屋只能有一个"))
        return
    claim = claims[0]
    given_up = {row.tenure.id for row in rows if row.tenure and row.values.get(flag) in (False, CLEAR)}
    for tenure in known:
        holds = tenure.values[flag] and tenure.end is None and tenure.id not in given_up
        if holds and (claim.tenure is None or claim.tenure.id != tenure.id):
            claim.sets.get("tenure", {}).pop(flag, None)
            claim.values = {key: value for key, value in claim.values.items() if key != flag}
            ground.blame.notice(claim, flag, _("现为“%s”，未改") % mask_name(tenure.name))


def _note_former(ground: Ground, facts: Facts, rows: list[FileRow], known: list[TenureFact]) -> None:
    mentioned = {row.tenure.id for row in rows if row.tenure}
    former = [
        t.name for t in known if t.role == TenureRole.OWNER and not t.is_over(facts.today) and t.id not in mentioned
    ]
    for row in rows:
        if former and row.tenure is None and row.values.get("role") == TenureRole.OWNER and not _is_over(row, facts.today):
            ground.blame.notice(row, "name", _("原业主仍在册：%s") % "、".join(mask_name(name) for name in former[:3]))


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
