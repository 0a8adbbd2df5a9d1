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


def _conditions(now: datetime) -> dict[str, Q]:
    """What makes a case one of a group; "all" asks for nothing."""
    is_open, soon = Q(status__in=sorted(OPEN)), Q(next_warn_at__lte=now) | Q(next_due_at__lt=now + SOON)
    return {
        "open": is_open, "unanswered": Q(status__in=sorted(UNANSWERED)), "over": is_open & Q(next_due_at__lt=now),
        "soon": is_open & soon & Q(next_due_at__gte=now), "major": is_open & Q(level=Level.MAJOR), "new": Q(status=Status.NEW),
        "routing": Q(status=Status.ROUTING), "calling": Q(status=Status.CALLING), "all": Q(),
    }  # fmt: skip


def of_group(rows: Any, group: str) -> Any:
    return rows.filter(_conditions(timezone.now()).get(group, Q()))


def count_groups(rows: Any) -> list[Count]:
    """How many of these rows each group has. All but the last are groups of what is open, which is little: one pass counts them."""
    conditions = _conditions(timezone.now())
    names = [name for name, _label in GROUPS if name != "all"]
    figures = {name: models.Count("pk", filter=conditions[name]) for name in names}
    found = rows.open().order_by().aggregate(**figures)
    return [Count.of(found[name]) for name in names] + [count(rows)]
