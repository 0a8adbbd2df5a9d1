"""Several short lists of one page in one statement: asking for each by itself costs more than finding its rows."""

import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet


def together(*several: QuerySet[Any]) -> list[list[Any]]:
    """The instances each query set gives, in its order. They come as JSON, so only whole rows of one table can be asked for, and none
    whose columns are kept encrypted or as bytes."""
    parts: list[str] = []
    params: list[Any] = []
    for rows in several:
        try:
            sql, values = rows.query.sql_with_params()
        except EmptyResultSet:
            sql, values = "SELECT WHERE false", ()
        # A name no column has: of one called `part` json_agg(part) would gather that column and not the rows.
        parts.append(f"(SELECT json_agg(_whole_row) FROM ({sql}) AS _whole_row)::text")  # noqa: S608  made by the ORM
        params.extend(values)
    with connections[several[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = cursor.fetchone()
    return [_instances(rows, text) for rows, text in zip(several, found, strict=True)]


def _instances(rows: QuerySet[Any], text: str | None) -> list[Any]:
    columns = [(field.attname, field.column, field.to_python) for field in rows.model._meta.concrete_fields]
    names = [name for name, _column, _read in columns]
    listed = json.loads(text, parse_float=Decimal) if text else []
    return [
        rows.model.from_db(rows.db, names, [read(row[column]) for _name, column, read in columns]) for row in listed
    ]
