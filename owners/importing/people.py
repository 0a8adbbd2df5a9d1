"""Which rows speak of the same person (DOMAIN 2.1): the same identity number; or the same phone **and** the same name, because
families share phones; or, with neither, the same name in the same role of the same unit. Anybody else is somebody else."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from stdnum.cn import uscc

from core.errors import BadValue
from core.excel.cells import CLEAR
from core.normalise import normalise_id_number
from core.uid import uuid7_text
from owners.importing.plans import FileRow, PersonPlan
from owners.models import IdType, OwnerKind, TenureRole

# As plain text: members of an enumeration are slow to get at and slow to print, and these are asked for with every row.
_ORGANISATION, _PERSON = OwnerKind.ORGANISATION.value, OwnerKind.PERSON.value
_CREDIT_CODE, _OCCUPIER = IdType.CREDIT_CODE.value, TenureRole.OCCUPIER.value
_CARD_RE = re.compile(r"[0-9*]{14,17}[0-9X*]?|[0-9]{6,13}")
_PASSPORT_RE = re.compile(r"[A-Z]{1,2}[0-9]{7,8}")
_HK_MACAU_RE = re.compile(r"[HM][0-9]{8,10}")
_COMPANY_RE = re.compile(
    r"(?:公司|集团|事务所|合作社|经营部|商行|委员会|幼儿园|银行|医院|学校|研究院|工作室)$|有限公司"
)


def document(number: str, id_type: Any) -> tuple[str, str]:
    """(normalised number, type) of a paper; the type is guessed where the form of the number leaves no doubt."""
    kind = id_type if id_type and id_type is not CLEAR else _guess(number)
    if kind == IdType.ID_CARD:
        return normalise_id_number(number), str(kind)
    if kind == IdType.CREDIT_CODE and not uscc.is_valid(number):
        raise BadValue(_("统一社会信用代码不对"), _("请对照营业执照核对 18 位代码"))
    return number, str(kind)


def _guess(number: str) -> str:
    if len(number) == 18 and not number[:17].isdigit() and uscc.is_valid(number):
        return IdType.CREDIT_CODE
    if _HK_MACAU_RE.fullmatch(number):
        return IdType.HK_MACAU
    if _PASSPORT_RE.fullmatch(number):
        return IdType.PASSPORT
    # Everything else is judged as an identity card: that gives the clearest complaint.
    return IdType.ID_CARD


def kind_of(name: str, id_type: str, role: str) -> str:
    """Person or organisation: by paper, by role, by name."""
    if id_type == _CREDIT_CODE or role == _OCCUPIER or _COMPANY_RE.search(name):
        return _ORGANISATION
    return _PERSON


def group(rows: Sequence[FileRow]) -> list[PersonPlan]:
    """Gives every row with a name its person. Rows that carry a `uid` (read back from a preview) keep theirs."""
    people: list[PersonPlan] = []
    by_id: dict[bytes, PersonPlan] = {}
    by_phone: dict[tuple[bytes, str], PersonPlan] = {}
    by_place: dict[tuple[Any, ...], PersonPlan] = {}
    if rows and any(row.uid for row in rows):
        return _group_by_uid(rows)
    # Rows with an identity number first: a row that repeats only the phone then finds the same person.
    named = [row for row in rows if row.name_key and not row.errors]
    for row in [*(r for r in named if r.id_index), *(r for r in named if not r.id_index)]:
        person = _known(row, by_id, by_phone, by_place)
        if person is None:
            person = PersonPlan(uuid7_text().replace("-", ""))
            people.append(person)
        row.person = person
        person.rows.append(row)
        if row.id_index:
            by_id[row.id_index] = person
        for digest in row.digests:
            by_phone.setdefault((digest, row.name_key), person)
        if not row.id_index and not row.digests:
            by_place[_place(row)] = person
    for person in people:
        if len(person.rows) > 1:
            person.rows.sort(key=_number)
        _merge(person)
    return people


def _group_by_uid(rows: Sequence[FileRow]) -> list[PersonPlan]:
    """Rows of a stored preview: who is who was decided there, and every row carries what all rows of its person say."""
    people: dict[str, PersonPlan] = {}
    for row in rows:
        if row.uid:
            person = people.get(row.uid)
            if person is None:
                person = people[row.uid] = PersonPlan(row.uid)
                person.values = row.values
            person.rows.append(row)
            row.person = person
    return list(people.values())


def _number(row: FileRow) -> int:
    return row.number


def _place(row: FileRow) -> tuple[Any, ...]:
    return (row.room, row.values.get("role"), row.name_key)


def _known(row: FileRow, by_id: dict, by_phone: dict, by_place: dict) -> PersonPlan | None:
    if row.id_index:
        return by_id.get(row.id_index)
    for digest in row.digests:
        if (person := by_phone.get((digest, row.name_key))) is not None:
            return person
    return None if row.digests else by_place.get(_place(row))


_ONE = ("name", "id_type", "id_number", "gender", "emergency_name", "emergency_phone")
_MANY = ("phone", "other_phones")


def _merge(person: PersonPlan) -> None:
    """What all rows of a person say together: the first word counts, telephones add up."""
    if len(person.rows) == 1:
        person.values = person.rows[0].values
        return
    merged: dict[str, Any] = {}
    for row in person.rows:
        for key in _ONE:
            if merged.get(key) is None and (value := row.values.get(key)) is not None:
                merged[key] = value
        for key in _MANY:
            value = row.values.get(key)
            if value is CLEAR:
                merged.setdefault(key, CLEAR)
            elif value:
                known = merged.get(key)
                merged[key] = tuple(dict.fromkeys((*(known if known not in (None, CLEAR) else ()), *value)))
    person.values = merged
