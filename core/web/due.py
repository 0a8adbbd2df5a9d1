"""How long is left, in the words of the house: 剩 1时20分, 超时 35分, 暂停中 (UX 18). static/js/due.js says the same while the page stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.mulin import icon, moment
from core.web.rendering import lean_html

# Orange from 80% of the time used, or when less than this is left.
SOON = timedelta(minutes=15)
ICONS = {"over": "alarm", "soon": "clock", "ok": "clock", "hold": "clock-pause"}


def span(length: timedelta) -> str:
    """2天3时, 1时20分, 35分; under a minute 0分. Days appear from two on, so that 26时 stays what people count in."""
    minutes = max(0, int(length.total_seconds()) // 60)
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(minutes if days < 2 else rest, 60)
    if days >= 2:
        return _("%(days)d天%(hours)d时") % {"days": days, "hours": hours}
    if not hours:
        return _("%(left)d分") % {"left": left}
    return _("%(hours)d时%(left)d分") % {"hours": hours, "left": left} if left else _("%(hours)d时") % {"hours": hours}


@dataclass(frozen=True)
class Due:
    """The deadline owed next; `label` names its clock. `look`: over, soon, ok."""

    at: datetime
    warn_at: datetime
    label: Any
    look: str
    text: str

    @property
    def html(self) -> SafeString:
        label = _("%(clock)s时限 %(at)s") % {"clock": self.label, "at": moment(self.at)}
        return lean_html(
            '<span class="due {}" title="{}" data-due="{}" data-warn="{}">{}<span data-due-text>{}</span></span>',
            self.look, label, self.at.isoformat(), self.warn_at.isoformat(), icon(ICONS[self.look], "ic-xs"), self.text,
        )  # fmt: skip


@dataclass(frozen=True)
class Held:
    """The clocks stand still: nothing falls due until work goes on."""

    look: str = "hold"

    @property
    def text(self) -> str:
        return _("暂停中")

    @property
    def html(self) -> SafeString:
        label = _("待备件或挂起期间不计时，恢复处理后重算")
        return lean_html(
            '<span class="due hold" title="{}">{}<span>{}</span></span>',
            label,
            icon(ICONS[self.look], "ic-xs"),
            self.text,
        )


def look_of(at: datetime, warn_at: datetime, now: datetime) -> str:
    if now > at:
        return "over"
    return "soon" if now >= warn_at or at - now < SOON else "ok"


def due_at(at: datetime, warn_at: datetime | None, label: Any, now: datetime) -> Due:
    """A deadline that runs."""
    look = look_of(at, warn_at or at, now)
    text = _("超时 %(span)s") if look == "over" else _("剩 %(span)s")
    return Due(at, warn_at or at, label, look, text % {"span": span(abs(at - now))})
