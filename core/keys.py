"""Rows by very many keys at once, and the keys of very many rows."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, Lookup, QuerySet
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, In
from django.db.models.sql.where import WhereNode


def _array(keys: Iterable[int]) -> str:
    """As text: of a list, each of ten thousand keys would be looked up for how to say it."""
    return f"{{{','.join(map(str, keys))}}}"


class InArray(Lookup):
    """One of the keys in an array: a list of them, or an ArraySubquery."""

    lookup_name = "in_array"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        if hasattr(self.rhs, "as_sql"):
            rhs, rhs_params = compiler.compile(self.rhs)
            return f"{lhs} = ANY({rhs})", (*params, *rhs_params)
        return f"{lhs} = ANY(%s::bigint[])", (*params, _array(self.rhs))


def among(keys: Any) -> Lookup:
    """As `pk__in`, with one array instead of thousands of parameters."""
    return InArray(F("pk"), sorted(keys))


def keys_of(rows: QuerySet[Any], most: int, *, of: str = "pk") -> list[int]:
    """The primary keys of so many rows at most, or those of what they belong to, in no order. They come as one array: row by row, ten
    thousand take Python as long as finding them takes PostgreSQL."""
    try:
        sql, values = rows.order_by().values(of)[:most].query.sql_with_params()
    except EmptyResultSet:
        return []
    with connections[rows.db].cursor() as cursor:
        # made by the ORM, values are parameters
        cursor.execute(f"SELECT array_agg(found.key) FROM ({sql}) AS found(key)", values)  # noqa: S608
        return cursor.fetchone()[0] or []


class _Typed(Lookup):
    lookup_name = "typed"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = %s::bigint", (*params, self.rhs)


def typed(rows: QuerySet[Any], *names: str) -> QuerySet[Any]:
    """The same rows, with every condition on these foreign keys said in the column's own type: a GIN index takes no part in one whose
    value is of a shorter type, which all small numbers are."""
    same = rows.all()
    if hasattr(rows, "counted"):
        same.counted = rows.counted  # type: ignore[attr-defined]  # they are as many
    for name in names:
        _retype(same.query.where, rows.model._meta.get_field(name))
    return same


def _retype(node: WhereNode, column: Any) -> None:
    for at, child in enumerate(node.children):
        if isinstance(child, WhereNode):
            _retype(child, column)
        elif isinstance(child, Exact | In) and isinstance(child.lhs, Col) and child.lhs.target == column:
            keys = (
                [child.rhs] if isinstance(child, Exact) else list(child.rhs) if child.rhs_is_direct_value() else [None]
            )
            if keys and all(isinstance(key, int) for key in keys):
                same: Any = _Typed(child.lhs, keys[0]) if len(keys) == 1 else InArray(child.lhs, keys)
                node.children[at] = same
