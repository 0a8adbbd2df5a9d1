"""Statistics of orders: by type, place, person, team, community, month. Every figure knows the list that adds up to it.

Orders are those received in the period. A rate says nothing where there is nothing to count: an unrated order is not a contented
one (C9: 1,184 of 1,260 ratings are 93.97%, whatever 40 others did not say).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from core.addresses import list_address, narrowed
from core.models import DictItem
from core.queries.figures import percent
from core.queries.spread import StretchNumber
from properties.models import Community, Team
from properties.queries.labels import building_labels
from workorders.models import Repairer, WorkOrder
from workorders.queries.figures import figures_of
from workorders.queries.missed import has, owed
from workorders.states import Clock

VIEW, LIST = "workorders.view_workorder", "workorders:workorder_list"
_COUNTED = ("total", "finished", "done_once", "reworked", "rated", "satisfied", "unrated", "materials")
MOST_DAYS = 366
_CLOCKS = [clock.value for clock in Clock]
_CLOCK_KEYS = {name: [(clock, f"{name}_{clock}") for clock in _CLOCKS] for name in ("decided", "missed")}
_OWED = [key for keys in _CLOCK_KEYS.values() for _clock, key in keys]
_SUMMED = (*_COUNTED, *_OWED)


@dataclass(frozen=True)
class Dimension:
    """`path` is what is grouped by, `query` the filter of the list that takes its value."""

    code: str
    label: Any
    path: str
    query: str


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("category", lazy("一级类型"), "category_id", "category"),
    Dimension("kind", lazy("二级类型"), "kind_id", "kind"),
    Dimension("building", lazy("楼栋"), "building_id", "building"),
    Dimension("assignee", lazy("处理人"), "assignee_id", "assignee"),
    Dimension("team", lazy("责任班组"), "team_id", "team"),
    Dimension("community", lazy("项目"), "community_id", "community"),
    Dimension("month", lazy("月份"), "month", "month"),
)
BY_CODE = {dimension.code: dimension for dimension in DIMENSIONS}


@dataclass(frozen=True)
class Asked:
    """What the page was asked for; both days are included."""

    by: Dimension
    start: date
    end: date
    community: Community | None = None

    def base(self) -> dict[str, Any]:
        query: dict[str, Any] = {"group": "all", "reported_at_after": self.start, "reported_at_before": self.end}
        return query | ({"community": self.community.pk} if self.community else {})

    def months(self) -> list[datetime]:
        """The first moments of the months that are touched."""
        zone = timezone.get_current_timezone()
        numbers = range(self.start.year * 12 + self.start.month - 1, self.end.year * 12 + self.end.month)
        return [datetime(number // 12, number % 12 + 1, 1, tzinfo=zone) for number in numbers]


@dataclass
class Line:
    """One group, or all of them. Rates are percent with two decimals, None without anything to count."""

    label: str
    query: dict[str, Any] | None = None
    total: int = 0
    finished: int = 0
    reworked: int = 0
    done_once: int = 0
    rated: int = 0
    satisfied: int = 0
    unrated: int = 0
    materials: Decimal = Decimal(0)
    p50: float | None = None
    p90: float | None = None
    decided: dict[str, int] = field(default_factory=dict)
    missed: dict[str, int] = field(default_factory=dict)

    def on_time(self, clock: str) -> Decimal | None:
        whole = self.decided.get(clock, 0)
        return percent(whole - self.missed.get(clock, 0), whole)

    @property
    def satisfaction(self) -> Decimal | None:
        return percent(self.satisfied, self.rated)

    @property
    def rework_rate(self) -> Decimal | None:
        return percent(self.reworked, self.done_once)

    def url(self, **more: Any) -> str:
        """The list that adds up to a figure; "" where the group has no list."""
        if self.query is None:
            return ""
        return narrowed(LIST, self.query, self._address, more)

    @cached_property
    def _address(self) -> str:
        return list_address(LIST, self.query or {})


@dataclass(frozen=True)
class Report:
    """`lines` are all groups, or the largest where only so many are wanted; `more` says how many others there are."""

    asked: Asked
    whole: Line
    lines: list[Line]
    more: int = 0


def report(user: Any, asked: Asked, most: int | None = None) -> Report:
    rows = orders_of(user, asked)
    found, (p50, p90) = figures_of(rows, asked.by.path)
    _add_owed(found, rows, asked)
    whole = _line({name: sum(row[name] for row in found) for name in _SUMMED} | {"p50": p50, "p90": p90})
    whole.materials = Decimal(whole.materials)  # where there is no order at all, too
    whole.label, whole.query = _("合计"), asked.base()
    months = asked.by.code == "month"
    lines = {row.pop(asked.by.path): _line(row) for row in (found if months else _largest(found, most))}
    if months:
        lines = {asked.months()[number - 1]: line for number, line in sorted(lines.items())}
    _name(lines, asked, user)
    shown = list(lines.values())
    if not months:
        shown = sorted(shown, key=lambda line: (-line.total, line.label))[:most]
    return Report(asked, whole, shown, more=len(found) - len(shown))


def orders_of(user: Any, asked: Asked) -> QuerySet[WorkOrder]:
    """What the list shows this person for the same question: figures and list count the same rows."""
    zone = timezone.get_current_timezone()
    start = datetime.combine(asked.start, time(), zone)
    end = datetime.combine(asked.end + timedelta(days=1), time(), zone)
    rows = WorkOrder.objects.visible_to(user, VIEW).filter(reported_at__gte=start, reported_at__lt=end)
    rows = rows.filter(community=asked.community) if asked.community else rows
    return rows.annotate(month=StretchNumber("reported_at", asked.months())) if asked.by.code == "month" else rows


def _largest(rows: list[dict[str, Any]], most: int | None) -> list[dict[str, Any]]:
    """As many as are wanted, and what is as large as the last of them: which of those come first is said by their names."""
    if most is None or len(rows) <= most:
        return rows
    least = sorted((row["total"] for row in rows), reverse=True)[most - 1]
    return [row for row in rows if row["total"] >= least]


def _line(row: dict[str, Any]) -> Line:
    clocks = {name: {clock: row.pop(key) for clock, key in keys} for name, keys in _CLOCK_KEYS.items()}
    return Line("", **row, decided=clocks["decided"], missed=clocks["missed"])


def _add_owed(found: list[dict[str, Any]], rows: Any, asked: Asked) -> None:
    groups = {row[asked.by.path]: row for row in found}
    for group, *figures in _owed(rows, asked):
        row = groups[group]
        for name, figure in zip(_OWED, figures, strict=True):
            row[name] += figure


def _owed(rows: Any, asked: Asked) -> Any:
    """Orders by the deadlines that are past and still owed, as far as nothing on the order says so already."""
    by, found = asked.by, owed(rows)
    path = by.path if by.code == "month" else f"order__{by.path}"
    if by.code == "month":
        found = found.annotate(month=StretchNumber("order__reported_at", asked.months()))
    figures = {}
    for clock in Clock:
        late, met = (has(field, clock, at="order__") for field in ("late_clocks", "met_clocks"))
        figures[f"missed_{clock}"] = Count("order", filter=Q(clock=clock) & ~late)
        figures[f"decided_{clock}"] = Count("order", filter=Q(clock=clock) & ~late & ~met)
    return found.order_by().values(path).annotate(**figures).values_list(path, *_OWED)


# --- names and the lists behind them -------------------------------------------------------------------------------------------


def _name(lines: dict[Any, Line], asked: Asked, user: Any) -> None:
    base, by = asked.base(), asked.by
    if by.code == "month":
        for month, line in lines.items():
            line.label, line.query = f"{month:%Y-%m}", base | _days(month, asked)
        return
    names = _names(by, lines)
    values = _repairers(lines, user) if by.code == "assignee" else {key: key for key in lines}
    for key, line in lines.items():
        if key is None:
            line.label, line.query = _("未填写"), base | {"blank": by.query}
            continue
        line.label = names.get(key, "")
        line.query = base | {by.query: values[key]} if key in values else None


def _names(by: Dimension, keys: Any) -> dict[Any, str]:
    models: dict[str, Any] = {
        "category": DictItem, "kind": DictItem, "assignee": User, "team": Team, "community": Community,
    }  # fmt: skip
    given = [key for key in keys if key is not None]
    if by.code == "building":
        return building_labels(given)
    return {row.pk: _plain(row) for row in models[by.code]._base_manager.filter(pk__in=given)}


def _plain(row: Any) -> str:
    return str(getattr(row, "display_name", "") or getattr(row, "name", "") or row)


def _repairers(keys: Any, user: Any) -> dict[Any, int]:
    """The list filters by an entry of the repairers, whichever of a person's it is; who is in none any more has no list."""
    rows = Repairer.objects.visible_to(user, VIEW).filter(user__in=[key for key in keys if key is not None])
    return dict(rows.order_by("-pk").values_list("user_id", "pk"))


def _days(month: datetime, asked: Asked) -> dict[str, date]:
    first = timezone.localtime(month).date()
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return {"reported_at_after": max(first, asked.start), "reported_at_before": min(last, asked.end)}
