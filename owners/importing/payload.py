"""A decided row as ImportRow keeps it: JSON, encrypted, bound to the row; read back for the preview, the write and the undo."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from core import crypto
from core.excel.cells import CLEAR
from core.excel.columns import Layout
from core.uid import uuid7_text
from owners.importing.columns import PERSON_KEYS, UNIT_KEYS
from owners.importing.copying import compact_json, escaped
from owners.importing.plans import FileRow, Room
from owners.importing.problems import as_json
from owners.models import ImportRow

_KEPT = frozenset((*UNIT_KEYS, *PERSON_KEYS, "remark"))
# How values are read back that JSON has no type for.
_UNLIKE_JSON: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("built_area", "inner_area", "share"), Decimal),
    **dict.fromkeys(("delivered_on", "billing_from", "start", "end"), date.fromisoformat),
    **dict.fromkeys(("phone", "other_phones", "plates"), tuple),
    "layout": Layout._make,
}
CLEAR_TEXT = "[清空]"
_TABLE, _COLUMN = ImportRow._meta.db_table, "payload"
COPY_SQL = f"COPY {_TABLE} (id, uid, batch_id, number, outcome, problems, payload) FROM STDIN"


class Stored(NamedTuple):
    """A row read back."""

    number: int
    room: Room
    values: dict[str, Any]
    uid: str
    unit_id: int
    owner_id: int
    tenure_id: int
    sets: dict[str, dict[str, list[Any]]]
    adds: list[str]
    linked: bool


def packed(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return value
    if kind is Decimal:
        return str(value)
    if kind is date:
        return value.isoformat()
    if value is CLEAR:
        return CLEAR_TEXT
    return [packed(item) for item in value]


def unpacked(key: str, value: Any) -> Any:
    if value == CLEAR_TEXT:
        return CLEAR
    read = _UNLIKE_JSON.get(key)
    return value if read is None or value is None else read(value)


def packed_sets(row: FileRow) -> dict[str, dict[str, list[Any]]]:
    return {part: {key: packed(pair) for key, pair in sets.items()} for part, sets in row.sets.items()}


def content(row: FileRow) -> str:
    """The JSON of a row. Rows with errors keep nothing: the user's file has it."""
    if row.outcome == ImportRow.Outcome.ERROR or row.room is None:
        return ""
    person, unit = row.person, row.unit
    values = row.values
    if person is not None and len(person.rows) > 1:
        values = values | person.values
    fact = person.fact if person else None
    return compact_json(
        [
            row.room,
            {key: value if type(value) is str else packed(value) for key, value in values.items() if key in _KEPT},
            (fact.uid if fact else person.uid) if person else "",
            [unit.fact.id if unit and unit.fact else 0, fact.id if fact else 0, row.tenure.id if row.tenure else 0],
            packed_sets(row),
            row.adds,
            int(row.linked),
        ]
    )


def stored(number: int, text: str) -> Stored:
    room, values, uid, (unit_id, owner_id, tenure_id), sets, adds, linked = json.loads(text)
    return Stored(
        number, tuple(room), unpacked_values(values), uid, unit_id, owner_id, tenure_id, sets, adds, bool(linked)
    )


def unpacked_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a row as they were before they were packed; changes the dictionary it is given."""
    if CLEAR_TEXT in values.values():
        values |= {key: unpacked(key, value) for key, value in values.items()}
        return values
    for key in _UNLIKE_JSON.keys() & values.keys():
        if (value := values[key]) is not None:
            values[key] = _UNLIKE_JSON[key](value)
    return values


def open_row(uid: Any, cipher: str, ring: crypto.KeyRing | None = None) -> str:
    return (ring or crypto.ring()).decrypt(cipher, crypto.binding(_TABLE, _COLUMN, uid)) if cipher else ""


def lines(batch_id: int, ids: Sequence[int], rows: Sequence[FileRow], keys: dict[str, str]) -> Iterable[str]:
    """COPY lines of ImportRow. `keys` maps column titles back to keys, for masking."""
    ring = crypto.ring()
    for pk, row in zip(ids, rows, strict=True):
        uid = uuid7_text()
        text = content(row)
        cipher = ring.encrypt(text, crypto.binding(_TABLE, _COLUMN, uid)) if text else ""
        problems = "[]"
        if row.errors or row.notices:
            said = [as_json(error, keys.get(error.header, "")) for error in row.errors]
            said += [as_json(notice, keys.get(notice.header, ""), notice=True) for notice in row.notices]
            problems = escaped(compact_json(said))
        yield f"{pk}\t{uid}\t{batch_id}\t{row.number}\t{row.outcome}\t{problems}\t{cipher}\n"
