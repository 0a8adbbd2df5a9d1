"""Who of the database a person of the file is, and what the file changes about him."""

from typing import Any

from django.utils.translation import gettext as _

from core import blind_index
from core.excel.cells import CLEAR
from core.masking import mask_name
from owners.importing.facts import Facts, OwnerFact, opened
from owners.importing.ground import Ground
from owners.importing.plans import FileRow, PersonPlan


def match_person(ground: Ground, facts: Facts, person: PersonPlan) -> None:
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


def decide_person(ground: Ground, facts: Facts, person: PersonPlan) -> None:
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
    # Whoever is new has no key yet: a token of his own, so that his second row is not taken for somebody else's.
    holder = fact.id if fact else -id(person)
    for row in rows:
        _decide_plates(ground, facts, row, holder)


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
    """[numbers before, numbers after], the first of each is the primary one. A number the person already has changes nothing; a
    new 手机 takes the place of the primary one, 备用电话 adds."""
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


def _decide_plates(ground: Ground, facts: Facts, row: FileRow, own: int) -> None:
    for plate in row.values.get("plates") or ():
        holder = facts.plates.get(plate)
        if holder is None:
            facts.plates[plate] = own
            row.adds.append(f"plate:{plate}")
        elif holder != own:
            other = facts.owners.get(holder)
            if other is not None and other.in_scope:
                ground.blame.notice(
                    row,
                    "plates",
                    _("%(plate)s 已登记在“%(name)s”名下，未改") % {"plate": plate, "name": mask_name(other.name)},
                )
            else:
                ground.blame.notice(row, "plates", _("%s 已登记在另一人名下，未改") % plate)
