"""Repairers as their list, their page and the rota of a week need them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from workorders.hours import show_hours, write_hours
from workorders.models import Repairer, ShiftException, WorkOrder
from workorders.queries.duty import Rota, duty_of, pairs, rotas_of
from workorders.states import OPEN

_DAY = 1440
_RECENT_DAYS = 14


def listed(rows: QuerySet[Repairer]) -> QuerySet[Repairer]:
    """Annotates `in_hand`: open orders that lie with the person, wherever."""
    held = WorkOrder.objects.filter(assignee=OuterRef("user"), status__in=sorted(OPEN)).order_by().values("assignee")
    count = Subquery(held.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
    rows = rows.select_related("user", "community").prefetch_related("skills", "buildings")
    return rows.annotate(in_hand=Coalesce(count, 0))


def with_duty(rows: Iterable[Repairer]) -> None:
    """Sets `duty` on each, for all in two queries."""
    people = list(rows)
    states = duty_of(people, timezone.now())
    for row in people:
        known: Any = row
        known.duty = states[row.pk]


@dataclass(frozen=True)
class Bar:
    """A stretch of work inside one day, as shares of its width in per cent."""

    start: float
    width: float


@dataclass(frozen=True)
class RotaDay:
    """One day of somebody's week: the hours in words, drawn, and why they differ from the rota."""

    day: date
    words: str
    typed: str
    bars: tuple[Bar, ...]
    differs: bool
    reason: str = ""

    @property
    def parts(self) -> list[str]:
        return self.words.split()


@dataclass(frozen=True)
class RotaRow:
    repairer: Repairer
    days: tuple[RotaDay, ...]


def week_of(day: date) -> list[date]:
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]


def rota_rows(repairers: Sequence[Repairer], days: Sequence[date]) -> list[RotaRow]:
    """The week of each of these people, in two queries."""
    pks = [row.pk for row in repairers]
    rotas = rotas_of(pks, days[0])
    found = ShiftException.objects.filter(repairer__in=pks, day__range=(days[0], days[-1]))
    exceptions = {(row.repairer_id, row.day): row for row in found}
    return [
        RotaRow(row, tuple(_day(rotas[row.pk], day, exceptions.get((row.pk, day))) for day in days))
        for row in repairers
    ]


def _day(rota: Rota, day: date, exception: ShiftException | None) -> RotaDay:
    hours = pairs(exception.hours) if exception else rota.week.get(day.weekday(), ())
    night = [(0, end - _DAY) for _start, end in rota.hours(day - timedelta(days=1)) if end > _DAY]
    drawn = [*night, *((start, min(end, _DAY)) for start, end in hours)]
    bars = tuple(Bar(round(start / 14.4, 2), round((end - start) / 14.4, 2)) for start, end in drawn)
    known = (True, exception.reason) if exception else (False, "")
    return RotaDay(day, show_hours(hours), write_hours(hours), bars, *known)


def typed_week(row: Repairer) -> dict[int, str]:
    """The weekly rota as it is typed: {weekday: "08:30-12:00 13:30-17:30"}."""
    found: dict[int, list[tuple[int, int]]] = {}
    for shift in row.shifts.order_by("weekday", "starts"):
        found.setdefault(shift.weekday, []).append((shift.starts, shift.ends))
    return {weekday: write_hours(spans) for weekday, spans in found.items()}


def coming_exceptions(row: Repairer) -> list[ShiftException]:
    """Those of the last days and all that come."""
    first = timezone.localdate() - timedelta(days=_RECENT_DAYS)
    rows = list(row.exceptions.filter(day__gte=first).order_by("day"))
    for one in rows:
        known: Any = one
        known.words = show_hours(pairs(one.hours))
    return rows


def open_orders(row: Repairer, orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """What lies with him, out of the orders the reader may see."""
    found = orders.filter(assignee=row.user_id, status__in=sorted(OPEN), community=row.community_id)
    return found.select_related("community", "kind").order_by("next_due_at", "pk")
