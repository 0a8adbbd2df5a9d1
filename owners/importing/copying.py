"""COPY by hand: model columns into lines of text, without a model instance for every row."""

import json
import json.encoder
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

_RISKY_RE = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
NULL = "\\N"


def escaped(text: str) -> str:
    """Text as COPY wants it."""
    return _RISKY_RE.sub(lambda found: _ESCAPES[found[0]], text) if _RISKY_RE.search(text) else text


def _compact_encoder() -> Callable[[Any], str]:
    """JSON without spaces. JSONEncoder builds its C encoder anew for every call, which costs more than a small object; where the
    interpreter has none, it does."""
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    encode = make(None, str, json.encoder.encode_basestring, None, ":", ",", False, False, True)
    return lambda value: "".join(encode(value, 0))


compact_json = _compact_encoder()


def cell(value: Any) -> str:
    """A value as COPY wants it."""
    if value is None:
        return NULL
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return escaped(str(value))


class Table:
    """The COPY statement of a model: the columns that vary, then those that every row leaves at their default.

    Columns that the database itself fills (`db_default`) are left out.
    """

    def __init__(self, model: type[models.Model], varying: Sequence[str]) -> None:
        columns, constants = [], []
        fields = {field.attname: field for field in model._meta.concrete_fields}
        for name in varying:
            columns.append(fields.pop(name).column)
        for field in fields.values():
            if field.primary_key or field.has_db_default():
                continue
            columns.append(field.column)
            constants.append(self._default(field))
        quoted = ", ".join(connection.ops.quote_name(str(column)) for column in columns)
        self.sql = f"COPY {connection.ops.quote_name(model._meta.db_table)} ({quoted}) FROM STDIN"
        self.tail = "".join(f"\t{constant}" for constant in constants) + "\n"

    @staticmethod
    def _default(field: models.Field) -> str:
        value = field.get_default()
        if isinstance(value, (list, dict)):
            return "{}"
        return cell(value)


def copy(cursor: Any, sql: str, lines: Iterable[str]) -> None:
    """Streams lines in blocks: one write a line would cost more than the line. Errors are Django's, as from any other statement:
    Django does not wrap those of COPY by itself, and writing begins a chunk anew only when it knows the error."""
    block = "".join(lines)
    if not block:
        return
    with cursor.db.wrap_database_errors, cursor.copy(sql) as target:
        for start in range(0, len(block), 1 << 20):
            target.write(block[start : start + (1 << 20)].encode())


def next_ids(cursor: Any, table: str, count: int) -> list[int]:
    """Primary keys from the table's own sequence. They need not be consecutive: others insert, too."""
    if not count:
        return []
    # OFFSET 0 keeps the look-up of the sequence's name from being done for every key.
    cursor.execute(
        "SELECT nextval(name) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS sequence,"
        " generate_series(1, %s)",
        [table, count],
    )
    return [row[0] for row in cursor.fetchall()]
