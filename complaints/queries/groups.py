"""The groups of cases that tabs, cards and figures speak of: one meaning for all of them."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.states import Level, Status
from core.web.due import SOON

GROUPS = (
    ("open", _("未关闭")), ("unanswered", _("没有回音的")), ("over", _("已超时")), ("soon", _("将超时")), ("new", _("待受理")),
    ("routing", _("待派工")), ("calling", _("待回访")), ("major", _("重大")), ("all", _("全部")),
)  # fmt: skip


def of_group(rows: Any, group: str) -> Any:
    now = timezone.now()
    if group == "open":
        return rows.open()
    if group == "unanswered":
        return rows.unanswered()
    if group == "over":
        return rows.overdue(now)
    if group == "soon":
        soon = Q(next_warn_at__lte=now) | Q(next_due_at__lt=now + SOON)
        return rows.open().filter(soon, next_due_at__gte=now)
    if group == "major":
        return rows.open().filter(level=Level.MAJOR)
    wanted = {"new": Status.NEW, "routing": Status.ROUTING, "calling": Status.CALLING}
    return rows.filter(status=wanted[group]) if group in wanted else rows
