"""派工中的人员状态 (R39): the weekly rota, its dated exceptions, and what somebody set instead until a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from workorders.models import DutyOverride, Repairer, Shift, ShiftException
from workorders.states import Duty

# How far ahead the next shift is looked for; somebody away for longer has none worth telling on a board.
LOOK_AHEAD_DAYS = 14
# The longest anything is said to hold instead of the rota; what lasts longer is a change of the rota.
LONGEST = timedelta(days=31)
Span = tuple[int, int]


@dataclass(frozen=True)
class Rota:
    """Hours by weekday, and by day where a day differs (none: off). A stretch belongs to the day it begins on, also past midnight."""

    week: Mapping[int, Sequence[Span]]
    days: Mapping[date, Sequence[Span]]

    @property
    def is_empty(self) -> bool:
        return not self.week and not self.days

    def hours(self, day: date) -> Sequence[Span]:
        return self.days[day] if day in self.days else self.week.get(day.weekday(), ())


@dataclass(frozen=True)
class DutyState:
    """What somebody is at a moment. `until`: when this ends; `back_at`: when he is on duty again, if he is not and it is known.
    `planned` is False for somebody who has no rota at all; `override` is the row that holds instead of the rota."""

    duty: str
    until: datetime | None = None
    back_at: datetime | None = None
    planned: bool = True
    override: DutyOverride | None = None

    @property
    def is_on(self) -> bool:
        return self.duty == Duty.ON

    @property
    def is_off(self) -> bool:
        return self.duty == Duty.OFF

    @property
    def word(self) -> str:
        return str(Duty(self.duty).label)

    @property
    def note(self) -> str:
        return self.override.note if self.override else ""


def duty_of(repairers: Iterable[Repairer], at: datetime) -> dict[int, DutyState]:
    """{repairer's pk: state at that moment}, two queries for any number of people."""
    pks = [row.pk for row in repairers]
    rotas, overrides = rotas_of(pks, timezone.localdate(at)), _overrides(pks, at)
    return {pk: state_at(rotas[pk], overrides.get(pk), at) for pk in pks}


def rotas_of(pks: Sequence[int], day: date) -> dict[int, Rota]:
    """The rotas around a day, exceptions from the day before it on (a night shift reaches into the day)."""
    shifts = Shift.objects.filter(repairer=OuterRef("pk")).order_by("weekday", "starts")
    differing = ShiftException.objects.filter(
        repairer=OuterRef("pk"), day__range=(day - timedelta(days=8), day + timedelta(days=LOOK_AHEAD_DAYS))
    )
    rows = Repairer.objects.filter(pk__in=pks).values_list(
        "pk",
        ArraySubquery(shifts.values(row=JSONObject(weekday="weekday", starts="starts", ends="ends"))),
        ArraySubquery(differing.values(row=JSONObject(day="day", hours="hours"))),
    )
    found = {pk: _rota(week, days) for pk, week, days in rows}
    return {pk: found.get(pk, Rota({}, {})) for pk in pks}


def _rota(week: list[dict], days: list[dict]) -> Rota:
    by_day: dict[int, list[Span]] = {}
    for row in week:
        by_day.setdefault(row["weekday"], []).append((row["starts"], row["ends"]))
    return Rota(by_day, {date.fromisoformat(row["day"]): pairs(row["hours"]) for row in days})


def pairs(flat: Sequence[int]) -> list[Span]:
    """[510, 720, 810, 1050] -> [(510, 720), (810, 1050)]."""
    return list(zip(flat[::2], flat[1::2], strict=True))


def _overrides(pks: Sequence[int], at: datetime) -> dict[int, DutyOverride]:
    """The one set last, if it still holds; what was set before it is over for good. None holds for longer than LONGEST."""
    rows = DutyOverride.objects.filter(repairer__in=pks, set_at__range=(at - LONGEST, at))
    latest = rows.order_by("repairer_id", "-id").distinct("repairer_id")
    return {row.repairer_id: row for row in latest if row.until > at}


def state_at(rota: Rota, override: DutyOverride | None, at: datetime) -> DutyState:
    """Pure: the state by the rota, or what was set instead of it."""
    if override is None:
        return _by_rota(rota, at)
    until = override.until
    back_at = None if override.duty == Duty.ON else _next_on(rota, until) or until
    return DutyState(override.duty, until, back_at, not rota.is_empty, override)


def _by_rota(rota: Rota, at: datetime) -> DutyState:
    for start, end in stretches(rota, at):
        if start <= at < end:
            return DutyState(Duty.ON, end)
        if start > at:
            return DutyState(Duty.OFF, start, start)
    return DutyState(Duty.OFF, planned=not rota.is_empty)


def _next_on(rota: Rota, at: datetime) -> datetime | None:
    """The first moment from then on at which the rota has him working; None without a rota."""
    for start, end in stretches(rota, at):
        if end > at:
            return max(start, at)
    return None


def stretches(rota: Rota, at: datetime) -> list[tuple[datetime, datetime]]:
    """The rota as moments, from the day before to the end of the look ahead, overlapping and touching ones joined."""
    first = timezone.localdate(at) - timedelta(days=1)
    raw = sorted(
        (moment(day, start), moment(day, end))
        for day in (first + timedelta(days=n) for n in range(LOOK_AHEAD_DAYS + 1))
        for start, end in rota.hours(day)
    )
    joined: list[tuple[datetime, datetime]] = []
    for start, end in raw:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def moment(day: date, minutes: int) -> datetime:
    """That many minutes after midnight of the day; past 1440 it is the next day."""
    return _midnight(day) + timedelta(minutes=minutes)


@lru_cache(maxsize=64)
def _midnight(day: date) -> datetime:
    """Asked for by every shift of sixty people, for the same two weeks."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
