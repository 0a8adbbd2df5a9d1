"""Changes to what is there already: one UPDATE for each field of a chunk, telephones and contacts by their rows."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from core import blind_index, crypto
from core.masking import mask_id_number, mask_name, mask_phone
from core.uid import uuid7
from owners.importing import actions
from owners.importing.labels import Labels
from owners.importing.payload import packed

Pairs = Sequence[tuple[Any, Any]]
_LAYOUT = ("rooms", "halls", "baths", "kitchens")
# Import key -> (column, type); texts that are blank are '' in the database, never NULL.
_UNIT = {
    "floor": ("floor", "smallint"), "unit_type": ("unit_type_id", "bigint"), "built_area": ("built_area", "numeric"),
    "inner_area": ("inner_area", "numeric"), "orientation": ("orientation_id", "bigint"),
    "property_nature": ("property_nature_id", "bigint"), "delivery_status": ("delivery_status", "text"),
    "delivered_on": ("delivered_on", "date"), "billing_from": ("billing_from", "date"), "usage": ("usage", "text"),
}  # fmt: skip
_OWNER = {"gender": ("gender", "text"), "id_type": ("id_type", "text")}
_TENURE = {
    "share": ("share", "numeric"), "start": ("start", "date"), "remark": ("remark", "text"),
    "is_primary_contact": ("is_primary_contact", "boolean"), "is_payer": ("is_payer", "boolean"),
}  # fmt: skip
FIELDS = {
    "unit": ("properties_unit", _UNIT), "owner": ("owners_owner", _OWNER), "tenure": ("owners_tenure", _TENURE),
}  # fmt: skip
_OBJECTS = {
    "unit": ("properties.unit", actions.UNIT_CHANGED), "owner": ("owners.owner", actions.OWNER_CHANGED),
    "tenure": ("owners.tenure", actions.TENURE_CHANGED),
}  # fmt: skip
_MASKS = {"name": mask_name, "phones": mask_phone, "id_number": mask_id_number}


def apply_sets(writer: Any, pairs: Pairs) -> None:
    """Writes the `sets` of the chunk's rows and logs them."""
    changes = [
        (part, pk, uid, packed_sets)
        for item, row in pairs
        for part, sets in row.sets.items()
        for pk, uid in [_target(writer, part, item, row)]
        for packed_sets in [{key: packed(pair) for key, pair in sets.items()}]
    ]
    write_values(
        writer.cursor,
        [(part, pk, uid, {key: pair[1] for key, pair in sets.items()}) for part, pk, uid, sets in changes],
    )
    labels = {(part, id(row)): _label(writer, part, row) for _item, row in pairs for part in row.sets}
    order = [(part, id(row)) for _item, row in pairs for part in row.sets]
    for (part, pk, _uid, sets), key in zip(changes, order, strict=True):
        kind, action = _OBJECTS[part]
        writer.note(action, kind, pk, labels[key], {name: _told(writer, name, pair) for name, pair in sets.items()})


def _target(writer: Any, part: str, item: Any, row: Any) -> tuple[int, str]:
    if part == "unit":
        return row.unit.fact.id, ""
    return (row.person.fact.id, row.person.fact.uid) if part == "owner" else (row.tenure.id, "")


def _label(writer: Any, part: str, row: Any) -> str:
    if part == "owner":
        return mask_name(str(row.person.fact.name))
    room = str(writer.label_of(row.unit))
    return room if part == "unit" else f"{room} {mask_name(row.values.get('name', ''))}"


def _told(writer: Any, key: str, pair: list[Any]) -> list[Any]:
    """[old, new] as the log keeps it: words for ids, masks for what is personal."""
    if key == "emergency":
        return [f"{mask_name(value[0])} {mask_phone(value[1])}" if value else "" for value in pair]
    if (mask := _MASKS.get(key)) is not None:
        return [[mask(part) for part in value] if isinstance(value, list) else mask(value or "") for value in pair]
    return [writer.labels.shown(key, value) for value in pair]


def write_values(cursor: Any, changes: Sequence[tuple[str, int, str, dict[str, Any]]]) -> None:
    """(part, id, uid, {key: new value}) into the tables; also the way back, for the undo."""
    columns: dict[tuple[str, str, str], list[tuple[int, Any]]] = defaultdict(list)
    kinds = Labels()
    for part, pk, uid, values in changes:
        table, known = FIELDS[part]
        for key, value in values.items():
            if key == "layout":
                for column, count in zip(_LAYOUT, value or (None,) * 4, strict=True):
                    columns[table, column, "smallint"].append((pk, count))
            elif key in known:
                column, kind = known[key]
                if key == "unit_type":
                    columns[table, "kind", "text"].append((pk, kinds.unit_kind(value)))
                columns[table, column, kind].append((pk, "" if value is None and kind == "text" else value))
            elif key == "id_number":
                _write_id_number(cursor, pk, uid, value)
            elif key == "phones":
                _write_phones(cursor, pk, value)
            elif key == "emergency":
                _write_emergency(cursor, pk, value)
    # A flag is taken from one tenure before it is given to another.
    for (table, column, kind), pairs in columns.items():
        for turn in ([p for p in pairs if p[1] is False], [p for p in pairs if p[1] is not False]):
            _update(cursor, table, column, kind, turn)
    for table in ("properties_unit", "owners_owner"):
        ids = sorted({pk for part, pk, _uid, _values in changes if FIELDS[part][0] == table})
        if ids:
            cursor.execute(f"UPDATE {table} SET updated_at = now() WHERE id = ANY(%s)", [ids])  # noqa: S608  constants


def _update(cursor: Any, table: str, column: str, kind: str, pairs: list[tuple[int, Any]]) -> None:
    if pairs:
        cursor.execute(
            f'UPDATE {table} AS t SET "{column}" = k.value '  # noqa: S608  names from the constants above
            f"FROM unnest(%s::bigint[], %s::{kind}[]) AS k(id, value) WHERE t.id = k.id",
            [[pk for pk, _value in pairs], [value for _pk, value in pairs]],
        )


def _write_id_number(cursor: Any, pk: int, uid: str, number: str | None) -> None:
    number = number or ""
    dashed = f"{uid[:8]}-{uid[8:12]}-{uid[12:16]}-{uid[16:20]}-{uid[20:]}"
    sealed = crypto.ring().encrypt(number, crypto.binding("owners_owner", "id_number", dashed)) if number else ""
    cursor.execute(
        "UPDATE owners_owner SET id_number = %s, id_index = %s, id_last4 = %s WHERE id = %s",
        [sealed, blind_index.whole("id_number", number), blind_index.last4("id_number", number), pk],
    )


def _write_phones(cursor: Any, owner_id: int, numbers: list[str]) -> None:
    """The person's telephones are then these, in this order; those that stay keep their row, uid and label."""
    wanted = {blind_index.whole("phone", number): number for number in numbers}
    cursor.execute("SELECT number_index FROM owners_ownerphone WHERE owner_id = %s", [owner_id])
    known = {bytes(row[0]) for row in cursor.fetchall()}
    if gone := [digest for digest in known if digest not in wanted]:
        cursor.execute("DELETE FROM owners_ownerphone WHERE owner_id = %s AND number_index = ANY(%s)", [owner_id, gone])
    cursor.execute("UPDATE owners_ownerphone SET is_primary = false WHERE owner_id = %s AND is_primary", [owner_id])
    for sort, (digest, number) in enumerate(wanted.items()):
        if digest in known:
            cursor.execute(
                "UPDATE owners_ownerphone SET is_primary = %s, sort = %s WHERE owner_id = %s AND number_index = %s",
                [sort == 0, sort, owner_id, digest],
            )
            continue
        uid = uuid7()
        sealed = crypto.ring().encrypt(number, crypto.binding("owners_ownerphone", "number", uid))
        cursor.execute(
            "INSERT INTO owners_ownerphone (uid, owner_id, number, number_index, number_last4, label, is_primary, sort)"
            " VALUES (%s, %s, %s, %s, %s, '', %s, %s)",
            [uid, owner_id, sealed, digest, blind_index.last4("phone", number), sort == 0, sort],
        )


def _write_emergency(cursor: Any, owner_id: int, contact: list[str] | None) -> None:
    """The first emergency contact is then this one."""
    cursor.execute(
        "SELECT id, uid FROM owners_emergencycontact WHERE owner_id = %s ORDER BY sort, id LIMIT 1", [owner_id]
    )
    found = cursor.fetchone()
    if contact is None:
        if found:
            cursor.execute("DELETE FROM owners_emergencycontact WHERE id = %s", [found[0]])
        return
    uid = found[1] if found else uuid7()
    name, phone = contact
    sealed = crypto.ring().encrypt(phone, crypto.binding("owners_emergencycontact", "phone", uid)) if phone else ""
    if found:
        cursor.execute(
            "UPDATE owners_emergencycontact SET name = %s, phone = %s WHERE id = %s", [name, sealed, found[0]]
        )
    else:
        cursor.execute(
            "INSERT INTO owners_emergencycontact (uid, owner_id, name, phone, relation, sort) VALUES (%s, %s, %s, %s, '', 0)",
            [uid, owner_id, name, sealed],
        )
