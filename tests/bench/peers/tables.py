"""The plain table of the peers, in the order of the file's columns."""

from django.db import connection, models

from tests.bench.peers.models import PlainRow

COLUMNS = tuple(field.name for field in PlainRow._meta.fields if field.name not in ("id", "key"))


_KEY = models.Index(fields=["building", "entrance", "number", "name", "phone"], name="bench_plainrow_key")


def empty_table(*, indexed: bool = True) -> None:
    """An unlogged table would flatter the peers; this one is as durable as ours. `indexed`: rows can be found by their columns."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_plainrow")
    with connection.schema_editor() as editor:
        editor.create_model(PlainRow)
        if indexed:
            editor.add_index(PlainRow, _KEY)
