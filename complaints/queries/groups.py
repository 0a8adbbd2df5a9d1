"""The groups of cases that tabs, cards and figures speak of: one meaning for all of them."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.states import OPEN, UNANSWERED, Level, Status
from core.web.due import SOON
from core.web.paging import Count, count

GROUPS = (
    ("open", _("未关闭")), ("unanswered", _("没有回音的")), ("over", _("已超时")), ("soon", _("将超时")), ("new", _("待受理")),
    ("routing", _("待派工")), ("calling", _("待回访")), ("major", _("重大")), ("all", _("全部")),
)  # fmt: skip


_BY_STATUS: dict[str, frozenset[str]] = {
    "open": OPEN, "unanswered": UNANSWERED, "new": frozenset({Status.NEW}), "routing": frozenset({Status.ROUTING}),
    "calling": frozenset({Status.CALLING}),
}  # fmt: skip


def _among_open(now: datetime) -> dict[str, Q]:
    """What makes an open case one of the other groups."""
    soon = Q(next_warn_at__lte=now) | Q(next_due_at__lt=now + SOON)
    return {"over": Q(next_due_at__lt=now), "soon": soon & Q(next_due_at__gte=now), "major": Q(level=Level.MAJOR)}


def of_group(rows: Any, group: str) -> Any:
    if group in _BY_STATUS:
        return rows.filter(status__in=sorted(_BY_STATUS[group]))
    condition = _among_open(timezone.now()).get(group)
    return rows if condition is None else rows.open().filter(condition)


def count_groups(rows: Any) -> list[Count]:
    """How many of these rows each group has. All but the last are groups of what is open, which is little: one pass counts them."""
    conditions = {name: Q(status__in=sorted(statuses)) for name, statuses in _BY_STATUS.items()}
    conditions |= {"open": Q()} | _among_open(timezone.now())
    names = [name for name, _label in GROUPS if name != "all"]
    figures = {name: models.Count("pk", filter=conditions[name] or None) for name in names}
    found = rows.open().order_by().aggregate(**figures)
    return [Count.of(found[name]) for name in names] + [count(rows)]
