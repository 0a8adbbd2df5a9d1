"""One order as its household reads it: how far it is, what was promised, who comes, what it costs, what has happened. No name of staff,
no number of a repairer, nothing that colleagues wrote for each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from audit.states import available_actions
from core.models import LogEntry
from workorders.models import OrderClock, Pause, Rating, WorkOrder
from workorders.queries.page import visit_words
from workorders.queries.progress import entries_of
from workorders.queries.public import RATED_IN, steps
from workorders.queries.residents import photos_of, standing_of
from workorders.states import Action, Clock, ConfirmWay, PauseKind, Status

MOST = 60  # lines of the log: more of them nobody reads on a phone


@dataclass(frozen=True)
class Event:
    at: datetime
    said: str
    detail: str = ""


def page_of(order: WorkOrder, by: Any) -> dict[str, Any]:
    """`by` is the owner's session: what he may do he may do himself."""
    rating = Rating.objects.filter(order=order, round=order.rework_count).prefetch_related("tags").first()
    before, after = photos_of(order)
    acts = available_actions(by, order)
    mine = order.owner_id == by.actor_id
    return {
        "order": order,
        "standing": standing_of(order, rated=rating is not None or not mine),
        "steps": road(order, rating),
        "promises": promises(order),
        "pause": pause_words(order),
        "visit": visit_words(order),
        "who": by_family_name(order.assignee) if order.assignee else "",
        "before": before,
        "after": after,
        "events": events_of(entries_of(order)[:MOST]),
        "rating": rating,
        "may_rate": mine and rating is None and order.status in RATED_IN,
        "may_cancel": Action.CANCEL in acts,
        "may_rework": Action.REWORK in acts,
        "may_add": order.is_open,
        **costs(order),
    }


def road(order: WorkOrder, rating: Rating | None) -> list[dict[str, Any]]:
    """The steps of an order, with the one it stands at."""
    rows = steps(order)
    if order.status not in {Status.CANCELLED, Status.CLOSED}:
        rows.append({"label": _("已评价"), "at": rating.created_at if rating else None})
    done = [place for place, row in enumerate(rows) if row["at"]]
    for place, row in enumerate(rows):
        row["now"] = bool(done) and place == done[-1]
    return rows


# --- What was promised --------------------------------------------------------------------------------------------------------


def promises(order: WorkOrder) -> list[str]:
    """What is still owed, in plain words; nothing while the clocks stand still, and nothing twice."""
    if not order.is_open or order.paused_at is not None:
        return []
    rows = OrderClock.objects.filter(order=order, round=order.rework_count, met_at__isnull=True).order_by("due_at")
    now = timezone.now()
    late = [row for row in rows if row.due_at < now]
    # A time he has agreed is said as such; an earlier one beside it would only confuse him.
    ahead = [row for row in rows if row.due_at >= now and not (row.clock == Clock.ARRIVAL and order.visit_from)]
    told = [_PROMISED[Clock(row.clock)]() % {"at": day_and_time(row.due_at)} for row in ahead]
    if late:
        told.insert(0, _("已经超过承诺的时间，很抱歉，我们正在催办"))
    return told


_PROMISED = {
    Clock.RESPONSE: lambda: _("%(at)s 前安排师傅"),
    Clock.ARRIVAL: lambda: _("%(at)s 前上门"),
    Clock.COMPLETION: lambda: _("%(at)s 前修好"),
}


def pause_words(order: WorkOrder) -> str:
    """等配件（角阀），预计 11月25日 到货后继续."""
    if order.paused_at is None:
        return ""
    row = Pause.objects.filter(order=order, ended_at__isnull=True).first()
    if row is None:
        return ""
    words = {"why": row.part or row.reason, "day": plain_day(row.expected_on) if row.expected_on else ""}
    if row.kind == PauseKind.PARTS:
        return (
            _("正在等配件（%(why)s），预计 %(day)s 到货后继续") if words["day"] else _("正在等配件（%(why)s）")
        ) % words
    return (_("暂停中：%(why)s，预计 %(day)s 继续") if words["day"] else _("暂停中：%(why)s")) % words


def day_and_time(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{plain_day(local.date())} {local:%H:%M}"


def plain_day(day: date) -> str:
    """今天, 明天, 11-25."""
    ahead = (day - timezone.localdate()).days
    near = {0: _("今天"), 1: _("明天"), 2: _("后天")}
    return str(near.get(ahead) or (f"{day:%m-%d}" if day.year == timezone.localdate().year else f"{day:%Y-%m-%d}"))


def by_family_name(person: Any) -> str:
    name = person.display_name if person else ""
    return _("%(name)s师傅") % {"name": name[:1]} if name else _("维修人员")


# --- What it costs --------------------------------------------------------------------------------------------------------------


def costs(order: WorkOrder) -> dict[str, Any]:
    """The lines he agreed to, the materials that are charged, and how he agreed. Nothing of what the house pays itself."""
    agreed = list(order.paid_lines.all())
    used = [row for row in order.materials.all() if row.chargeable] if order.paid else []
    lines = [(f"{row.name} × {_plain(row.quantity)} {row.measure}", row.amount) for row in agreed]
    if order.paid and not agreed and order.labour_fee:
        lines.append((_("人工费"), order.labour_fee))
    lines += [(f"{row.name} {row.spec} × {_plain(row.quantity)} {row.measure}", row.amount) for row in used]
    consent = next((row for row in agreed), None)
    return {
        "lines": lines,
        "total": sum(amount for _words, amount in lines),
        "agreed": _("%(at)s %(how)s同意价目") % {"at": day_and_time(consent.agreed_at), "how": consent.agreed_how} if consent else "",
        "confirmed": {
            ConfirmWay.SIGNATURE: _("完工时已签字确认"), ConfirmWay.PHONE: _("完工后电话确认"), ConfirmWay.LINK: _("已在链接里确认"),
        }.get(ConfirmWay(order.confirm_way)) if order.confirm_way else "",
    }  # fmt: skip


def _plain(number: Any) -> str:
    return f"{number.normalize():f}"


# --- What has happened ------------------------------------------------------------------------------------------------------------


def events_of(entries: Iterable[LogEntry]) -> list[Event]:
    """Newest first, of the log only what is meant for the household, in its own words."""
    found = []
    for entry in entries:
        told = _told(entry)
        if told is not None:
            found.append(Event(entry.at, *told))
    return found


def _told(entry: LogEntry) -> tuple[str, str] | None:
    """(sentence, detail), None for what colleagues tell each other."""
    act, handed = entry.action.removeprefix("workorders.workorder."), _hands(entry.changes)
    sentences = {
        "created": _("物业已受理"),
        "dispatched": _("已派给%(who)s") % {"who": handed},
        "claimed": _("师傅已接单"),
        "accepted": _("师傅已接单"),
        "transferred": _("改派给%(who)s") % {"who": handed},
        "returned": _("正在另外安排师傅"),
        "arrived": _("师傅已到场"),
        "parts_awaited": _("缺配件，已去备料"),
        "parts_arrived": _("配件到货，继续处理"),
        "suspended": _("暂停处理"),
        "resumed": _("恢复处理"),
        "price_agreed": _("已同意价目"),
        "completed": _("已完成"),
        "rated": _("收到评价"),
        "reworked": _("安排重新维修"),
        "cancelled": _("已取消"),
        "closed": _("已结束，未修"),
        "archived": _("已归档"),
        "remarked": _("补充了说明"),
        "joined": _("又有住户反映同一件事"),
        "called_again": _("再次来电"),
    }
    if act not in sentences:
        return None
    return sentences[act], _detail(act, entry)


def _detail(act: str, entry: LogEntry) -> str:
    """What belongs to it and was written for him. Reasons of the desk stand after the word of the dictionary, and are the desk's."""
    changes = entry.changes
    if act == "parts_awaited":
        return _("%(part)s，预计 %(day)s 到货") % {
            "part": _last(changes.get("part")),
            "day": _day_of(changes.get("expected_on")),
        }
    if act == "suspended":
        return _("预计 %(day)s 继续") % {"day": _day_of(changes.get("resume_on"))}
    if act == "completed":
        return str(_last(changes.get("result")) or "")
    if act == "remarked":
        return str(_last(changes.get("text")) or "")
    if act in {"cancelled", "closed"} or (act == "reworked" and entry.actor_type == "owner"):
        return entry.reason if entry.actor_type == "owner" else entry.reason.partition("：")[0]
    return ""


def _hands(changes: dict[str, Any]) -> str:
    name = str(_last(changes.get("assignee")) or "")
    return _("%(name)s师傅") % {"name": name[:1]} if name else _("维修班组")


def _last(value: Any) -> Any:
    return (value[-1] if value else None) if isinstance(value, list) else value


def _day_of(text: Any) -> str:
    try:
        return plain_day(date.fromisoformat(str(_last(text))[:10]))
    except ValueError:
        return formats.date_format(timezone.localdate(), "DATE_FORMAT")
