"""回访统计 (DOMAIN 2.6): 回访率 = 已完成 / 应回访, 回访满意率 = (满意 + 基本满意) / 接通. Every figure knows the list that adds up to it.

Calls are those that were to be made in the period, by the day they were first meant for; what each part counts is said once, in
owners.states. Nothing to count gives no rate: never 0, never 100.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Now, TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from audit.models import User
from core.queries.figures import FEW, percent
from owners.models import CallBackPlan, CallBackTask
from owners.queries.call_teams import first_teams
from owners.queries.history import local_start
from owners.states import COMPLETED, HAPPY, REACHED, CallBackCause, CallBackStatus
from properties.models import Building, Community, Team

VIEW = "owners.view_callbacktask"
PARTS: dict[str, Any] = {
    "owed": _("应回访"), "completed": _("已完成"), "reached": _("接通"), "asked": _("接通（问满意度的）"), "happy": _("满意和基本满意"),
    "overdue": _("逾期"),
}  # fmt: skip
_CONDITIONS: dict[str, Q] = {
    "owed": ~Q(status=CallBackStatus.WITHDRAWN),
    "completed": Q(status__in=sorted(COMPLETED)),
    "reached": Q(status__in=sorted(REACHED)),
    # A verification asks for no satisfaction.
    "asked": Q(status__in=sorted(REACHED)) & ~Q(cause=CallBackCause.VERIFY),
    "happy": Q(status__in=sorted(HAPPY)),
    # Not called by the last moment it had, whether or not it has been called since.
    "overdue": Q(late_at__isnull=False)
    & (Q(closed_at__gt=F("late_at")) | Q(status=CallBackStatus.WAITING, late_at__lt=Now()))
    & ~Q(status=CallBackStatus.WITHDRAWN),
}
_COUNTED = ("owed", "completed", "reached", "asked", "happy", "overdue", "unhappy", "refused", "missed")


@dataclass(frozen=True)
class Dimension:
    """`path` is what is grouped by, `query` the filter of the list that takes its value."""

    code: str
    label: Any
    path: str
    query: str


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("cause", _("回访原因"), "cause", "cause"),
    Dimension("community", _("项目"), "community_id", "community"),
    Dimension("caller", _("回访人"), "caller", "caller"),
    Dimension("team", _("班组"), "team", "team"),
    Dimension("plan", _("回访计划"), "plan_id", "plan"),
    Dimension("building", _("楼栋"), "building_id", "building"),
    Dimension("month", _("月份"), "month", ""),
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
        query: dict[str, Any] = {"planned_at_after": self.start, "planned_at_before": self.end}
        return query | ({"community": self.community.pk} if self.community else {})


@dataclass
class Line:
    """One group, or all of them. Rates are percent with two decimals, None without anything to count."""

    label: str
    query: dict[str, Any] | None = None
    owed: int = 0
    completed: int = 0
    reached: int = 0
    asked: int = 0
    happy: int = 0
    unhappy: int = 0
    refused: int = 0
    missed: int = 0
    overdue: int = 0

    @property
    def rate(self) -> Decimal | None:
        """回访率."""
        return percent(self.completed, self.owed)

    @property
    def reach(self) -> Decimal | None:
        """接通率, of those that are completed."""
        return percent(self.reached, self.completed)

    @property
    def satisfaction(self) -> Decimal | None:
        """回访满意率."""
        return percent(self.happy, self.asked)

    @property
    def punctuality(self) -> Decimal | None:
        """及时率, of all that were to be called."""
        return percent(self.owed - self.overdue, self.owed)

    @property
    def is_few(self) -> bool:
        return 0 < self.asked < FEW

    def url(self, **more: Any) -> str:
        """The list that adds up to a figure; "" where the group has no list."""
        if self.query is None:
            return ""
        return f"{reverse('owners:callback_list')}?{urlencode(self.query | more)}"


@dataclass(frozen=True)
class Report:
    asked: Asked
    whole: Line
    lines: list[Line]


def of_part(rows: QuerySet[CallBackTask], part: str) -> QuerySet[CallBackTask]:
    return rows.filter(_CONDITIONS[part])


def report(user: Any, asked: Asked) -> Report:
    rows = tasks_of(user, asked)
    lines = _of_teams(rows) if asked.by.code == "team" else _of_each(rows, asked.by)
    whole = _whole(lines.values())
    whole.label, whole.query = now("合计"), asked.base()
    _name(lines, asked)
    if asked.by.code == "month":
        return Report(asked, whole, [line for _month, line in sorted(lines.items())])
    return Report(asked, whole, sorted(lines.values(), key=lambda line: (-line.owed, line.label)))


def tasks_of(user: Any, asked: Asked) -> Any:
    """What the list shows this person for the same question: figures and list count the same rows."""
    rows: Any = CallBackTask.objects.visible_to(user, VIEW)
    rows = rows.filter(
        planned_at__gte=local_start(asked.start), planned_at__lt=local_start(asked.end + timedelta(days=1))
    )
    return rows.filter(community=asked.community) if asked.community else rows


def _of_each(rows: Any, by: Dimension) -> dict[Any, Line]:
    if by.code == "caller":
        rows = rows.with_caller()
    elif by.code == "month":
        rows = rows.annotate(month=TruncMonth("planned_at"))
    return {row.pop(by.path): Line("", **row) for row in _counted(rows, by.path)}


def _of_teams(rows: Any) -> dict[Any, Line]:
    """Counted by caller and put together here: who is in which team is read once, not at every call."""
    counted = _counted(rows.with_caller(), "community_id", "caller")
    teams = first_teams({row["community_id"] for row in counted})
    lines: dict[Any, Line] = defaultdict(lambda: Line(""))
    for row in counted:
        where = row.pop("community_id"), row.pop("caller")
        _add(lines[teams.get(where)], Line("", **row))
    return lines


def _counted(rows: Any, *by: str) -> list[dict[str, Any]]:
    figures = {name: Count("pk", filter=condition) for name, condition in _CONDITIONS.items()}
    ends = {"unhappy": CallBackStatus.UNSATISFIED, "refused": CallBackStatus.REFUSED, "missed": CallBackStatus.MISSED}
    figures |= {name: Count("pk", filter=Q(status=status)) for name, status in ends.items()}
    return list(rows.filter(_CONDITIONS["owed"]).order_by().values(*by).annotate(**figures))


def _whole(lines: Iterable[Line]) -> Line:
    whole = Line("")
    for line in lines:
        _add(whole, line)
    return whole


def _add(total: Line, line: Line) -> None:
    for name in _COUNTED:
        setattr(total, name, getattr(total, name) + getattr(line, name))


# --- names and the lists behind them -------------------------------------------------------------------------------------------


def _name(lines: dict[Any, Line], asked: Asked) -> None:
    base, by = asked.base(), asked.by
    names = _names(by, lines)
    for key, line in lines.items():
        if by.code == "month":
            line.label, line.query = f"{timezone.localtime(key):%Y-%m}", base | _days(key, asked)
        elif key is None and by.code in ("caller", "team"):
            line.label = now("还没有人") if by.code == "caller" else now("不在班组的和还没有人的")
            line.query = base | {by.query: "none"}
        elif key is None:
            # No filter of the list asks for what has none.
            line.label = now("工单和投诉的回访") if by.code == "plan" else now("不在楼栋里")
        else:
            line.label, line.query = names.get(key, ""), base | {by.query: key}


def _names(by: Dimension, keys: Iterable[Any]) -> dict[Any, str]:
    if by.code == "cause":
        return {code: str(label) for code, label in CallBackCause.choices}
    given = [key for key in keys if key is not None]
    if by.code == "building":
        several = Building.objects.filter(pk__in=given).select_related("community")
        return {row.pk: f"{row.community.name} {row.label}" for row in several}
    if by.code == "team":
        teams = Team.objects.filter(pk__in=given).select_related("community")
        return {row.pk: f"{row.community.name} {row.name}" for row in teams}
    models: dict[str, Any] = {"community": Community, "caller": User, "plan": CallBackPlan}
    if by.code not in models:
        return {}
    rows = models[by.code]._base_manager.filter(pk__in=given)
    return {row.pk: str(getattr(row, "display_name", "") or row.name) for row in rows}


def _days(month: datetime, asked: Asked) -> dict[str, date]:
    first = timezone.localtime(month).date()
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return {"planned_at_after": max(first, asked.start), "planned_at_before": min(last, asked.end)}
