"""What the database knows about the units and people of a file: a handful of set queries, never one a row.

Persons are looked for by the blind indexes of their numbers. By telephone and name only inside the user's scope; by the whole
identity number everywhere, because one human being is one file (the caller hides what lies outside).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from audit.access import Scope
from core.crypto import DecryptError, binding, ring
from core.excel.columns import Layout
from owners.importing.plans import PersonPlan, UnitPlan
from properties.naming import building_label, canonical_building

_BATCH = 20_000


class BuildingFact(NamedTuple):
    id: int
    label: str
    top_floor: int | None
    disabled: bool


@dataclass(slots=True)
class UnitFact:
    id: int
    values: dict[str, Any]
    remark: str
    disabled: bool


@dataclass(slots=True)
class OwnerFact:
    id: int
    uid: str
    name: str
    name_key: str
    values: dict[str, Any]
    id_index: bytes | None
    community_ids: tuple[int, ...]
    in_scope: bool = True
    disabled: bool = False
    phones: tuple[tuple[int, Any, bytes, str], ...] = ()  # id, uid, index, ciphertext; the first is primary
    emergency: Any = None  # (id, uid, name, phone)

    @property
    def dashed_uid(self) -> str:
        return str(UUID(self.uid))


@dataclass(slots=True)
class TenureFact:
    id: int
    owner_id: int
    role: str
    values: dict[str, Any]
    start: date
    end: date | None
    name: str
    name_key: str
    nameless_papers: bool  # neither identity number nor telephone

    def is_over(self, today: date) -> bool:
        return self.end is not None and self.end < today


@dataclass
class Facts:
    today: date
    buildings: dict[str, BuildingFact] = field(default_factory=dict)
    units: dict[tuple[int, str, str], UnitFact] = field(default_factory=dict)
    owners: dict[int, OwnerFact] = field(default_factory=dict)
    by_id: dict[bytes, int] = field(default_factory=dict)
    by_uid: dict[str, int] = field(default_factory=dict)
    by_phone: dict[bytes, list[int]] = field(default_factory=lambda: defaultdict(list))
    tenures: dict[int, list[TenureFact]] = field(default_factory=lambda: defaultdict(list))
    plates: dict[str, int] = field(default_factory=dict)


def load(community_id: int, scope: Scope, units: Sequence[UnitPlan], people: Sequence[PersonPlan]) -> Facts:
    """Facts for the given units and people; whoever writes holds them before (locking.py)."""
    facts = Facts(timezone.localdate())
    with connection.cursor() as cursor:
        _load_buildings(cursor, facts, community_id)
        _load_units(cursor, facts, units)
        _load_tenures(cursor, facts)
        _load_people(cursor, facts, scope, people)
        _load_plates(cursor, facts, community_id, people)
    return facts


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Long parameter lists are cut, so that no statement grows to megabytes."""
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))


def _load_buildings(cursor: Any, facts: Facts, community_id: int) -> None:
    cursor.execute(
        """
        SELECT b.id, b.number, b.name,
               coalesce(b.floors_above, (SELECT max(floor) FROM properties_unit WHERE building_id = b.id)),
               b.disabled_at IS NOT NULL
        FROM properties_building b WHERE b.community_id = %s
        """,
        [community_id],
    )
    for pk, number, name, top, disabled in cursor.fetchall():
        fact = BuildingFact(pk, building_label(number, name), top, disabled)
        if name:
            facts.buildings.setdefault(canonical_building(name), fact)
        facts.buildings[canonical_building(number)] = fact


_UNIT_SQL = """
    SELECT u.id, u.building_id, u.entrance, u.number, u.floor, u.unit_type_id, u.built_area, u.inner_area, u.rooms, u.halls,
           u.baths, u.kitchens, u.orientation_id, u.property_nature_id, u.delivery_status, u.delivered_on, u.billing_from,
           u.usage, u.remark, u.disabled_at IS NOT NULL
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS k(building_id, entrance, number)
    JOIN properties_unit u USING (building_id, entrance, number)
    ORDER BY u.id
"""


def _load_units(cursor: Any, facts: Facts, units: Sequence[UnitPlan]) -> None:
    keys = []
    for unit in units:
        building = facts.buildings.get(unit.key[0])
        unit.building, unit.building_id = building, building.id if building else 0
        if building:
            keys.append((building.id, unit.key[1], unit.key[2]))
    for part in _parts(keys):
        columns = [list(column) for column in zip(*part, strict=True)]
        cursor.execute(_UNIT_SQL, columns)
        for row in cursor.fetchall():
            facts.units[row[1:4]] = _unit_fact(row)
    for unit in units:
        unit.fact = facts.units.get((unit.building_id, unit.key[1], unit.key[2]))


def _unit_fact(row: tuple) -> UnitFact:
    rooms = row[8:12]
    values = {
        "floor": row[4], "unit_type": row[5], "built_area": row[6], "inner_area": row[7],
        "layout": Layout(*(count or 0 for count in rooms)) if any(count is not None for count in rooms) else None,
        "orientation": row[12], "property_nature": row[13], "delivery_status": row[14] or None, "delivered_on": row[15],
        "billing_from": row[16], "usage": row[17] or None,
    }  # fmt: skip
    return UnitFact(row[0], values, row[18], row[19])


_TENURE_VALUES = ("share", "is_primary_contact", "is_payer", "remark")


def _load_tenures(cursor: Any, facts: Facts) -> None:
    # A hundred thousand relations have a handful of roles, days and values between them: each is held once. Nobody changes them.
    shared: dict[Any, Any] = {}
    ids = [unit.id for unit in facts.units.values()]
    for part in _parts(ids):
        cursor.execute(
            """
            SELECT t.unit_id, t.id, t.owner_id, t.role, t.share, t.is_primary_contact, t.is_payer, t.remark, t.start, t."end",
                   o.name, o.name_key,
                   o.id_index IS NULL AND NOT EXISTS (SELECT FROM owners_ownerphone p WHERE p.owner_id = o.id)
            FROM owners_tenure t JOIN owners_owner o ON o.id = t.owner_id
            WHERE t.unit_id = ANY(%s) ORDER BY t.unit_id, t.id
            """,
            [part],
        )
        for row in cursor.fetchall():
            values = shared.setdefault(row[4:8], dict(zip(_TENURE_VALUES, row[4:8], strict=True)))
            role, start, end, name, key = (shared.setdefault(value, value) for value in (row[3], *row[8:12]))
            facts.tenures[row[0]].append(TenureFact(row[1], row[2], role, values, start, end, name, key, row[12]))


_OWNER_COLUMNS = (
    "o.id, o.uid, o.name, o.name_key, o.gender, o.id_type, o.id_number, o.id_index, o.community_ids, o.disabled_at"
)


# One text in place of a list of binaries: the driver would spend a second on escaping them one by one.
_DIGESTS = "SELECT decode(word, 'hex') FROM unnest(string_to_array(%s, ',')) AS word"


def _hex(digests: Sequence[bytes]) -> str:
    return ",".join([digest.hex() for digest in digests])


def _load_people(cursor: Any, facts: Facts, scope: Scope, people: Sequence[PersonPlan]) -> None:
    ids = list({row.id_index for person in people for row in person.rows if row.id_index})
    phones = list({digest for person in people for row in person.rows for digest in row.digests})
    uids = [person.uid for person in people if person.rows[0].uid]
    wanted = {tenure.owner_id for rows in facts.tenures.values() for tenure in rows}
    by_phone: list[tuple[bytes, int]] = []
    for part in _parts(ids):
        cursor.execute(f"SELECT id FROM owners_owner WHERE id_index IN ({_DIGESTS})", [_hex(part)])  # noqa: S608
        wanted.update(row[0] for row in cursor.fetchall())
    for part in _parts(uids):
        cursor.execute("SELECT id FROM owners_owner WHERE uid = ANY(%s::uuid[])", [part])
        wanted.update(row[0] for row in cursor.fetchall())
    for part in _parts(phones):
        cursor.execute(
            f"SELECT number_index, owner_id FROM owners_ownerphone WHERE number_index IN ({_DIGESTS}) ORDER BY id",  # noqa: S608
            [_hex(part)],
        )
        by_phone += [(bytes(digest), owner_id) for digest, owner_id in cursor.fetchall()]
    wanted.update(owner_id for _digest, owner_id in by_phone)
    _load_owners(cursor, facts, sorted(wanted))
    _mark_scope(cursor, facts, scope)
    for digest, owner_id in by_phone:
        if facts.owners[owner_id].in_scope:
            facts.by_phone[digest].append(owner_id)


def _load_owners(cursor: Any, facts: Facts, ids: list[int]) -> None:
    for part in _parts(ids):
        query = f"SELECT {_OWNER_COLUMNS} FROM owners_owner o WHERE o.id = ANY(%s) ORDER BY o.id"  # noqa: S608  constants
        cursor.execute(query, [part])
        for row in cursor.fetchall():
            fact = _owner_fact(row)
            facts.owners[fact.id] = fact
            facts.by_uid[fact.uid] = fact.id
            if fact.id_index:
                facts.by_id[fact.id_index] = fact.id
        cursor.execute(
            """SELECT owner_id, id, uid, number_index, number FROM owners_ownerphone WHERE owner_id = ANY(%s)
               ORDER BY owner_id, is_primary DESC, sort, id""",
            [part],
        )
        for owner_id, pk, uid, index, cipher in cursor.fetchall():
            facts.owners[owner_id].phones += ((pk, uid, bytes(index), cipher),)
        cursor.execute(
            """SELECT DISTINCT ON (owner_id) owner_id, id, uid, name, phone FROM owners_emergencycontact WHERE owner_id = ANY(%s)
               ORDER BY owner_id, sort, id""",
            [part],
        )
        for owner_id, pk, uid, name, phone in cursor.fetchall():
            facts.owners[owner_id].emergency = (pk, uid, name, opened("owners_emergencycontact", "phone", uid, phone))


def _owner_fact(row: tuple) -> OwnerFact:
    pk, uid, name, name_key, gender, id_type, cipher, id_index, communities, disabled = row
    values = {"gender": gender or None, "id_type": id_type or None, "id_number": cipher or None}
    index = bytes(id_index) if id_index is not None else None
    key = name if name_key == name else name_key
    return OwnerFact(pk, uid.hex, name, key, values, index, tuple(communities), disabled=disabled is not None)


def opened(table: str, column: str, uid: Any, cipher: str) -> str:
    """The plaintext of an encrypted cell; '' when it is blank or cannot be opened."""
    try:
        return ring().decrypt(cipher, binding(table, column, uid)) if cipher else ""
    except DecryptError:
        return ""


def _mark_scope(cursor: Any, facts: Facts, scope: Scope) -> None:
    if scope.everything:
        return
    outside = [fact for fact in facts.owners.values() if not scope.community_ids.intersection(fact.community_ids)]
    seen: set[int] = set()
    if outside and scope.building_ids:
        cursor.execute(
            """SELECT DISTINCT t.owner_id FROM owners_tenure t JOIN properties_unit u ON u.id = t.unit_id
               WHERE u.building_id = ANY(%s) AND t.owner_id = ANY(%s)""",
            [list(scope.building_ids), [fact.id for fact in outside]],
        )
        seen = {row[0] for row in cursor.fetchall()}
    for fact in outside:
        fact.in_scope = fact.id in seen


def _load_plates(cursor: Any, facts: Facts, community_id: int, people: Sequence[PersonPlan]) -> None:
    plates = {plate for person in people for row in person.rows for plate in row.values.get("plates") or () if plate}
    for part in _parts(sorted(plates)):
        cursor.execute(
            "SELECT plate, owner_id FROM owners_vehicle WHERE community_id = %s AND plate = ANY(%s) AND disabled_at IS NULL",
            [community_id, part],
        )
        facts.plates.update(cursor.fetchall())
