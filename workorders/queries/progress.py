"""进展: how the log of an order reads as its timeline (core.queries.progress)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from core.models import LogEntry
from core.queries import progress
from core.queries.progress import entries_of
from workorders.models import WorkOrder

__all__ = ["TELLING", "days_of", "entries_of"]

_SEGMENTS = (("", lazy("全部")), ("state", lazy("状态")), ("talk", lazy("沟通")))
_TALK = ("noted", "remarked", "joined", "called_again", "rated", "supervised", "answered", "called_back", "told")
# Last part of an action's code -> (icon, colour).
_LOOKS = {
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
TELLING = progress.Telling(
    WorkOrder, _LOOKS, _TOLD, _TALK, _SEGMENTS, only={"assignee": _HANDED}, silent=frozenset({"category"})
)


def days_of(entries: Iterable[LogEntry], show: str) -> list[dict[str, Any]]:
    return progress.days_of(entries, show, TELLING)
