"""The person's half of an export row: what is read of the people of a batch of units, opened and masked for the reader.

Plain tuples and no model instances: 100,000 rows would be 400,000 of them. A protected value is decrypted only where the reader may
see something of it, and masked before anything else reads it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import TextChoices
from django.utils import timezone

from audit.models import FieldVisibility
from core.crypto import binding, ring
from core.masking import mask_id_number, mask_name, mask_phone
from owners.models import Gender, IdType, OwnerKind, TenureRole
from owners.visibility import Eyes
from properties.models import Community

# In the order of the template; a test holds them to owners/importing/columns.py.
CELLS = (
    "name", "role", "share", "is_primary_contact", "is_payer", "start", "end", "phone", "other_phones", "id_type", "id_number",
    "gender", "emergency_name", "emergency_phone", "plates", "remark",
)  # fmt: skip
_PLATES_CELL = CELLS.index("plates")
# Sorts the people of a unit, then their cells, then the person's key where a file cannot tell him from others of his name, else 0.
Line = tuple[tuple[Any, ...], list[Any], int]
Reader = Callable[[str], str]
_ROLE_PLACES: dict[str, int] = {role: place for place, role in enumerate(TenureRole.values)}


class Stay(NamedTuple):
    """What is read of a tenure and its person, in the order of _STAYS. It answers owners.queries.people as a Tenure does."""

    unit_id: int
    owner_id: int
    role: str
    share: Any
    is_primary_contact: bool
    is_payer: bool
    start: date
    end: date | None
    remark: str
    name: str
    kind: str
    gender: str
    id_type: str
    id_number: str
    uid: str

    @property
    def is_current(self) -> bool:
        today = timezone.localdate()
        return self.start <= today and (self.end is None or self.end >= today)


_STAYS = """
    SELECT t.unit_id, t.owner_id, t.role, t.share, t.is_primary_contact, t.is_payer, t.start, t."end", t.remark, o.name, o.kind,
           o.gender, o.id_type, o.id_number, o.uid::text
      FROM owners_tenure t JOIN owners_owner o ON o.id = t.owner_id WHERE t.unit_id = ANY(%s)"""
_PHONES = """
    SELECT owner_id, uid::text, number FROM owners_ownerphone WHERE owner_id = ANY(%s)
     ORDER BY owner_id, is_primary DESC, sort, id"""
_CONTACTS = """
    SELECT DISTINCT ON (owner_id) owner_id, name, uid::text, phone FROM owners_emergencycontact WHERE owner_id = ANY(%s)
     ORDER BY owner_id, sort, id"""
_PLATES = """
    SELECT owner_id, plate FROM owners_vehicle
     WHERE community_id = %s AND owner_id = ANY(%s) AND disabled_at IS NULL ORDER BY plate"""


def stays_of(unit_ids: list[int]) -> dict[int, list[Stay]]:
    grouped: dict[int, list[Stay]] = defaultdict(list)
    for row in fetched(_STAYS, unit_ids):
        grouped[row[0]].append(Stay._make(row))
    return grouped


def fetched(query: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


class People:
    """Lines of people for one reader in one community. Numbers are masked unless `plain`."""

    def __init__(self, community: Community, eyes: Eyes, *, plain: bool) -> None:
        self.community = community
        levels = {field: eyes.level(field, [community.pk]) for field in ("name", "phone", "id")}
        # How a value of each field goes out; None: not at all. 不可见 comes first: the right to plain numbers lifts the mask, it
        # does not open what the role hides.
        self._name = _reader(levels["name"], mask_name, levels["name"] == FieldVisibility.PLAIN)
        self._phone = _reader(levels["phone"], mask_phone, plain)
        self._id = _reader(levels["id"], mask_id_number, plain)
        self._roles, self._genders, self._id_types = labels(TenureRole), labels(Gender), labels(IdType)
        self._told: set[int] = set()

    def read(self, stays: Iterable[Stay]) -> None:
        """Fetches what the lines of these stays need beside them: three statements, whatever their number."""
        owners = list({stay.owner_id for stay in stays})
        self._phones: dict[int, list[str]] = defaultdict(list)
        self._emergency: dict[int, tuple[str, str]] = {}
        self._plates: dict[int, list[str]] = defaultdict(list)
        if self._phone:
            for owner, uid, sealed in fetched(_PHONES, owners):
                self._phones[owner].append(self._phone(_opened("owners_ownerphone", "number", uid, sealed)))
        for owner, name, uid, sealed in fetched(_CONTACTS, owners):
            phone = self._phone(_opened("owners_emergencycontact", "phone", uid, sealed)) if self._phone else ""
            self._emergency[owner] = (self._name(name) if self._name else "", phone)
        for owner, plate in fetched(_PLATES, self.community.pk, owners):
            self._plates[owner].append(plate)

    def line(self, stay: Stay) -> Line:
        phones = self._phones.get(stay.owner_id) or [""]
        emergency_name, emergency_phone = self._emergency.get(stay.owner_id, ("", ""))
        name = self._shown_name(stay)
        id_number = self._id(_opened("owners_owner", "id_number", stay.uid, stay.id_number)) if self._id else ""
        cells = [
            name, self._roles.get(stay.role, stay.role), stay.share, stay.is_primary_contact, stay.is_payer, stay.start, stay.end,
            phones[0], "、".join(phones[1:]), self._id_types.get(stay.id_type, stay.id_type), id_number,
            self._genders.get(stay.gender, stay.gender), emergency_name, emergency_phone,
            "、".join(self._plates.get(stay.owner_id, ())), stay.remark,
        ]  # fmt: skip
        place = _ROLE_PLACES[stay.role]
        order = (stay.end is not None, place, stay.start, name, phones[0], id_number, str(stay.end), stay.remark)
        return order, cells, 0 if stay.id_number or self._phones.get(stay.owner_id) else stay.owner_id

    def in_order(self, stays: Iterable[Stay]) -> Iterator[list[Any]]:
        """The cells of the people of one unit. Somebody with neither telephone nor identity number comes back from a file as one person
        a unit, and a car has one owner: his plates stand in the first of his rows only, so that the next export says the same."""
        lines = [self.line(stay) for stay in stays]
        if len(lines) > 1:
            lines.sort(key=itemgetter(0))
        for _order, cells, nameless in lines:
            if nameless and cells[_PLATES_CELL]:
                if nameless in self._told:
                    cells[_PLATES_CELL] = ""
                self._told.add(nameless)
            yield cells

    def _shown_name(self, stay: Stay) -> str:
        """Names of organisations are public to whoever sees names at all."""
        if self._name is None:
            return ""
        return stay.name if stay.kind == OwnerKind.ORGANISATION else self._name(stay.name)


def _opened(table: str, column: str, uid: str, sealed: str) -> str:
    return ring().decrypt(sealed, binding(table, column, uid)) if sealed else ""


def _reader(level: str, mask: Reader, plain: bool) -> Reader | None:
    if level == FieldVisibility.HIDDEN:
        return None
    return str if plain else mask


def labels(choices: type[TextChoices]) -> dict[str, str]:
    """The words of an enumeration in the language of now."""
    return {value: str(label) for value, label in choices.choices}
