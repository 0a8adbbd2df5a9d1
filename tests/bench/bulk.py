"""Rows by the million for a benchmark: SQL files run into tables that stand bare until they are full."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

SQL = Path(__file__).with_name("sql")


def write(names: Sequence[str], tables: Sequence[str], facts: dict[str, Any]) -> None:
    """The files `names` in one transaction: an interrupted one has written nothing and dropped no index. `tables` are what is written in
    bulk, and so without foreign keys and plain indexes until it stands."""
    began = time.monotonic()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'; SET work_mem = '512MB'")
        with _bare(cursor, list(tables)):
            run(cursor, names, facts)
        for table in tables:
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
    print(f"… {time.monotonic() - began:.0f} s", flush=True)


def run(cursor: Any, names: Sequence[str], facts: dict[str, Any]) -> None:
    """The files `names`, statement by statement."""
    for name in names:
        for statement in (SQL / name).read_text().split(";\n"):
            if statement.strip():
                cursor.execute(statement, facts if "%(" in statement else None)


@contextmanager
def _bare(cursor: psycopg.Cursor, tables: list[str]) -> Iterator[None]:
    """Without foreign keys and indexes nobody's uniqueness rests on; afterwards they are made again, checked in one pass each."""
    cursor.execute(
        """SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
                  format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
             FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)""",
        [tables],
    )
    keys = cursor.fetchall()
    cursor.execute(
        """SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid) FROM pg_index
            WHERE NOT indisunique AND indrelid::regclass::text = ANY(%s)""",
        [tables],
    )
    indexes = cursor.fetchall()
    for drop, _make in (*keys, *indexes):
        cursor.execute(drop)
    yield
    for _drop, make in (*indexes, *keys):
        cursor.execute(make)
