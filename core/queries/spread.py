"""Figures in one pass over their rows: what is counted of every group, and how long its rows took, of each group and of several together.

Nothing is rounded: the percentiles are those of percentile_cont. But that sorts numbers of floating point, of every group and then of
all rows again. Whole microseconds sort three times as fast; they are gathered while the groups are counted, and of each array are asked
the two between which a percentile lies.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, DateTimeField, Func, IntegerField, Q, QuerySet, Value

Spread = list[float | None]  # half, and nine tenths, of the rows took at most so many minutes
Together = Sequence[Collection[int] | None]
SHARES = (Decimal("0.5"), Decimal("0.9"))
_MINUTE = 60_000_000

_STATEMENT = "WITH lines AS MATERIALIZED ({lines})\nSELECT {names}{spreads}\n  FROM lines{joins}"
# Unfolded among the columns, not as a table: a function in FROM writes its rows away before they are read.
_OWN = " CROSS JOIN LATERAL (SELECT {spread} AS spread FROM (SELECT unnest(lines.took) AS took) AS each) AS own"
_TOGETHER = """
 CROSS JOIN (SELECT every.n, sorted.spread FROM (SELECT sum({counted}) AS n FROM lines WHERE {those}) AS every CROSS JOIN LATERAL (
       SELECT {spread} AS spread FROM (SELECT unnest(took) AS took FROM lines WHERE {those}) AS each) AS sorted) AS "{name}"
"""


class Microseconds(Func):
    """An interval as a whole number, which it is."""

    template = "(date_part('epoch', %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


class StretchNumber(Func):
    """Which of the stretches of time a moment lies in, 1 for the first; `starts` are their first moments. DATE_TRUNC in a time zone
    takes ten times as long."""

    function, output_field = "width_bucket", IntegerField()

    def __init__(self, moment: Any, starts: Sequence[datetime], **extra: Any) -> None:
        super().__init__(moment, Value(list(starts), output_field=ArrayField(DateTimeField())), **extra)


@dataclass(frozen=True)
class Took:
    """How long a row took, once it has `ended`; `counted` is the figure that says how many have."""

    interval: Any
    ended: Q
    counted: str


def figures_of(
    rows: QuerySet[Any],
    path: str,
    figures: dict[str, Any],
    took: Took,
    *,
    own: bool = True,
    together: Together = (None,),
) -> tuple[list[dict[str, Any]], list[Spread]]:
    """For each value of `path` its figures and, if they are wanted of its `own`, `p50` and `p90` in minutes among them; beside them the
    two of the values that are counted `together`, None for all of them."""
    gathered = ArrayAgg(Microseconds(took.interval), filter=took.ended)
    grouped = rows.order_by().values(path).annotate(**figures, took=gathered)
    try:
        sql, params = grouped.query.sql_with_params()
    except EmptyResultSet:
        return [], [[None, None] for _values in together]
    names = [path, *figures]
    with connections[rows.db].cursor() as cursor:
        cursor.execute(_statement(sql, names, took.counted, own, together), [*params, *_listed(together)])
        found = cursor.fetchall()
    lines = [dict(zip(names, row, strict=False)) for row in found]
    if own:
        for line, row in zip(lines, found, strict=True):
            line["p50"], line["p90"] = _between(row[len(names)], line[took.counted])
    first = found[0][len(names) + own :] if found else (None, 0) * len(together)
    return lines, [_between(spread, n) for spread, n in zip(first[::2], first[1::2], strict=True)]


def _statement(sql: str, names: list[str], counted: str, own: bool, together: Together) -> str:
    spreads, joins = "", ""
    if own:
        spreads, joins = ", own.spread", _OWN.format(spread=_spread(f"lines.{counted}"))
    for at, values in enumerate(together):
        name, those = f"together_{at}", "true" if values is None else f'lines."{names[0]}" = ANY(%s)'
        spreads += f', "{name}".spread, "{name}".n'
        joins += _TOGETHER.format(counted=counted, those=those, spread=_spread("every.n"), name=name)
    return _STATEMENT.format(
        lines=sql, names=", ".join(f'lines."{name}"' for name in names), spreads=spreads, joins=joins
    )


def _listed(together: Together) -> list[list[int]]:
    """Each is asked for twice: how many they are, and their values."""
    return [list(values) for values in together if values is not None for _time in range(2)]


def _spread(count: str) -> str:
    """The values at the two ranks on either side of each share; half a rank more, so that no rounding leads to a neighbour."""
    ranks = (f"{side}({share} * ({count} - 1))" for share in SHARES for side in ("floor", "ceil"))
    shares = ", ".join(f"(({rank} + 0.5) / nullif({count}, 0))::float8" for rank in ranks)
    return f"percentile_disc(ARRAY[{shares}]) WITHIN GROUP (ORDER BY each.took)"


def _between(spread: Sequence[int] | None, count: int | None) -> Spread:
    """Between two values a percentile lies between them, as far as its rank does."""
    if not spread or not count:
        return [None, None]
    at = [share * (count - 1) % 1 for share in SHARES]
    pairs = zip(spread[::2], spread[1::2], at, strict=True)
    return [(low + float(part) * (high - low)) / _MINUTE for low, high, part in pairs]
