"""What every report counts with: shares that say nothing of nothing, percentiles from one sorting, differences in words."""

from decimal import ROUND_HALF_UP, Decimal

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, FloatField, Func

# Below so many a rate is a chance: it is shown, and marked.
FEW = 30


class Percentiles(Aggregate):
    """Half and nine tenths of the rows, sorted once. percentile_cont: between two values it lies between them."""

    template = "percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    function = None
    output_field = ArrayField(FloatField())


class DatePart(Func):
    """Seconds of an interval, as a number that sorts fast (EXTRACT gives a numeric)."""

    template = "date_part('epoch', %(expressions)s)"
    output_field = FloatField()


def whole_minutes(minutes: float | None) -> int | None:
    """The nearest, half up: what words, tables and workbooks say of the same stretch of time."""
    return None if minutes is None else int(Decimal(minutes).quantize(Decimal(1), ROUND_HALF_UP))


def percent(part: int, whole: int) -> Decimal | None:
    """Two decimals, half up; None without anything to count."""
    return _ratio(part, whole, 100)


def per_thousand(part: int, whole: int) -> Decimal | None:
    return _ratio(part, whole, 1000)


def _ratio(part: int, whole: int, of: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) * of / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
