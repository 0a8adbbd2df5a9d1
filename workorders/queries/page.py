"""Everything the page of one order shows, in a number of queries that does not depend on how much happened to it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from audit.queries.roles import roles_holding
from core.masking import mask_phone
from core.models import Attachment, LogEntry
from core.queries.progress import segments
from core.together import together
from owners.visibility import Eyes
from properties.models import UnitMark
from workorders import origins
from workorders.buttons import buttons_of
from workorders.due import due_of
from workorders.looks import urgency_html
from workorders.models import CheckPoint, OrderClock, Pause, SuspensionRequest, WorkOrder
from workorders.policies import OWN_ACTS, available_actions
from workorders.queries import after, deadlines, progress
from workorders.queries.orders import VIEW, read_by
from workorders.queries.similar import similar_to
from workorders.states import TRANSITIONS, Action, RequestStatus, Warranty

REVEAL = "owners.reveal_owner"
HISTORY = timedelta(days=90)


def joined(rows: Any) -> Any:
    """Known outage and double are left out: few orders have them, and then they are read."""
    people = ("assignee", "reported_by", "dispatched_by", "ended_by")
    places = ("community", "unit__building", "place", "building", "owner", "team")
    return rows.select_related(*places, *people).with_words("relation", "category", "kind", "cause")


def page(order: WorkOrder, user: Any, show: str = "") -> dict[str, Any]:
    now, eyes, offered = timezone.now(), Eyes(user), available_actions(user, order)
    clocks, pauses, materials, paid_lines, checks, marks, told = together(
        OrderClock.objects.filter(order=order), Pause.objects.filter(order=order).order_by("started_at"),
        order.materials.all(), order.paid_lines.all(), order.checks.all(), UnitMark.objects.filter(unit=order.unit_id),
        order.messages.all()[: after.MOST_MESSAGES],
    )  # fmt: skip
    entries = progress.entries_of(order)
    found = similar_to(order, read_by(user, one_community=True))
    return {
        "order": order,
        "due": due_of(order, now),
        "buttons": buttons_of(order, user, offered),
        "cards": deadlines.cards(order, clocks, pauses, now),
        "why": why_next(order, clocks, pauses, now),
        "facts": facts(order) + origins.lines(order, user),
        "reporter": reporter(order, eyes),
        "household": household(order, user, marks),
        "similar": found,
        "helpers": list(order.helpers.all()),
        "materials": materials,
        "paid_lines": paid_lines,
        "checks": checks,
        "in_work": Action.COMPLETE in offered,
        "ratings": list(order.ratings.select_related("recorded_by").prefetch_related("tags")),
        "files": files_of(order),
        "pending": pending_suspension(order, entries),
        "duplicates": list(order.duplicates.all()[:20]),
        "days": progress.days_of(entries, show),
        "segments": segments(show, progress.TELLING),
        "urgency": urgency_html(order.urgency),
        "rework_word": _("第 %(n)d 次返工") % {"n": order.rework_count} if order.rework_count else "",
        "others": who_may(order, offered),
        **after.panels(order, user, told),
    }


def pending_suspension(order: WorkOrder, entries: Collection[LogEntry]) -> SuspensionRequest | None:
    """Asked for only where the history says that somebody ever asked."""
    if not any(entry.action == "workorders.workorder.suspension_asked" for entry in entries):
        return None
    rows = order.suspensions.select_related("reason", "asked_by")
    return rows.filter(status=RequestStatus.PENDING).first()


def why_next(order: WorkOrder, clocks: list[OrderClock], pauses: list[Pause], now: Any) -> deadlines.Why | None:
    """The proof of the deadline owed next; of the last one when nothing is owed."""
    rows = [row for row in clocks if row.round == order.rework_count]
    row = next((row for row in rows if row.clock == order.next_clock), rows[-1] if rows else None)
    return deadlines.why(order, row, pauses, now) if row else None


def facts(order: WorkOrder) -> list[dict[str, Any]]:
    """报修内容, label by label."""
    until = formats.date_format(order.warranty_until, "DATE_FORMAT") if order.warranty_until else ""
    warranty = str(order.get_warranty_display())
    if until:
        ends = (
            _("%(state)s，质保 %(day)s 到期")
            if order.warranty == Warranty.IN
            else _("%(state)s，质保已于 %(day)s 到期")
        )
        warranty = ends % {"state": warranty, "day": until}
    taken = f"{order.reported_by or ''} {order.get_source_display()} {_moment(order.reported_at)}".strip()
    rows = [
        (_("类型"), f"{order.category} / {order.kind}"), (_("位置"), " ".join(filter(None, (order.address, order.spot)))),
        (_("区域"), order.get_area_display()), (_("收费"), _("有偿") if order.paid else _("无偿")), (_("质保"), warranty),
        (_("预约上门"), visit_words(order)), (_("受理"), taken), (_("处理人"), order.assignee or order.team),
        (_("故障原因"), order.cause), (_("处理结果"), order.result),
        (_("确认方式"), order.get_confirm_way_display()), (_("结束"), ended_words(order)),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in rows if value]


def visit_words(order: WorkOrder) -> str:
    """2026-11-23 14:00–16:00; "" without an appointment."""
    if order.visit_from is None or order.visit_until is None:
        return ""
    start, end = timezone.localtime(order.visit_from), timezone.localtime(order.visit_until)
    return f"{start:%Y-%m-%d %H:%M}–{end:%H:%M}" if start.date() == end.date() else f"{_moment(start)}–{_moment(end)}"


def ended_words(order: WorkOrder) -> str:
    if order.ended_at is None:
        return ""
    who = order.ended_by or _("系统")
    return "，".join(filter(None, (f"{who} {_moment(order.ended_at)}", order.end_reason)))


def reporter(order: WorkOrder, eyes: Eyes) -> dict[str, Any]:
    here = [order.community_id]
    shown = eyes.may_reveal("phone", here, REVEAL)
    name = eyes.sees("name", order.reporter_name, here)
    return {
        "name": name,
        "phone": mask_phone(order.reporter_phone),
        "reveal_url": reverse("audit:reveal", args=["workorders.workorder", order.pk, "reporter_phone"]) if shown else "",
        "words": "，".join(
            str(word) for word in (order.relation, _("身份已核验") if order.verified else _("身份未核验")) if word
        ),
    }  # fmt: skip


def household(order: WorkOrder, user: Any, marks: list[UnitMark]) -> dict[str, Any] | None:
    """What is known of the flat: its file, care marks, orders of the last 90 days."""
    if order.unit is None:
        return None
    since = timezone.now() - HISTORY
    rows = WorkOrder.objects.visible_to(user, VIEW).filter(unit=order.unit_id, reported_at__gte=since)
    return {
        "unit": order.unit,
        "opens": user.has_perm("owners.view_owner"),
        "cares": [mark.note or mark.get_kind_display() for mark in marks if mark.kind == UnitMark.Kind.CARE],
        "recent": rows.count(),
        "list_url": f"{reverse('workorders:workorder_list')}?group=all&unit={order.unit_id}",
    }


def files_of(order: WorkOrder) -> list[Attachment]:
    """The order's own files and the photos of its checklist. Whoever opens the page may open them."""
    checks = CheckPoint.objects.filter(order=order).values("pk")
    rows = Attachment.objects.filter(
        Q(source_type="workorders.workorder", source_id=order.pk)
        | Q(source_type="workorders.checkpoint", source_id__in=checks)
    )
    found = list(rows.filter(removed_at__isnull=True).order_by("id"))
    for row in found:
        row.is_image = row.content_type.startswith("image/")  # type: ignore[attr-defined]
    return found


def who_may(order: WorkOrder, offered: Collection[str]) -> list[str]:
    """完工、缺料由处理人刘志明操作; 派单：客服主管、工程主管. What the reader may not do himself."""
    missing = [action for action, way in TRANSITIONS.items() if order.status in way.sources and action not in offered]
    own = [str(Action(action).label) for action in missing if action in OWN_ACTS]
    lines = []
    hands = order.assignee or order.team
    if own and hands:
        lines.append(_("%(acts)s由处理人%(who)s操作") % {"acts": "、".join(own), "who": hands})
    roles = roles_holding({TRANSITIONS[action].permission for action in missing if action not in OWN_ACTS})
    by_role: dict[str, list[str]] = {}
    for action in missing:
        names = roles.get(TRANSITIONS[action].permission)
        if action not in OWN_ACTS and names:
            by_role.setdefault("、".join(names), []).append(str(Action(action).label))
    lines += [
        _("%(acts)s由%(roles)s操作") % {"acts": "、".join(acts), "roles": names} for names, acts in by_role.items()
    ]
    return lines


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
