"""The database as the migrations left it, and how a test that commits gives it back.

Django empties every table and lets every app write its words, roles and permissions anew. That takes longer than most such tests, and
what migrations themselves have written is gone for all tests that follow. Here only what was written to is emptied, and rows that
stood there before stand there again, under the keys they had.
"""

from typing import Any

import psycopg
from psycopg import sql

# A table that nobody has ever written to has no pages; one that was written to, also in vain, has some.
_WRITTEN = """
SELECT relname, EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal)
  FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'django_migrations' AND pg_relation_size(oid) > 0
 ORDER BY relname
"""


class Pristine:
    """Made when the database has just been created; `settings` are the owner's, for whom no table is closed."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.connection = psycopg.connect(
            host=settings["HOST"], port=settings["PORT"], dbname=settings["NAME"], user=settings["USER"],
            password=settings["PASSWORD"], options="-c lock_timeout=30s",
        )  # fmt: skip
        with self.connection.transaction():
            self.rows = {table: self._content(table) for table, _guarded in self._written()}

    def close(self) -> None:
        self.connection.close()

    def restore(self) -> None:
        """Waits for whoever is still writing, as emptying a table would. Foreign keys are looked at when everything is in place."""
        with self.connection.transaction():
            written = dict(self._written())
            if written:
                self._run("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", sql.SQL(", ").join(map(sql.Identifier, written)))
            changed = [table for table in written if self._content(table) != self.rows.get(table, b"")]
            # What was published can never be deleted, but a test is over.
            guarded = [sql.Identifier(table) for table in changed if written[table]]
            for name in guarded:
                self._run("ALTER TABLE {} DISABLE TRIGGER USER", name)
            for table in changed:
                self._refill(table)
            self._run("SET CONSTRAINTS ALL IMMEDIATE")
            for name in guarded:
                self._run("ALTER TABLE {} ENABLE TRIGGER USER", name)

    def _refill(self, table: str) -> None:
        name = sql.Identifier(table)
        self._run("DELETE FROM {}", name)
        if table in self.rows:
            with self.connection.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
                copy.write(self.rows[table])

    def _written(self) -> list[tuple[str, bool]]:
        return self.connection.execute(_WRITTEN).fetchall()

    def _content(self, table: str) -> bytes:
        with self.connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
            return b"".join(copy)

    def _run(self, statement: Any, *names: sql.Composable) -> None:
        self.connection.execute(sql.SQL(statement).format(*names))
