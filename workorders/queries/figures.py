"""The figures of a report in one pass over its orders: what is counted of every group, and how long its orders took.

Nothing is rounded: the percentiles are those of percentile_cont. But that sorts numbers of floating point, of every group and then of
all orders again. Whole microseconds sort three times as fast; they are gathered while the groups are counted, and of each array are
asked the two between which a percentile lies.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, Count, DateTimeField, F, Func, IntegerField, Q, QuerySet, Sum, Value

from workorders.models import WorkOrder
from workorders.queries.missed import has
from workorders.states import Clock

SATISFIED_FROM = 4
SHARES = (Decimal("0.5"), Decimal("0.9"))
_MINUTE = 60_000_000

_STATEMENT = """
WITH lines AS MATERIALIZED ({lines}),
     every AS (SELECT sum(finished) AS finished FROM lines)
SELECT {names}, own.spread, whole.spread
  FROM lines
 CROSS JOIN LATERAL (SELECT {of_line} AS spread FROM unnest(lines.took) AS each(took)) AS own
 CROSS JOIN (SELECT spread FROM every CROSS JOIN LATERAL (
       SELECT {of_every} AS spread FROM lines CROSS JOIN LATERAL unnest(lines.took) AS each(took)) AS sorted) AS whole
"""


class Microseconds(Func):
    """An interval as a whole number, which it is."""

    template = "(date_part('epoch', %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


class MonthNumber(Func):
    """Which of the months a moment lies in, 1 for the first; `starts` are their first moments. DATE_TRUNC in a time zone takes ten
    times as long."""

    function, output_field = "width_bucket", IntegerField()

    def __init__(self, moment: Any, starts: Sequence[datetime], **extra: Any) -> None:
        super().__init__(moment, Value(list(starts), output_field=ArrayField(DateTimeField())), **extra)


def figures_of(rows: QuerySet[WorkOrder], path: str) -> tuple[list[dict[str, Any]], list[float | None]]:
    """For each value of `path` its figures, `p50` and `p90` in minutes among them; beside them the two of all rows."""
    counted = _counted()
    grouped = rows.order_by().values(path).annotate(**counted, took=_took())
    try:
        sql, params = grouped.query.sql_with_params()
    except EmptyResultSet:
        return [], [None, None]
    names = [path, *counted]
    with connections[rows.db].cursor() as cursor:
        cursor.execute(
            _STATEMENT.format(
                lines=sql, names=", ".join(f'lines."{name}"' for name in names),
                of_line=_spread("lines.finished"), of_every=_spread("every.finished"),
            ),
            params,
        )  # fmt: skip
        found = cursor.fetchall()
    lines = [dict(zip(names, row, strict=False)) for row in found]
    for line, row in zip(lines, found, strict=True):
        line["p50"], line["p90"] = _minutes(row[-2], line["finished"])
    return lines, _minutes(found[0][-1] if found else None, sum(line["finished"] for line in lines))


def _took() -> ArrayAgg:
    return ArrayAgg(Microseconds(F("completed_at") - F("reported_at")), filter=Q(completed_at__isnull=False))


def _counted() -> dict[str, Any]:
    figures = {
        "total": Count("pk"),
        "finished": Count("completed_at"),
        "done_once": Count("pk", filter=Q(completed_at__isnull=False) | Q(rework_count__gt=0)),
        "reworked": Count("pk", filter=Q(rework_count__gt=0)),
        "rated": Count("stars"),
        "satisfied": Count("pk", filter=Q(stars__gte=SATISFIED_FROM)),
        "unrated": Count("pk", filter=Q(stars__isnull=True, completed_at__isnull=False)),
        "materials": Sum("materials_fee", default=Decimal(0)),
    }
    for clock in Clock:
        figures[f"decided_{clock}"] = Count("pk", filter=has("met_clocks", clock) | has("late_clocks", clock))
        figures[f"missed_{clock}"] = Count("pk", filter=has("late_clocks", clock))
    return figures


def _spread(count: str) -> str:
    """The values at the two ranks on either side of each share; half a rank more, so that no rounding leads to a neighbour."""
    ranks = (f"{side}({share} * ({count} - 1))" for share in SHARES for side in ("floor", "ceil"))
    shares = ", ".join(f"(({rank} + 0.5) / nullif({count}, 0))::float8" for rank in ranks)
    return f"percentile_disc(ARRAY[{shares}]) WITHIN GROUP (ORDER BY each.took)"


def _minutes(spread: Sequence[int] | None, count: int) -> list[float | None]:
    """Between two values a percentile lies between them, as far as its rank does."""
    if not spread:
        return [None, None]
    at = [share * (count - 1) % 1 for share in SHARES]
    pairs = zip(spread[::2], spread[1::2], at, strict=True)
    return [(low + float(part) * (high - low)) / _MINUTE for low, high, part in pairs]
