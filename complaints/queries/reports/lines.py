"""The figures of one group of cases, and all groups of one dimension. A rate says nothing where there is nothing to count."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from complaints.queries.missed import has, owing
from complaints.queries.reports.asked import LIST, Asked, list_url
from complaints.queries.reports.dimensions import Dimension, names, order_of, reachable, value_of, with_values
from complaints.states import CONTENT, UNANSWERED, Clock, Kind, Level
from core.addresses import narrowed
from core.queries.figures import per_thousand, percent
from core.queries.spread import Took, figures_of

# 及时受理、首次回复、按期办结: what every case owes.
CLOCKS = (Clock.ACCEPT, Clock.FIRST_ANSWER, Clock.COMPLETION)
_CLOCKS = [clock.value for clock in CLOCKS]
_CLOCK_KEYS = {name: [(clock, f"{name}_{clock}") for clock in _CLOCKS] for name in ("decided", "missed")}
# 首响时长: from the customer's first word to the first answer, every minute counted.
TOOK = Took(F("first_answer_at") - F("received_at"), Q(first_answer_at__isnull=False), counted="answered")
_COUNTED = ("total", "complaints", "waiting", "major", "answered", "repeated", "content", "unhappy")


@dataclass
class Line:
    """One group, or all of them. Rates are percent with two decimals."""

    label: str = ""
    key: Any = None
    query: dict[str, Any] | None = None
    total: int = 0
    complaints: int = 0
    waiting: int = 0
    major: int = 0
    answered: int = 0
    repeated: int = 0
    content: int = 0
    unhappy: int = 0
    households: int | None = None
    p50: float | None = None
    p90: float | None = None
    decided: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_CLOCKS, 0))
    missed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_CLOCKS, 0))

    def kept(self, clock: str) -> int:
        return self.decided[clock] - self.missed[clock]

    def on_time(self, clock: str) -> Decimal | None:
        return percent(self.kept(clock), self.decided[clock])

    @property
    def repeat_rate(self) -> Decimal | None:
        return percent(self.repeated, self.complaints)

    @property
    def spoke(self) -> int:
        """Whose customer has said whether he is content; silence is no satisfaction."""
        return self.content + self.unhappy

    @property
    def satisfaction(self) -> Decimal | None:
        return percent(self.content, self.spoke)

    @property
    def density(self) -> Decimal | None:
        """每千户投诉: 38 complaints of 3,200 households are 11.88‰."""
        return per_thousand(self.complaints, self.households or 0)

    def url(self, **more: Any) -> str:
        if self.query is None:
            return ""
        more = {name: value for name, value in more.items() if self.query.get(name) != value}
        return narrowed(LIST, self.query, self._address, more)

    @cached_property
    def _address(self) -> str:
        return list_url(self.query)


@dataclass(frozen=True)
class Lines:
    asked: Asked
    by: Dimension
    whole: Line
    lines: list[Line]


def lines(user: Any, asked: Asked, by: Dimension) -> Lines:
    """Every group of the dimension with its figures, and all of them together."""
    months = asked.months()
    rows = with_values(asked.rows(user), months, by)
    counted, (spread,) = figures_of(rows, by.path, figures(), TOOK)
    kept = {row.pop(by.path): line_of(row) for row in counted}
    for row in owing(rows).values(by.path).annotate(**owed_figures()):
        add_owed(kept[row.pop(by.path)], row)
    found = {value_of(by, key, months): line for key, line in kept.items()}
    total = added(found.values())
    total.p50, total.p90 = spread
    total.label, total.query = _("合计"), asked.base()
    _name(found, asked, by, user)
    _with_households(found, total, user, asked, by)
    ordered = sorted(found.values(), key=lambda line: order_of(by, line.total, line.key, line.label))
    return Lines(asked, by, total, ordered)


def figures(only: Collection[str] = ()) -> dict[str, Any]:
    """What is counted of a group, or `only` some of it: over a year each of them takes a while."""
    figures = {
        "total": Count("pk"),
        "complaints": Count("pk", filter=Q(kind=Kind.COMPLAINT)),
        "waiting": Count("pk", filter=Q(status__in=sorted(UNANSWERED))),
        "major": Count("pk", filter=Q(level=Level.MAJOR)),
        "answered": Count("pk", filter=Q(first_answer_at__isnull=False)),
        "repeated": Count("pk", filter=Q(repeat_count__gt=0)),
        "content": Count("pk", filter=Q(ending__in=sorted(CONTENT))),
        "unhappy": Count("pk", filter=Q(redo_count__gt=0) & ~Q(ending__in=sorted(CONTENT))),
    }
    for clock in CLOCKS:
        figures[f"decided_{clock}"] = Count("pk", filter=has("met_clocks", clock) | has("late_clocks", clock))
        figures[f"missed_{clock}"] = Count("pk", filter=has("late_clocks", clock))
    return {name: figure for name, figure in figures.items() if not only or name in only}


def owed_figures(clocks: Iterable[Clock] = CLOCKS) -> dict[str, Any]:
    """Cases by the deadlines that are past and still owed, as far as nothing on the case says so already."""
    figures = {}
    for clock in clocks:
        late, met = (has(name, clock) for name in ("late_clocks", "met_clocks"))
        figures[f"missed_{clock}"] = Count("pk", filter=Q(clocks__clock=clock) & ~late, distinct=True)
        figures[f"decided_{clock}"] = Count("pk", filter=Q(clocks__clock=clock) & ~late & ~met, distinct=True)
    return figures


def line_of(row: dict[str, Any]) -> Line:
    clocks = {name: {clock: row.pop(key, 0) for clock, key in keys} for name, keys in _CLOCK_KEYS.items()}
    return Line(**row, decided=clocks["decided"], missed=clocks["missed"])


def add_owed(line: Line, row: dict[str, Any]) -> None:
    for clock in _CLOCKS:
        line.decided[clock] += row[f"decided_{clock}"]
        line.missed[clock] += row[f"missed_{clock}"]


def added(parts: Iterable[Line]) -> Line:
    """Every case is in one line: all of them are their sum."""
    total, every = Line(), list(parts)
    for name in _COUNTED:
        setattr(total, name, sum(getattr(line, name) for line in every))
    for clock in _CLOCKS:
        total.decided[clock] = sum(line.decided[clock] for line in every)
        total.missed[clock] = sum(line.missed[clock] for line in every)
    return total


def _name(found: dict[Any, Line], asked: Asked, by: Dimension, user: Any) -> None:
    words, there = names(by, found.keys()), reachable(by, found.keys(), user)
    for key, line in found.items():
        line.key, line.label = key, words.get(key, "")
        line.query = asked.query((by, key)) if key in there else None


def _with_households(found: dict[Any, Line], total: Line, user: Any, asked: Asked, by: Dimension) -> None:
    """How many households each place has; nothing else has any."""
    if by.code not in {"community", "building"}:
        return
    counts = dict(asked.households(user).values_list(f"{by.code}_id").annotate(n=Count("*")))
    for key, line in found.items():
        line.households = counts.get(key, 0)
    total.households = sum(counts.values())
