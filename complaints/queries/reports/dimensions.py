"""By what cases are counted. Every value of every dimension is a filter of the list, so that a figure can open its cases."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import lazy as lazystr
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from audit.queries.colleagues import colleagues
from complaints.models import Complaint
from complaints.policies import VIEW
from complaints.states import Ending, Kind, Level, Outcome, Responsibility, Source, Status
from core.models import DictItem
from core.queries.spread import StretchNumber
from properties.models import Building, Community, Team
from properties.queries.labels import building_labels

MONTH = "month"


@dataclass(frozen=True)
class Dimension:
    """`code` is also the filter of the list that takes its value; `blank` says how a case without one is called."""

    code: str
    label: Any
    path: str
    words: Mapping[str, Any] | None = None
    model: Any = None
    blank: Any = ""

    @property
    def in_order(self) -> bool:
        """Months and states stand in their own order, everything else the most frequent first."""
        return self.code == MONTH or self.words is not None


def _words(choices: Any) -> dict[str, Any]:
    return dict(choices.choices)


DIMENSIONS: tuple[Dimension, ...] = (
    Dimension("category", lazy("一级类别"), "category_id", model=DictItem),
    Dimension("topic", lazy("二级类别"), "topic_id", model=DictItem),
    Dimension("responsibility", lazy("责任归属"), "responsibility", _words(Responsibility), blank=lazy("未判定")),
    Dimension("level", lazy("级别"), "judged", _words(Level), blank=lazy("未判级")),
    Dimension("source", lazy("来源"), "source", _words(Source)),
    Dimension("cause", lazy("根本原因"), "cause_id", model=DictItem, blank=lazy("未分析")),
    Dimension("building", lazy("楼栋"), "building_id", model=Building, blank=lazy("不属于楼栋")),
    Dimension("handler", lazy("责任人"), "handler_id", model=User, blank=lazy("未派工")),
    Dimension("team", lazy("责任部门"), "team_id", model=Team, blank=lazy("未指定部门")),
    Dimension("kind", lazy("性质"), "kind", _words(Kind)),
    Dimension("status", lazy("状态"), "status", _words(Status)),
    Dimension("ending", lazy("关闭方式"), "ending", _words(Ending), blank=lazy("未关闭")),
    Dimension("outcome", lazy("建议结论"), "outcome", _words(Outcome), blank=lazy("没有结论")),
    Dimension("community", lazy("项目"), "community_id", model=Community),
    Dimension(MONTH, lazy("月份"), MONTH),
)
BY_CODE = {dimension.code: dimension for dimension in DIMENSIONS}
# What the list calls a value that is missing: those dimensions that can be without one.
BLANKS = {
    "responsibility": Q(responsibility=""), "cause": Q(cause__isnull=True), "building": Q(building__isnull=True),
    "handler": Q(handler__isnull=True), "team": Q(team__isnull=True), "ending": Q(ending=""), "outcome": Q(outcome=""),
    "level": Q(accepted_at__isnull=True) & ~Q(level=Level.MAJOR),
}  # fmt: skip


def with_values(rows: QuerySet[Complaint], months: Sequence[datetime], *by: Dimension) -> QuerySet[Complaint]:
    """Adds what is grouped by and no column of the case: the number of its month among these (`value_of` makes it their first moment
    again), and the level as far as somebody has judged it."""
    paths = {row.path for row in by}
    if MONTH in paths:
        rows = rows.annotate(month=StretchNumber("received_at", months))
    if "judged" in paths:
        rows = rows.annotate(judged=Case(When(BLANKS["level"], then=Value("")), default=F("level")))
    return rows


def value_of(by: Dimension, found: Any, months: Sequence[datetime]) -> Any:
    return months[found - 1] if by.code == MONTH else found


def names(by: Dimension, keys: Collection[Any]) -> dict[Any, str]:
    """How each value reads, blank ones too."""
    given = [key for key in keys if key not in (None, "")]
    found: dict[Any, str] = dict.fromkeys({None, ""} & set(keys), str(by.blank))
    if by.code == MONTH:
        return found | {key: f"{timezone.localtime(key):%Y-%m}" for key in given}
    if by.words is not None:
        return found | {key: str(by.words.get(key, key)) for key in given}
    if by.model is Building:
        return found | building_labels(given)
    return found | {row.pk: _plain(row) for row in by.model._base_manager.filter(pk__in=given)}


def _plain(row: Any) -> str:
    return str(getattr(row, "display_name", "") or getattr(row, "name", "") or row)


def reachable(by: Dimension, keys: Iterable[Any], user: Any) -> set[Any]:
    """The values the list takes from this person. A case may name a team or building of a place whose cases he sees, and which is
    itself no choice of his, or somebody who never worked where he does."""
    given = [key for key in keys if key is not None]
    if by.model is User:
        return {None, *colleagues(user, ever=True).filter(pk__in=given).values_list("pk", flat=True)}
    if by.model not in (Team, Building) or user.access.scope(VIEW).everything:
        return set(keys)
    return {None, *by.model.objects.visible_to(user, VIEW).filter(pk__in=given).values_list("pk", flat=True)}


def order_of(by: Dimension, total: int, key: Any, label: str) -> tuple[Any, ...]:
    """Sorts lines: what is missing comes last."""
    missing = key in (None, "")
    if by.code == MONTH:
        return (missing, key)
    if by.words is not None:
        return (missing, list(by.words).index(key) if key in by.words else 0)
    return (missing, -total, label)


def query_of(by: Dimension, key: Any, start: date, end: date) -> dict[str, Any]:
    """What the list is asked for one value."""
    if key in (None, ""):
        return {"blank": [by.code]}
    return _days(key, start, end) if by.code == MONTH else {by.code: key}


def _days(month: datetime, start: date, end: date) -> dict[str, date]:
    first = timezone.localtime(month).date()
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return {"received_at_after": max(first, start), "received_at_before": min(last, end)}


def _blank_words(code: str) -> str:
    """责任归属：未判定, on the chip of the list."""
    by = BY_CODE[code]
    return f"{by.label}：{by.blank}"


lazy_blank = lazystr(_blank_words, str)
