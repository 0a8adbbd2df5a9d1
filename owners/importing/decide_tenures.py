"""Which relation of a person to a unit a row speaks of, and what the rows of a unit may not say together: twice the same, shares
above a hundred, two primary contacts."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.excel.cells import CLEAR
from core.masking import mask_name
from owners.importing.facts import Facts, TenureFact
from owners.importing.ground import Ground
from owners.importing.plans import FileRow, UnitPlan
from owners.models import TenureRole

# As plain text, which is asked for with every row.
_OWNER, _FAMILY = TenureRole.OWNER.value, TenureRole.FAMILY.value
_TITLE_ROLES = (_OWNER, TenureRole.CO_OWNER.value)
_HUNDRED = Decimal(100)


def decide_tenures(ground: Ground, facts: Facts, unit: UnitPlan, rows: list[FileRow]) -> None:
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
            _give_flag(facts, flag, good, known)
        _note_former(ground, facts, good, known)


def _role(row: FileRow) -> str:
    return row.values.get("role") or (row.tenure.role if row.tenure else "")


def _found_tenure(ground: Ground, facts: Facts, row: FileRow, known: list[TenureFact]) -> TenureFact | None:
    """The tenure the row speaks of; None for a new one. A relation that was ended stays ended unless the row begins after it."""
    person, values = row.person, row.values
    role, end, start = values.get("role"), values.get("end"), values.get("start")
    fact = person.fact if person is not None else None
    mine = [t for t in known if fact and t.owner_id == fact.id and role in (None, t.role)]
    current = [tenure for tenure in mine if not tenure.is_over(facts.today)]
    if end is not None:
        return _ending(ground, facts, row, mine, current)
    if current:
        return current[0]
    # None of them is current, so each has its last day.
    last = max(mine, key=lambda tenure: tenure.end or date.min, default=None)
    if last is not None and last.end is not None and (start is None or start <= last.end):
        ground.blame.notice(row, "name", _("这段关系已于 %s 终止，未恢复") % last.end)
        return last
    if role is None:
        if "role" in ground.blame.letters:
            ground.blame.add(row, "role", _("必填，现为空"), _("请填写，如 业主"))
        else:
            values["role"] = ground.default_role
    return None


def _ending(
    ground: Ground, facts: Facts, row: FileRow, mine: list[TenureFact], current: list[TenureFact]
) -> TenureFact | None:
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
    return {} if row.person is not None and row.person.linked else sets


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


def _give_flag(facts: Facts, flag: str, rows: list[FileRow], known: list[TenureFact]) -> None:
    """A unit of which neither the file nor the database says who is called and who pays: its first new owner, else the first new
    person who is not family, as when somebody is registered by hand (owners.services.tenures)."""
    spoken = any(row.values.get(flag) is not None for row in rows)
    if spoken or any(tenure.values[flag] and tenure.end is None for tenure in known):
        return
    new = [row for row in rows if row.tenure is None and not row.values.get("end") and _role(row) != _FAMILY]
    first = min(new, key=lambda row: _role(row) != _OWNER, default=None)
    if first is not None:
        first.values = first.values | {flag: True}


def _note_former(ground: Ground, facts: Facts, rows: list[FileRow], known: list[TenureFact]) -> None:
    mentioned = {row.tenure.id for row in rows if row.tenure}
    former = [t.name for t in known if t.role == _OWNER and not t.is_over(facts.today) and t.id not in mentioned]
    if not former:
        return
    for row in rows:
        if row.tenure is None and row.values.get("role") == _OWNER and not _is_over(row, facts.today):
            ground.blame.notice(row, "name", _("原业主仍在册：%s") % "、".join(mask_name(name) for name in former[:3]))
