"""The part of the write that needs neither the database nor the other rows: opening the stored rows, encrypting numbers, finding
pinyin and search words."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from core import blind_index, crypto
from core.excel.cells import CLEAR
from core.lexemes import literal
from core.masking import mask_id_number, mask_name, mask_phone
from core.uid import uuid7_text
from owners.importing.copying import NULL, cell, escaped
from owners.importing.payload import Stored, open_row, stored
from owners.importing.people import kind_of
from owners.indexing import completeness, name_lexemes
from owners.models import IdType, OwnerKind
from properties.naming import unit_code, unit_lexemes, unit_sort_key


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


class Preparer:
    """Holds what every row needs: keys worked into the digests, the key ring."""

    def __init__(self) -> None:
        self.phone, self.id_number = blind_index.digester("phone"), blind_index.digester("id_number")
        # As COPY wants them. There are some ten thousand different endings, and each comes again and again.
        self.phone4, self.id4 = (
            lru_cache(20_000)(partial(_digest_cell, blind_index.digester(kind, "last4")))
            for kind in ("phone", "id_number")
        )
        self.ring = crypto.ring()
        self.room, self.place = ("", "", ""), ""

    def prepared(self, pk: int, number: int, uid: str, cipher: str) -> Prepared:
        kept = stored(number, open_row(uid, cipher, self.ring))
        values, owner = kept.values, kept.uid
        papers = _filled(values.get("id_number"))
        phones = _phones(values)
        digests = tuple([self.phone(phone) for phone in phones])
        id_index = self.id_number(papers) if papers else None
        name = values.get("name", "")
        kind = kind_of(name, _filled(values.get("id_type")), values.get("role", "")) if name else OwnerKind.PERSON.value
        person, words, lines, emergency = "", "", [], ""
        if owner and not kept.owner_id:
            person = self._person(owner, kind, values, papers, id_index, phone=bool(phones))
            words = escaped(literal(name_lexemes(name)))
            lines = [self._phone(phone, digest) for phone, digest in zip(phones, digests, strict=True)]
            emergency = self._emergency(values)
        # As the operation log may keep it.
        seen: dict[str, Any] = {"name": mask_name(name, kind == OwnerKind.ORGANISATION.value)}
        if phones:
            seen["phone"] = [mask_phone(phone) for phone in phones]
        if papers:
            seen["id_number"] = mask_id_number(papers)
        place = self._place(kept.room) if not kept.unit_id else ""
        return Prepared(pk, kept, id_index, digests, person, words, lines, emergency, seen, place)

    def _place(self, room: tuple[str, str, str]) -> str:
        """code, sort_key, search of a new unit. Its rows follow each other: they share it."""
        if room != self.room:
            words = literal(unit_lexemes(*room))
            self.room = room
            self.place = f"{escaped(unit_code(*room))}\t{escaped(unit_sort_key(*room))}\t{escaped(words)}"
        return self.place

    def _person(
        self, uid: str, kind: str, values: dict[str, Any], number: str, id_index: bytes | None, *, phone: bool
    ) -> str:
        """The COPY text of PERSON_COLUMNS."""
        uid = dashed(uid)
        name, id_type, gender = values["name"], _filled(values.get("id_type")), _filled(values.get("gender"))
        year: Any = NULL
        month: Any = NULL
        day: Any = NULL
        sealed, last4 = "", NULL
        if number:
            sealed = self.ring.encrypt(number, crypto.binding("owners_owner", "id_number", uid))
            last4 = self.id4(number[-4:]) if len(number) >= 4 else NULL
            if id_type == IdType.ID_CARD:
                year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
                gender = gender or ("male" if number[16] in "13579" else "female")
        full = completeness(
            phone=phone, unit=True, id_number=bool(number), emergency=bool(values.get("emergency_name")), family=False,
            vehicle=bool(values.get("plates")),
        )  # fmt: skip
        safe = escaped(name)
        return (
            f"{uid}\t{kind}\t{safe}\t{safe}\t{gender}\t{year}\t{month}\t{day}\t{id_type}\t"
            f"{sealed}\t{cell(id_index)}\t{last4}\t{full}"
        )

    def _phone(self, number: str, digest: bytes) -> str:
        """uid, number, number_index, number_last4."""
        uid = uuid7_text()
        sealed = self.ring.encrypt(number, crypto.binding("owners_ownerphone", "number", uid))
        return f"{uid}\t{sealed}\t\\\\x{digest.hex()}\t{self.phone4(number[-4:])}"

    def _emergency(self, values: dict[str, Any]) -> str:
        """uid, name, phone."""
        name, phone = _filled(values.get("emergency_name")), _filled(values.get("emergency_phone"))
        if not name and not phone:
            return ""
        uid = uuid7_text()
        sealed = self.ring.encrypt(phone, crypto.binding("owners_emergencycontact", "phone", uid)) if phone else ""
        return f"{uid}\t{escaped(name or str(_('未填')))}\t{sealed}"


def _filled(value: Any) -> str:
    return "" if value is None or value is CLEAR else value


def _phones(values: dict[str, Any]) -> tuple[str, ...]:
    """The distinct telephones of a row, the mobile ones first."""
    first, others = (_filled(values.get(key)) or () for key in ("phone", "other_phones"))
    return tuple(dict.fromkeys((*first, *others))) if others else tuple(first)


def _digest_cell(digester: Callable[[str], bytes], text: str) -> str:
    return cell(digester(text))


def dashed(uid: str) -> str:
    """A uid as PostgreSQL and the bindings write it."""
    return f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"


def start_of(values: dict[str, Any], delivered: date | None, today: date) -> date:
    """起 = what the file says, else the delivery, else the day of the import."""
    start, end = values.get("start"), values.get("end")
    found = start or delivered or today
    return min(found, end) if end is not None and end is not CLEAR else found
