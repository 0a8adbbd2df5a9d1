"""The announcements that stand beside the page of one: the latest of a stage, so that people go from one to the next (picture 12)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from notices.models import Notice
from notices.models.notices import VIEW
from notices.queries.board import percent
from notices.states import GROUPS, STATUS_COLOURS

MOST = 12
_TABS = ("standing", "waiting", "drafts")
_COUNTED = ("waiting", "drafts")


@dataclass
class Item:
    notice: Any
    rate: Decimal | None
    on: bool
    colour: str


def group_of(notice: Notice) -> str:
    return next(code for code, statuses in GROUPS.items() if notice.status in statuses)


def beside(notice: Notice, user: Any, asked: str = "", rate: Decimal | None = None) -> dict[str, Any]:
    """Two queries. Read rates are those of the list, counted every ten minutes; `rate` is what the board beside it has just counted
    for `notice`, so that the page does not show two figures for one thing."""
    group = asked if asked in GROUPS else group_of(notice)
    seen = Notice.objects.visible_to(user, VIEW)
    rows = list(
        seen.filter(status__in=GROUPS[group])
        .select_related("notice_type")
        .defer("body")
        .order_by(Coalesce("published_at", "created_at").desc(), "-pk")[:MOST]
    )
    if group == group_of(notice) and notice not in rows:
        rows.append(notice)  # an older one still shows where its reader is
    return {"items": [_item(row, notice, rate) for row in rows], "tabs": _tabs(notice, seen, group)}


def _item(row: Notice, notice: Notice, rate: Decimal | None) -> Item:
    counted = percent(row.read_count or 0, row.delivered_count or 0)
    on = row.pk == notice.pk
    return Item(row, rate if on and rate is not None else counted, on, STATUS_COLOURS[row.status])


def _tabs(notice: Notice, seen: Any, group: str) -> list[dict[str, Any]]:
    labels = {
        "standing": _("已发布"), "waiting": _("待审核"), "ready": _("待发布"), "drafts": _("草稿"), "ended": _("已结束"),
    }  # fmt: skip
    waiting = [status for code in _COUNTED for status in GROUPS[code]]
    by_status = dict(seen.filter(status__in=waiting).order_by().values_list("status").annotate(n=Count("pk")))
    codes = [*_TABS, *(code for code in dict.fromkeys((group, group_of(notice))) if code not in _TABS)]
    return [
        {
            "label": labels[code],
            "on": code == group,
            "count": sum(by_status.get(status, 0) for status in GROUPS[code]) if code in _COUNTED else 0,
            "url": f"{reverse('notices:notice_beside', args=[notice.pk])}?group={code}",
            "list_url": f"{reverse('notices:notice_list')}?group={code}",
        }
        for code in codes
    ]
