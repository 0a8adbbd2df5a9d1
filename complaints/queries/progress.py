"""进展: how the log of a case reads as its timeline (core.queries.progress)."""

from django.utils.translation import gettext_lazy as lazy

from complaints.models import Complaint
from core.queries.progress import Telling

_SEGMENTS = (("", lazy("全部")), ("state", lazy("状态")), ("talk", lazy("沟通")))
_TALK = (
    "customer_told", "answered", "called_back", "progressed", "city_finished", "supervised", "supervision_answered",
)  # fmt: skip
_LOOKS = {
    "created": ("message-report", ""), "changed": ("edit", ""), "accepted": ("clipboard-check", "blue"),
    "assigned": ("user-plus", ""), "taken": ("user-check", "blue"), "rerouted": ("transfer", "orange"),
    "level_changed": ("flag", "orange"), "acknowledged": ("eye", ""), "progressed": ("progress", "blue"),
    "reported": ("circle-check", "blue"), "customer_told": ("message-circle", ""), "answered": ("message-2", "green"),
    "closed": ("archive", "green"), "redone": ("arrow-back-up", "orange"), "withdrawn": ("ban", ""),
    "reopened": ("arrow-forward-up", "orange"), "approval_asked": ("file-check", "orange"),
    "approval_decided": ("checks", "blue"), "approval_withdrawn": ("x", ""), "grouped": ("users-group", "orange"),
    "ungrouped": ("unlink", ""), "order_raised": ("tool", ""), "order_linked": ("link", ""),
    "order_completed": ("tool", "green"), "supervised": ("bell-ringing", "orange"),
    "supervision_answered": ("message-circle", "green"), "improved": ("checks", "green"),
    "disclosed": ("file-export", "orange"), "city_signed": ("signature", ""), "city_finished": ("file-check", "green"),
    "called_back": ("phone-outgoing", ""), "escalated": ("alarm", "orange"), "deadlines_moved": ("calendar-due", ""),
    "partner_due_changed": ("calendar-due", ""), "partner_reminded": ("alarm", "orange"), "added": ("paperclip", ""), "removed": ("trash", ""),
}  # fmt: skip
# What a line says besides its sentence: the field of the entry and the words around it.
_TOLD = {
    "source": lazy("来源%s"), "topic": lazy("%s"), "level": lazy("%s"), "responsibility": lazy("责任归属%s"),
    "major_reasons": lazy("%s"), "third_party": lazy("%s"), "partner_due": lazy("对方 %s 前答复"),
    "warranty": lazy("%s"), "handler": lazy("给 %s"), "team": lazy("%s"),
    "what": lazy("%s"), "decision": lazy("%s"), "amount": lazy("%s 元"), "way": lazy("%s"), "text": lazy("%s"), "reply": lazy("客户：%s"),
    "result": lazy("%s"), "cause": lazy("根因%s"), "outcome": lazy("%s"), "ending": lazy("%s"), "order": lazy("%s"),
    "group": lazy("%s"), "recipient": lazy("给 %s"), "fields": lazy("%s"), "purpose": lazy("%s"), "clock": lazy("%s时限"),
    "told": lazy("发给 %s"), "improvement": lazy("%s"), "external_number": lazy("%s"), "responded": lazy("响应%s"),
    "resolved": lazy("解决%s"), "satisfied": lazy("满意%s"), "redo_count": lazy("第 %s 次"), "reopen_count": lazy("第 %s 次"),
    "file": lazy("%s"), "demand": lazy("%s"), "due_at": lazy("要求 %s 前完成"), "answer": lazy("%s"),
}  # fmt: skip
_ONLY = {
    "source": ("created",), "topic": ("created",),
    "amount": ("approval_asked", "approval_decided"), "ending": ("closed",),
}  # fmt: skip
TELLING = Telling(Complaint, _LOOKS, _TOLD, _TALK, _SEGMENTS, only=_ONLY, silent=frozenset({"category"}))
