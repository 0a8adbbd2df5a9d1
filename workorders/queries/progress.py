"""进展: the log of an order as its timeline, newest first, day by day."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import log
from core.models import LogEntry
from workorders.models import WorkOrder

MOST = 200
SEGMENTS = (("", lazy("全部")), ("state", lazy("状态")), ("talk", lazy("沟通")))
_TALK = ("noted", "remarked", "joined", "called_again", "rated", "supervised", "answered", "called_back", "told")
# Last part of an action's code -> (icon, colour).
LOOKS = {
    "created": ("phone", ""), "changed": ("edit", ""), "dispatched": ("user-plus", ""), "claimed": ("user-check", "blue"),
    "accepted": ("check", "blue"), "returned": ("corner-down-left", "orange"), "transferred": ("arrows-exchange", ""),
    "arrived": ("map-pin", ""), "checked": ("square-check", ""), "completed": ("circle-check", "green"),
    "parts_awaited": ("clock-pause", "orange"), "parts_arrived": ("player-play", "blue"),
    "suspension_asked": ("hand-stop", "orange"), "suspended": ("player-pause", "orange"),
    "suspension_refused": ("x", "orange"), "suspension_withdrawn": ("arrow-back-up", ""), "resumed": ("player-play", "blue"),
    "materials_used": ("package", ""), "price_agreed": ("coin-yuan", ""), "rated": ("star", "green"),
    "reworked": ("arrow-back-up", "orange"), "archived": ("archive", "green"), "cancelled": ("ban", ""),
    "closed": ("circle-x", ""), "noted": ("message-circle", ""), "called_again": ("phone-incoming", "orange"),
    "escalated": ("alarm", "orange"), "supervised": ("bell-ringing", "orange"), "answered": ("message-circle", "green"),
    "deadlines_moved": ("calendar-due", ""), "told_owner": ("send", ""), "called_back": ("phone-outgoing", ""),
    "contractor_linked": ("link", ""), "contractor_revoked": ("x", ""), "contractor_answered": ("message-circle", "blue"),
    "remarked": ("message-circle", "orange"), "joined": ("users", "orange"),
    "outage_linked": ("link", ""), "added": ("paperclip", ""), "removed": ("trash", ""),
}  # fmt: skip
_HANDED = ("dispatched", "transferred")
# What a line says besides its sentence: the field of the entry and the words around it.
_TOLD = {
    "assignee": lazy("给 %s"), "team": lazy("给 %s"), "act_for": lazy("代 %s 操作"), "part": lazy("%s"),
    "expected_on": lazy("预计 %s 到料"), "resume_on": lazy("预计 %s 恢复"), "material": lazy("%s"), "quantity": lazy("数量 %s"),
    "amount": lazy("%s 元"), "check": lazy("%s"), "result": lazy("%s"), "stars": lazy("%s 星"), "text": lazy("%s"),
    "clock": lazy("%s时限"), "level": lazy("%s"), "told": lazy("发给 %s"), "demand": lazy("%s"), "answer": lazy("%s"),
    "due_at": lazy("要求 %s 前"), "message": lazy("%s"), "outcome": lazy("%s"), "company": lazy("%s"), "until": lazy("%s 前有效"),
    "file": lazy("%s"), "duplicate_of": lazy("重复于 %s"), "outage": lazy("%s"), "how": lazy("%s"), "rework_count": lazy("第 %s 次"),
    "suspension": lazy("挂起申请%s"),
}  # fmt: skip


def entries_of(order: WorkOrder) -> list[LogEntry]:
    rows = LogEntry.objects.filter(object_type="workorders.workorder", object_id=order.pk)
    return list(rows.exclude(action__in=log.reads()).order_by("-id")[:MOST])


def days_of(entries: Iterable[LogEntry], show: str) -> list[dict[str, Any]]:
    """[{label, entries: [{icon, colour, who, act, change, told, quote, at}]}]."""
    days: dict[Any, list[dict[str, Any]]] = {}
    for entry in entries:
        if _belongs(entry, show):
            days.setdefault(timezone.localtime(entry.at).date(), []).append(_line(entry))
    return [{"label": _day(day), "entries": lines} for day, lines in days.items()]


def _belongs(entry: LogEntry, show: str) -> bool:
    if show == "state":
        return "status" in entry.changes or entry.action.endswith(".created")
    return entry.action.endswith(_TALK) if show == "talk" else True


def _day(day: Any) -> str:
    weekday = _("周一 周二 周三 周四 周五 周六 周日").split()[day.weekday()]
    today = timezone.localdate()
    shown = f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
    return _("今天 %(day)s") % {"day": f"{shown} {weekday}"} if day == today else f"{shown} {weekday}"


def _line(entry: LogEntry) -> dict[str, Any]:
    icon, colour = LOOKS.get(entry.action.rpartition(".")[2], ("note", ""))
    status = entry.changes.get("status")
    return {
        "icon": icon,
        "colour": colour,
        "who": entry.actor_label.partition("（")[0],
        "act": log.sentence_of(entry.action),
        "change": status if isinstance(status, list) else None,
        "told": "，".join(_told(entry)),
        "fields": _fields(entry) if entry.action.endswith(".changed") else [],
        "quote": entry.reason,
        "at": entry.at,
    }


def _told(entry: LogEntry) -> Iterable[str]:
    for name, words in _TOLD.items():
        if name == "assignee" and not entry.action.endswith(_HANDED):
            continue
        value = entry.changes.get(name)
        if isinstance(value, list):
            value = value[-1] if value else None
        if value not in (None, "", [], 0):
            yield str(words) % value


def _fields(entry: LogEntry) -> list[dict[str, Any]]:
    """Old and new value of each field that was put right."""
    names = {field.name: field.verbose_name for field in WorkOrder._meta.fields}
    return [
        {"label": names.get(name, name), "old": _word(pair[0]), "new": _word(pair[1])}
        for name, pair in entry.changes.items()
        if isinstance(pair, list) and len(pair) == 2 and name in names and name != "category"
    ]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else str(value)
