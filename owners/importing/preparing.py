"""The part of the write that needs neither the database nor the other rows: opening the stored rows, encrypting numbers, finding
pinyin and search words. Done in a second process, one chunk ahead of the one being written."""

from collections.abc import Sequence
from datetime import date
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from core import blind_index, crypto
from core.excel.cells import CLEAR
from core.lexemes import literal
from core.masking import mask_id_number, mask_name, mask_phone
from core.uid import uuid7
from owners.importing.copying import NULL, cell, escaped
from owners.importing.payload import Stored, open_row, stored
from owners.importing.people import kind_of
from owners.indexing import completeness, name_lexemes
from owners.models import IdType, OwnerKind
from properties.naming import unit_code, unit_lexemes, unit_sort_key

SealedRow = tuple[int, int, Any, str]  # id, number, uid, ciphertext


class Prepared(NamedTuple):
    """A row on its way into the database. `person` and `phones` are COPY text for the case that they are new."""

    pk: int
    stored: Stored
    id_index: bytes | None
    digests: tuple[bytes, ...]
    person: str
    words: str
    phones: list[str]
    emergency: str
    seen: dict[str, Any]
    place: str


# In the order of writing.OWNERS, after the columns that only the writer knows.
PERSON_COLUMNS = (
    "uid", "kind", "name", "name_key", "gender", "birth_year", "birth_month", "birth_day", "id_type", "id_number", "id_index",
    "id_last4", "completeness",
)  # fmt: skip


def serve(connection: Connection) -> None:
    """The second process: sealed chunks in, prepared chunks out, until the pipe is closed."""
    while True:
        connection.send(prepare(connection.recv()))


def prepare(rows: Sequence[SealedRow]) -> list[Prepared]:
    return [_prepared(pk, stored(number, open_row(uid, cipher))) for pk, number, uid, cipher in rows]


def _prepared(pk: int, row: Stored) -> Prepared:
    values = row.values
    number = values.get("id_number")
    number = "" if number is None or number is CLEAR else number
    mobile, others = _phones(values.get("phone")), _phones(values.get("other_phones"))
    phones = tuple(dict.fromkeys((*mobile, *others)))
    digests = tuple(blind_index.whole("phone", phone) for phone in phones)
    id_index = blind_index.whole("id_number", number)
    person, words, lines, emergency = "", "", [], ""
    if row.uid and not row.owner_id:
        person, words = _person(row, number, id_index, bool(phones))
        lines = [_phone(phone, digest) for phone, digest in zip(phones, digests, strict=True)]
        emergency = _emergency(values)
    seen = {"name": _masked_name(values)}
    if phones:
        seen["phone"] = [mask_phone(phone) for phone in phones]
    if number:
        seen["id_number"] = mask_id_number(number)
    place = _place(row.room) if not row.unit_id else ""
    return Prepared(pk, row, id_index, digests, person, words, lines, emergency, seen, place)


def _masked_name(values: dict[str, Any]) -> str:
    """As the operation log may keep it."""
    name, id_type = values.get("name", ""), values.get("id_type")
    kind = kind_of(name, id_type if isinstance(id_type, str) else "", values.get("role", ""))
    return mask_name(name, kind == OwnerKind.ORGANISATION)


def _phones(value: Any) -> tuple[str, ...]:
    return () if value is None or value is CLEAR else value


def _dashed(uid: str) -> str:
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"


def _person(row: Stored, number: str, id_index: bytes | None, phone: bool) -> tuple[str, str]:
    values, uid = row.values, _dashed(row.uid)
    name = values["name"]
    id_type = values.get("id_type")
    id_type = "" if id_type is None or id_type is CLEAR else id_type
    gender = values.get("gender")
    gender = "" if gender is None or gender is CLEAR else gender
    born: tuple[Any, Any, Any] = (NULL, NULL, NULL)
    if number and id_type == IdType.ID_CARD:
        born = (int(number[6:10]), int(number[10:12]), int(number[12:14]))
        gender = gender or ("male" if number[16] in "13579" else "female")
    sealed = crypto.ring().encrypt(number, crypto.binding("owners_owner", "id_number", uid)) if number else ""
    full = completeness(
        phone=phone, unit=True, id_number=bool(number), emergency=bool(values.get("emergency_name")), family=False,
        vehicle=bool(values.get("plates")),
    )  # fmt: skip
    safe = escaped(name)
    return (
        f"{uid}\t{kind_of(name, id_type, values.get('role', ''))}\t{safe}\t{safe}\t{gender}\t{born[0]}\t{born[1]}\t{born[2]}\t{id_type}\t"
        f"{sealed}\t{cell(id_index)}\t{cell(blind_index.last4('id_number', number))}\t{full}"
    ), escaped(literal(name_lexemes(name)))


def _phone(number: str, digest: bytes | None) -> str:
    """uid, number, number_index, number_last4."""
    uid = uuid7()
    sealed = crypto.ring().encrypt(number, crypto.binding("owners_ownerphone", "number", uid))
    return f"{uid}\t{sealed}\t{cell(digest)}\t{cell(blind_index.last4('phone', number))}"


def _emergency(values: dict[str, Any]) -> str:
    """uid, name, phone."""
    name, phone = values.get("emergency_name"), values.get("emergency_phone")
    name, phone = ("" if value is None or value is CLEAR else value for value in (name, phone))
    if not name and not phone:
        return ""
    uid = uuid7()
    sealed = crypto.ring().encrypt(phone, crypto.binding("owners_emergencycontact", "phone", uid)) if phone else ""
    return f"{uid}\t{escaped(name or '未填')}\t{sealed}"


def _place(room: tuple[str, str, str]) -> str:
    """code, sort_key, search of a new unit."""
    return f"{escaped(unit_code(*room))}\t{escaped(unit_sort_key(*room))}\t{escaped(literal(unit_lexemes(*room)))}"


def start_of(values: dict[str, Any], delivered: date | None, today: date) -> date:
    """起 = what the file says, else the delivery, else the day of the import."""
    start, end = values.get("start"), values.get("end")
    found = start or delivered or today
    return min(found, end) if end is not None and end is not CLEAR else found
