"""进展: the log of one object as its timeline, newest first, day by day. Each kind of object says how its entries read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from core import log
from core.models import LogEntry

MOST = 200
# What is sent with one press arrives within so much.
FILED, TOGETHER = ".added", timedelta(minutes=1)


@dataclass(frozen=True)
class Telling:
    """How the log of one model reads. `looks`: last part of an action's code -> (icon, colour). `told`: field of an entry -> the words
    around it; `only` keeps a field to some actions. `talk` are the actions that are conversation, `silent` fields that go without
    saying in a correction. `segments` are the narrowings the page offers: name -> label."""

    model: type[models.Model]
    looks: Mapping[str, tuple[str, str]]
    told: Mapping[str, Any]
    talk: tuple[str, ...]
    segments: tuple[tuple[str, Any], ...]
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()


def entries_of(obj: models.Model) -> list[LogEntry]:
    rows = LogEntry.objects.filter(object_type=obj._meta.label_lower, object_id=obj.pk)
    return list(rows.exclude(action__in=log.reads()).order_by("-id")[:MOST])


def days_of(entries: Iterable[LogEntry], show: str, telling: Telling) -> list[dict[str, Any]]:
    """[{label, entries: [{icon, colour, who, act, change, told, fields, quote, at}]}]."""
    days: dict[Any, list[dict[str, Any]]] = {}
    for entry in entries:
        if _belongs(entry, show, telling):
            lines = days.setdefault(timezone.localtime(entry.at).date(), [])
            line = _line(entry, telling)
            if not (lines and entry.action.endswith(FILED) and _joins(line, lines[-1])):
                lines.append(line)
    return [{"label": _day(day), "entries": lines} for day, lines in days.items()]


def _joins(line: dict[str, Any], later: dict[str, Any]) -> bool:
    """Files sent together are one line: nine photos of a report would push everything else off a phone."""
    same = all(line[name] == later[name] for name in ("who", "act"))
    if not same or later["quote"] or line["quote"] or later["at"] - line["at"] > TOGETHER:
        return False
    later["files"] += 1
    later["told"] = _("%(n)d 个") % {"n": later["files"]}
    return True


def segments(show: str, telling: Telling) -> list[dict[str, Any]]:
    """The narrowings as the page draws them."""
    return [
        {"label": label, "url": f"?show={name}#progress", "active": name == show} for name, label in telling.segments
    ]


def _belongs(entry: LogEntry, show: str, telling: Telling) -> bool:
    if show == "state":
        return "status" in entry.changes or entry.action.endswith(".created")
    return entry.action.endswith(telling.talk) if show == "talk" else True


def _day(day: Any) -> str:
    weekday = _("周一 周二 周三 周四 周五 周六 周日").split()[day.weekday()]
    today = timezone.localdate()
    shown = f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
    return _("今天 %(day)s") % {"day": f"{shown} {weekday}"} if day == today else f"{shown} {weekday}"


def _line(entry: LogEntry, telling: Telling) -> dict[str, Any]:
    icon, colour = telling.looks.get(entry.action.rpartition(".")[2], ("note", ""))
    status = entry.changes.get("status")
    return {
        "icon": icon,
        "colour": colour,
        "who": entry.actor_label.partition("（")[0],
        "act": log.sentence_of(entry.action),
        "change": status if isinstance(status, list) else None,
        "told": _sentence(_told(entry, telling)),
        "fields": _fields(entry, telling) if entry.action.endswith(".changed") else [],
        "quote": entry.reason,
        "files": 1,
        "at": entry.at,
    }


def _sentence(parts: Iterable[str]) -> str:
    """What people wrote may end in a full stop of its own."""
    *before, last = [*parts] or [""]
    return "，".join([*(part.rstrip("。；，") for part in before), last])


def _told(entry: LogEntry, telling: Telling) -> Iterable[str]:
    for name, words in telling.told.items():
        if name in telling.only and not entry.action.endswith(telling.only[name]):
            continue
        value = entry.changes.get(name)
        if isinstance(value, list):
            value = value[-1] if value else None
        if value not in (None, "", [], 0):
            yield str(words) % value


def _fields(entry: LogEntry, telling: Telling) -> list[dict[str, Any]]:
    """Old and new value of each field that was put right."""
    names = {row.name: row.verbose_name for row in telling.model._meta.fields}
    return [
        {"label": names.get(name, name), "old": _word(pair[0]), "new": _word(pair[1])}
        for name, pair in entry.changes.items()
        if isinstance(pair, list) and len(pair) == 2 and name in names and name not in telling.silent
    ]


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "" if value is None else str(value)
