"""The figures of one group of cases, and all groups of one dimension. A rate says nothing where there is nothing to count."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.queries.missed import has, owing
from complaints.queries.reports.asked import Asked, list_url
from complaints.queries.reports.dimensions import Dimension, names, order_of, reachable, with_values
from complaints.states import CONTENT, UNANSWERED, Clock, Kind, Level
from core.queries.figures import DatePart, Percentiles, per_thousand, percent

# 及时受理、首次回复、按期办结: what every case owes.
CLOCKS = (Clock.ACCEPT, Clock.FIRST_ANSWER, Clock.COMPLETION)
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
    decided: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLOCKS, 0))
    missed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CLOCKS, 0))

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
        return list_url(self.query, **more)


@dataclass(frozen=True)
class Lines:
    asked: Asked
    by: Dimension
    whole: Line
    lines: list[Line]


def lines(user: Any, asked: Asked, by: Dimension) -> Lines:
    """Every group of the dimension with its figures, and all of them together."""
    rows = with_values(asked.rows(user), by)
    found = grouped(rows, by)
    total = _sum(found.values())
    for key, (p50, p90) in _durations(rows).values_list(by.path).annotate(middle=Percentiles(_minutes())):
        found[key].p50, found[key].p90 = p50, p90
    total.p50, total.p90 = _middle(rows)
    total.label, total.query = _("合计"), asked.base()
    _name(found, asked, by, user)
    _with_households(found, total, user, asked, by)
    ordered = sorted(found.values(), key=lambda line: order_of(by, line.total, line.key, line.label))
    return Lines(asked, by, total, ordered)


def whole(user: Any, asked: Asked) -> Line:
    """All cases of the question as one line."""
    rows = asked.rows(user)
    line = _line(rows.aggregate(**_figures()))
    _add_owed(line, owing(rows).aggregate(**_owed_figures()))
    line.p50, line.p90 = _middle(rows)
    line.label, line.query, line.households = _("合计"), asked.base(), asked.households(user).count()
    return line


def _figures() -> dict[str, Any]:
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
    return figures


def _owed_figures() -> dict[str, Any]:
    """Cases by the deadlines that are past and still owed, as far as nothing on the case says so already."""
    figures = {}
    for clock in CLOCKS:
        late, met = (has(name, clock) for name in ("late_clocks", "met_clocks"))
        figures[f"missed_{clock}"] = Count("pk", filter=Q(clocks__clock=clock) & ~late, distinct=True)
        figures[f"decided_{clock}"] = Count("pk", filter=Q(clocks__clock=clock) & ~late & ~met, distinct=True)
    return figures


def grouped(rows: QuerySet[Complaint], by: Dimension, only: Collection[str] = ()) -> dict[Any, Line]:
    """{value: its line, without names and percentiles}; the rows have their values (`with_values`). `only` names the figures that are
    wanted: over a year each of them costs as much as the grouping."""
    found = {}
    wanted = {name: figure for name, figure in _figures().items() if not only or name in only}
    for row in rows.values(by.path).annotate(**wanted):
        key = row.pop(by.path)
        found[key] = _line(row)
        found[key].key = key
    for row in owing(rows).values(by.path).annotate(**_owed_figures()):
        _add_owed(found[row.pop(by.path)], row)
    return found


def _line(row: dict[str, Any]) -> Line:
    clocks: dict[str, dict[str, int]] = {
        name: {clock: row.pop(f"{name}_{clock}", 0) for clock in CLOCKS} for name in ("decided", "missed")
    }
    return Line(**row, decided=clocks["decided"], missed=clocks["missed"])


def _add_owed(line: Line, row: dict[str, Any]) -> None:
    for clock in CLOCKS:
        line.decided[clock] += row[f"decided_{clock}"]
        line.missed[clock] += row[f"missed_{clock}"]


def _sum(parts: Iterable[Line]) -> Line:
    """Every case is in one line: all of them are their sum."""
    total = Line()
    for line in parts:
        for name in _COUNTED:
            setattr(total, name, getattr(total, name) + getattr(line, name))
        for clock in CLOCKS:
            total.decided[clock] += line.decided[clock]
            total.missed[clock] += line.missed[clock]
    return total


def _durations(rows: QuerySet[Complaint]) -> QuerySet[Complaint]:
    return rows.filter(first_answer_at__isnull=False)


def _minutes() -> Any:
    """首响时长: from the customer's first word to the first answer, every minute counted."""
    return DatePart(F("first_answer_at") - F("received_at")) / 60.0


def _middle(rows: QuerySet[Complaint]) -> tuple[float | None, float | None]:
    p50, p90 = _durations(rows).aggregate(middle=Percentiles(_minutes()))["middle"] or (None, None)
    return p50, p90


def _name(found: dict[Any, Line], asked: Asked, by: Dimension, user: Any) -> None:
    words, there = names(by, found.keys()), reachable(by, found.keys(), user)
    for key, line in found.items():
        line.label = words.get(key, "")
        line.query = asked.query((by, key)) if key in there else None


def _with_households(found: dict[Any, Line], total: Line, user: Any, asked: Asked, by: Dimension) -> None:
    """How many households each place has; nothing else has any."""
    if by.code not in {"community", "building"}:
        return
    counts = dict(asked.households(user).values_list(f"{by.code}_id").annotate(n=Count("pk")))
    for key, line in found.items():
        line.households = counts.get(key, 0)
    total.households = sum(counts.values())
