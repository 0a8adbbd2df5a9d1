"""Queries of every page whose SQL is made once in a process.

The ORM takes longer to say such a query than PostgreSQL takes to answer it. It is still said in the ORM, with marks where the values
of a request will stand, so that rules written as query set methods hold here too.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connections, models
from django.db.models import BigIntegerField, BooleanField, F, Func, Value
from django.db.models.query import get_related_populators

Rows = TypeVar("Rows", bound=models.QuerySet)

# The mark of a list of keys, which `among` puts into a condition.
KEYS = [-1]


def among(field: str, keys: list[int]) -> Func:
    """`filter(among("pk", keys))`: one of the keys, said so that their number is no part of the statement, as it is of IN."""
    listed = Value(keys, output_field=ArrayField(BigIntegerField()))
    return Func(F(field), listed, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())


class Statement:
    """`build(*marks)` gives a `values_list` query set; `rows(*values)` its rows with the values in the places of the marks.

    Only for conditions whose SQL does not depend on the value (equality, not IN or NULL), and for columns that PostgreSQL's driver
    turns into Python by itself. The marks must differ from every other parameter of the query.
    """

    def __init__(self, build: Callable[..., models.QuerySet], *marks: Any) -> None:
        self.build, self.marks = build, marks

    @cached_property
    def _made(self) -> tuple[str, str, list[Any], list[tuple[int, int]]]:
        """Connection, SQL, parameters, and at which of these which value belongs."""
        rows = self.build(*self.marks)
        sql, params = rows.query.sql_with_params()
        places = [(at, n) for at, param in enumerate(params) for n, mark in enumerate(self.marks) if param == mark]
        assert {n for _at, n in places} == set(range(len(self.marks))), "a mark did not reach the statement"
        return rows.db, sql, list(params), places

    @property
    def alias(self) -> str:
        return self._made[0]

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        alias, sql, made, places = self._made
        params = made.copy()
        for at, n in places:
            params[at] = values[n]
        with connections[alias].cursor() as cursor:
            cursor.execute(sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


class Instances:
    """The rows of a model that a query set of `build` has, as instances: a Statement over the columns `only`, or over all but those
    that have to be turned into Python (JSON). The others are read when somebody asks for them."""

    def __init__(
        self, model: type[models.Model], build: Callable[..., models.QuerySet], *marks: Any, only: Sequence[str] = ()
    ) -> None:
        self.model = model
        plain = [field.attname for field in model._meta.concrete_fields if not hasattr(field, "from_db_value")]
        self.names = list(only or plain)
        self.statement = Statement(lambda *values: build(*values).values_list(*self.names), *marks)

    def rows(self, *values: Any) -> list[Any]:
        found = self.statement.rows(*values)
        alias = self.statement.alias
        return [self.model.from_db(alias, self.names, row) for row in found]


class Joined:
    """The rows of a query set by their keys, as the ORM makes them with everything that `build` joins to them.

    What is done with rows once they are fetched (words, prefetched relations, their reader) is that of the query set they are asked for;
    the keys were found within the scope, which is not asked again. `build` says nothing that depends on a request.
    """

    def __init__(self, build: Callable[[models.QuerySet], models.QuerySet], model: type[models.Model]) -> None:
        self.build, self.model = build, model

    def rows(self, asked: Rows, keys: list[int]) -> Rows:
        """`asked`, but the rows with these keys, in no order."""
        found = asked.all()
        found._iterable_class = partial(self._instances, keys)  # type: ignore[assignment]
        return found

    @cached_property
    def _made(self) -> tuple[str, list[Any], int, Any]:
        """SQL, parameters, which of them is the list of keys, and the compiler that knows what its columns are."""
        rows = self.build(self.model._default_manager.filter(among("pk", KEYS))).order_by()
        compiler = rows.query.get_compiler(using=rows.db)
        sql, params = compiler.as_sql()
        return sql, list(params), list(params).index(KEYS), compiler

    @cached_property
    def _parts(self) -> tuple[list[str], slice, list[Any], list[tuple[int, Any]]]:
        """Of a row of the answer: the names and places of the model's own columns, what makes the joined instances of the others, and
        how the values of some become Python."""
        compiler = self._made[3]
        assert not compiler.annotation_col_map, "what is joined are rows, not values"
        places = compiler.klass_info["select_fields"]
        own = slice(places[0], places[-1] + 1)
        names = [column[0].target.attname for column in compiler.select[own]]
        converters = compiler.get_converters([column[0] for column in compiler.select])
        joined = get_related_populators(compiler.klass_info, compiler.select, compiler.using)  # type: ignore[call-arg]  # stubs of 6.0
        return names, own, joined, list(converters.items())

    def _instances(self, keys: list[int], _asked: models.QuerySet) -> Iterator[models.Model]:
        sql, params, at, compiler = self._made
        names, own, joined, converters = self._parts
        connection = connections[compiler.using]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params[:at], keys, *params[at + 1 :]])
            found = cursor.fetchall()
        for values in map(list, found):
            for place, (functions, expression) in converters:
                for convert in functions:
                    values[place] = convert(values[place], expression, connection)
            row = self.model.from_db(compiler.using, names, values[own])
            for other in joined:
                other.populate(values, row)
            yield row
