from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import CommandParser
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import SYSTEM
from core.crypto import VERSION, DecryptError, binding, ring
from core.fields import EncryptedTextField
from core.log import declare, record
from core.management.operator import OperatorCommand, Refused

ROTATED = declare("core.field_keys.rotated", _("把加密字段换到了现用密钥"))


class Command(OperatorCommand):
    help = "Rewraps every encrypted field to the active key of FIELD_KEYS. Safe to run beside the application, and to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--batch", type=int, default=500, help="rows a transaction")
        parser.add_argument("--check", action="store_true", help="only count what is still under another key")

    def work(self, **options: Any) -> dict[str, Any]:
        counted = {f"{field.model._meta.label}.{field.name}": _rewrap(field, options) for field in encrypted_fields()}
        done = sum(done for done, _bad in counted.values())
        bad = [f"{name}#{pk}" for name, (_done, ids) in counted.items() for pk in ids]
        facts: dict[str, Any] = {
            "key": ring().active,
            "rows": done,
            "fields": {name: done for name, (done, _ids) in counted.items()},
        }
        if bad:
            raise Refused(f"{len(bad)} values cannot be decrypted: {', '.join(bad[:20])}", bad=bad[:100], **facts)
        if done and not options["check"]:
            record(ROTATED, by=SYSTEM, changes={"key": ring().active, "rows": done})
        return facts


def encrypted_fields() -> Iterator[EncryptedTextField]:
    for model in apps.get_models():
        yield from (field for field in model._meta.local_fields if isinstance(field, EncryptedTextField))


def _rewrap(field: EncryptedTextField, options: dict[str, Any]) -> tuple[int, list[int]]:
    """(rows done, keys of rows that cannot be read) of one column."""
    done, bad, last = 0, [], 0
    while rows := _behind(field, last, options["batch"]):
        last = rows[-1][0]
        if options["check"]:
            done += len(rows)
            continue
        with transaction.atomic():
            for pk, uid, old in rows:
                try:
                    done += _swap(field, pk, uid, old)
                except DecryptError:
                    bad.append(pk)
    return done, bad


def _names(model: type[models.Model]) -> tuple[str, str]:
    """Table and primary key, quoted."""
    key = model._meta.pk.column
    assert key  # a composite key would have none
    return connection.ops.quote_name(model._meta.db_table), connection.ops.quote_name(key)


def _behind(field: EncryptedTextField, after: int, limit: int) -> list[tuple[Any, ...]]:
    """The next rows under another key, by primary key."""
    table, key = _names(field.model)
    column = connection.ops.quote_name(field.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {key}, uid, {column} FROM {table} WHERE {key} > %s AND {column} <> '' AND {column} NOT LIKE %s"  # noqa: S608
            f" ORDER BY {key} LIMIT %s",
            [after, f"{VERSION}:{ring().active}:%", limit],
        )
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _swap(field: EncryptedTextField, pk: int, uid: Any, old: str) -> int:
    """Compare-and-swap: a value that somebody saved in between is newer and already under the active key."""
    table, key = _names(field.model)
    column = connection.ops.quote_name(field.column)
    aad = binding(field.model._meta.db_table, field.column, uid)
    new = ring().encrypt(ring().decrypt(old, aad), aad)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s", [new, pk, old])  # noqa: S608
        return int(cursor.rowcount)
