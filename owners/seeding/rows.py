"""Writing by COPY: a row is text made from one prepared pattern, because the ORM would take an hour for half a million people."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import NOT_PROVIDED

from core.crypto import binding, ring

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def text(value: Any) -> str:
    """One value in COPY's text format."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, (int, Decimal, UUID)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return json.dumps(value).translate(_ESCAPES)


class Table:
    """One model's COPY: the named fields come with each row, all others get the model's default once and for all."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        self.model = model
        self.lines: list[str] = []
        columns: list[str] = []
        pattern: list[tuple[str, str]] = []
        for field in model._meta.concrete_fields:
            if field.attname in names:
                columns.append(str(field.column))
            elif not field.null and field.db_default is NOT_PROVIDED and not field.primary_key:
                columns.append(str(field.column))
                pattern.append((field.attname, text(field.get_default())))
        self._names = names
        constants = dict(pattern)
        places = {name: index for index, name in enumerate(names)}
        slots = []
        for field in model._meta.concrete_fields:
            if field.column in columns:
                value = constants.get(field.attname)
                slots.append(
                    f"{{{places[field.attname]}}}" if value is None else value.replace("{", "{{").replace("}", "}}")
                )
        self._line = "\t".join(slots).format
        self._copy = f"COPY {model._meta.db_table} ({', '.join(map(connection.ops.quote_name, columns))}) FROM STDIN"

    def add(self, *values: Any) -> None:
        self.lines.append(self._line(*map(text, values)))

    def write(self) -> int:
        """Sends what was added; returns how many rows."""
        count = len(self.lines)
        with connection.cursor() as cursor, cursor.copy(self._copy) as copy:
            for start in range(0, count, 2_000):
                copy.write("\n".join(self.lines[start : start + 2_000]) + "\n")
        self.lines.clear()
        return count


def reserve(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for rows that others will point to."""
    sequence = f"{model._meta.db_table}_id_seq"
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        return [row[0] for row in cursor.fetchall()]


class Sealer:
    """Encrypts one column of one table."""

    def __init__(self, model: type[models.Model], name: str) -> None:
        field: Any = model._meta.get_field(name)
        self._table, self._column = model._meta.db_table, field.column
        self._ring = ring()

    def __call__(self, plaintext: str, uid: UUID) -> str:
        return self._ring.encrypt(plaintext, binding(self._table, self._column, uid)) if plaintext else ""


def lines(table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        table.add(*row)
