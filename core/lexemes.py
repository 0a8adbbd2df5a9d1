"""Prefix search over prepared words: a `tsvector` of our own lexemes under a GIN index.

The words are made by the apps (room spellings, name fragments, pinyin); PostgreSQL's own text parsers are not used, because they
would cut `3-2-1502` into signed numbers. A query matches when every one of its words begins some lexeme.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Lookup, TextField, Value

LONGEST = 40


def tidy(words: Iterable[str]) -> list[str]:
    """Distinct non-empty lexemes of bounded length, sorted as a tsvector keeps them."""
    return sorted({word[:LONGEST] for word in words if word})


def vector(words: Iterable[str]) -> Func:
    """The expression to assign to a SearchVectorField of an instance."""
    return Func(
        Value(tidy(words), output_field=ArrayField(TextField())),
        function="array_to_tsvector",
        output_field=SearchVectorField(),
    )


def literal(words: Iterable[str]) -> str:
    """The same as text, for COPY."""
    text = "\0".join(tidy(words))  # which no text of PostgreSQL can hold
    if "'" in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace("'", "''")
    return "'" + text.replace("\0", "' '") + "'" if text else ""


def query(words: Iterable[str]) -> str:
    """The tsquery text that asks for all words as prefixes."""
    quoted = ("'" + word[:LONGEST].replace("\\", "\\\\").replace("'", "''") + "':*" for word in words if word)
    return " & ".join(quoted)


@SearchVectorField.register_lookup
class BeginsWith(Lookup):
    """`filter(search__begins=["wjg"])`: every word begins one of the row's lexemes."""

    lookup_name = "begins"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        words = [self.rhs] if isinstance(self.rhs, str) else list(self.rhs)
        return f"{lhs} @@ %s::tsquery", (*params, query(words))


@SearchVectorField.register_lookup
class BeginsWithWhenLookedAt(BeginsWith):
    """The same of rows that are looked at anyway, for where PostgreSQL would rather find them by the index of the words."""

    lookup_name = "begins_here"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        sql, params = super().as_sql(compiler, connection)
        return f"({sql}) IS TRUE", params
