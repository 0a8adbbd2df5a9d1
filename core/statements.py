"""Queries of every page whose SQL is made once in a process.

The ORM takes longer to say such a query than PostgreSQL takes to answer it. It is still said in the ORM, with marks where the values
of a request will stand, so that rules written as query set methods hold here too.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connections, models


class Statement:
    """`build(*marks)` gives a `values_list` query set; `rows(*values)` its rows with the values in the places of the marks.

    Only for conditions whose SQL does not depend on the value (equality, not IN or NULL), and for columns that PostgreSQL's driver
    turns into Python by itself. The marks must differ from every other parameter of the query.
    """

    def __init__(self, build: Callable[..., models.QuerySet], *marks: Any) -> None:
        self.build, self.marks = build, marks

    @cached_property
    def _made(self) -> tuple[str, str, tuple[Any, ...]]:
        rows = self.build(*self.marks)
        sql, params = rows.query.sql_with_params()
        assert all(params.count(mark) for mark in self.marks), "a mark did not reach the statement"
        return rows.db, sql, params

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        alias, sql, params = self._made
        meant = dict(zip(self.marks, values, strict=True))
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, [meant.get(param, param) for param in params])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
