"""Waiting for each other where there is no row to lock yet."""

from django.db import connection


def hold(what: str, key: bytes | int | None) -> None:
    """Until the transaction ends, nobody else holds the same `what` and `key`. Take it before any row is locked, so that all who
    take both take them in one order. Two keys that share a hash wait for each other too, which does no harm."""
    word = key.hex() if isinstance(key, bytes) else str(key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", [what, word])
