"""The groups of orders that tabs, cards and figures speak of: one meaning for all of them."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web.paging import Count, count_each
from workorders.due import SOON
from workorders.states import OPEN, PAUSED, Status

GROUPS = (
    ("open", _("未完成")), ("over", _("已超时")), ("soon", _("将超时")), ("waiting", _("待派单")), ("paused", _("待备件与挂起")),
    ("done", _("待归档")), ("all", _("全部")),
)  # fmt: skip


def of_group(rows: Any, group: str) -> Any:
    now = timezone.now()
    if group == "open":
        return rows.filter(status__in=OPEN)
    if group == "over":
        return rows.overdue(now)
    if group == "soon":
        soon = Q(next_warn_at__lte=now) | Q(next_due_at__lt=now + SOON)
        return rows.ticking().filter(soon, next_due_at__gte=now)
    if group == "paused":
        return rows.filter(status__in=PAUSED)
    wanted = {"waiting": Status.WAITING, "done": Status.DONE}
    return rows.filter(status=wanted[group]) if group in wanted else rows


def count_groups(rows: Any) -> list[Count]:
    """What of_group() gives for each of GROUPS, counted in one statement."""
    return count_each([of_group(rows, name) for name, _label in GROUPS])
