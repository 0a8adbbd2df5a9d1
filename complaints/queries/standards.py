"""The clock standards as their list shows them."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from complaints.models import ClockStandard
from complaints.states import Clock, Level


def listed(rows: QuerySet[ClockStandard]) -> QuerySet[ClockStandard]:
    """From the lightest level to the gravest, and each clock in the order in which it is owed."""

    def order(field: str, values: list[str]) -> Case:
        return Case(
            *(When(**{field: value}, then=Value(place)) for place, value in enumerate(values)),
            output_field=IntegerField(),
        )

    return rows.annotate(rank=order("level", Level.values), place=order("clock", Clock.values))
