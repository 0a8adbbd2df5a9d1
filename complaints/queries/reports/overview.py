"""The first page of the report: the figures against two other periods, the course of a year, whose fault it was and why, what became
of suggestions, the three rates of the city."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.queries.missed import has, owing
from complaints.queries.reports.asked import Asked, list_url
from complaints.queries.reports.course import over
from complaints.queries.reports.dimensions import BY_CODE, Dimension, names
from complaints.queries.reports.lines import Line, owed_figures
from complaints.states import Clock, Kind
from core.queries.figures import percent
from core.web.periods import Period, month_of

CAUSES = 10
TREND_MONTHS = 12
CITY_CLOCKS = (Clock.SIGN, Clock.CITY_END)


@dataclass(frozen=True)
class Share:
    """One part of a whole."""

    label: str
    count: int
    share: Decimal | None
    url: str
    is_blank: bool = False


@dataclass(frozen=True)
class Month:
    label: str
    count: int
    on_time: Decimal | None
    url: str


@dataclass(frozen=True)
class CityRate:
    """响应率、解决率、满意率: `whole` are those the city has said something about."""

    name: str
    label: str
    count: int
    whole: int
    rate: Decimal | None
    url: str
    whole_url: str


@dataclass(frozen=True)
class City:
    total: int
    url: str
    rates: list[CityRate]
    clocks: list[CityRate]


@dataclass(frozen=True)
class Overview:
    asked: Asked
    now: Line
    before: Line
    year_ago: Line
    before_period: Period
    year_ago_period: Period
    kinds: list[Share]
    responsibilities: list[Share]
    causes: list[Share]
    suggestions: list[Share]
    city: City
    months: list[Month]


def overview(user: Any, asked: Asked) -> Overview:
    """Of complaints; suggestions and cases of the city have their own lines, whatever kind was asked for."""
    asked = asked.of_kind(Kind.COMPLAINT)
    today = timezone.localdate()
    before, year_ago = asked.period.previous(today), asked.period.last_year(today)
    months = _course(asked)
    lines = over(user, asked, list(dict.fromkeys((asked.period, before, year_ago))), months)
    parts = _parts(user, asked)
    return Overview(
        asked, lines[asked.period], lines[before], lines[year_ago], before, year_ago, kinds=_kinds(parts, asked),
        responsibilities=_shares(parts, asked, "responsibility"), causes=_shares(parts, asked, "cause", CAUSES),
        suggestions=_shares(parts, asked.of_kind(Kind.SUGGESTION), "outcome"), city=_city(user, asked),
        months=[_month(month, lines[month], asked.within(month)) for month in months],
    )  # fmt: skip


_PARTED = ("kind", "responsibility", "cause_id", "outcome")


def _parts(user: Any, asked: Asked) -> list[dict[str, Any]]:
    """Everything that is only counted, in one grouping of a few hundred lines."""
    return list(asked.of_kind("").rows(user).values(*_PARTED).annotate(n=Count("pk")))


def _added(parts: list[dict[str, Any]], path: str, kind: str = "") -> dict[Any, int]:
    found: dict[Any, int] = {}
    for part in parts:
        if kind in ("", part["kind"]):
            found[part[path]] = found.get(part[path], 0) + part["n"]
    return found


def _shares(parts: list[dict[str, Any]], asked: Asked, code: str, most: int | None = None) -> list[Share]:
    """The values of a dimension, the most frequent first and what is missing last. `most` leaves off the rest: a list of ten reasons
    says what to do, one of thirty does not."""
    by = BY_CODE[code]
    counts = _added(parts, by.path, asked.kind)
    total, words = sum(counts.values()), names(by, counts.keys())
    rows = [_share(by, key, count, total, words, asked) for key, count in counts.items()]
    rows.sort(key=lambda row: (row.is_blank, -row.count, row.label))
    if most is None:
        return rows
    return [*[row for row in rows if not row.is_blank][:most], *[row for row in rows if row.is_blank]]


def _share(by: Dimension, key: Any, count: int, total: int, words: dict[Any, str], asked: Asked) -> Share:
    url = list_url(asked.query((by, key)))
    return Share(words.get(key, ""), count, percent(count, total), url, key in (None, ""))


def _kinds(parts: list[dict[str, Any]], asked: Asked) -> list[Share]:
    everything = asked.of_kind("")
    counts = _added(parts, "kind")
    total = sum(counts.values())
    return [
        Share(str(kind.label), counts.get(kind, 0), percent(counts.get(kind, 0), total), list_url(everything.base(), kind=kind.value))
        for kind in Kind
    ]  # fmt: skip


def _course(asked: Asked) -> list[Period]:
    """The twelve months up to the end of the period, those without a case too."""
    wanted = [month_of(min(asked.period.end, timezone.localdate()))]
    while len(wanted) < TREND_MONTHS:
        wanted.insert(0, wanted[0].previous(wanted[0].end))
    return wanted


def _month(period: Period, line: Line, asked: Asked) -> Month:
    return Month(f"{period.start:%Y-%m}", line.total, line.on_time(Clock.COMPLETION), list_url(asked.base()))


def _city(user: Any, asked: Asked) -> City:
    """Cases with a number of the city's, of whatever kind. What the city has not said is in no rate."""
    asked = asked.of_kind("")
    rows = asked.rows(user).filter(city__isnull=False)
    figures: dict[str, Any] = {"total": Count("pk")}
    for name in ("responded", "resolved", "satisfied"):
        figures[f"{name}_yes"] = Count("pk", filter=Q(**{f"city__{name}": True}))
        figures[f"{name}_all"] = Count("pk", filter=Q(**{f"city__{name}__isnull": False}))
    for clock in CITY_CLOCKS:
        figures[f"{clock}_yes"] = Count("pk", filter=has("met_clocks", clock) & ~has("late_clocks", clock))
        figures[f"{clock}_all"] = Count("pk", filter=has("met_clocks", clock) | has("late_clocks", clock))
    found = rows.aggregate(**figures)
    owed = owing(rows).aggregate(**owed_figures(CITY_CLOCKS))
    for clock in CITY_CLOCKS:
        found[f"{clock}_yes"] -= owed[f"missed_{clock}"] - owed[f"decided_{clock}"]
        found[f"{clock}_all"] += owed[f"decided_{clock}"]
    query = asked.base() | {"city": "any"}
    labels = {"responded": _("响应率"), "resolved": _("解决率"), "satisfied": _("满意率")}
    rates = [
        _rate(name, label, found, list_url(query | {"city": name}), list_url(query | {"city": f"{name}_known"}))
        for name, label in labels.items()
    ]  # fmt: skip
    clocks = [
        _rate(clock, str(clock.label), found, list_url(query, kept=clock.value), list_url(query, decided=clock.value))
        for clock in CITY_CLOCKS
    ]  # fmt: skip
    return City(found["total"], list_url(query), rates, clocks)


def _rate(name: str, label: str, found: dict[str, Any], url: str, whole_url: str) -> CityRate:
    yes, all_of_them = found[f"{name}_yes"], found[f"{name}_all"]
    return CityRate(name, label, yes, all_of_them, percent(yes, all_of_them), url, whole_url)
