"""The plain table of the peers, in the order of the file's columns."""

from django.db import connection

from tests.bench.peers.models import PlainRow

COLUMNS = tuple(field.name for field in PlainRow._meta.fields if field.name != "id")


def empty_table() -> None:
    """An unlogged table would flatter the peers; this one is as durable as ours."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_plainrow")
    with connection.schema_editor() as editor:
        editor.create_model(PlainRow)
