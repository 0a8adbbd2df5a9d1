"""What a repairer sees on his phone: his own orders, one of them with all he may do, and what he may take from the pool."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import FieldVisibility
from core.models import Attachment
from owners.visibility import MASKS
from properties.models import Community, Team, UnitMark
from workorders.due import due_of
from workorders.models import CheckPoint, Material, MaterialLine, PriceItem, SuspensionRequest, WorkOrder
from workorders.policies import available_actions
from workorders.queries.page import files_of, joined, visit_words
from workorders.queries.progress import days_of, entries_of
from workorders.states import IN_HAND, OPEN, PAUSED, Action, RequestStatus, Status

WORK = "workorders.work_workorder"
# A phone shows so many; whoever has more in hand has other troubles.
MOST = 100
MOST_MATERIALS = 20
_URGENT = {"critical": "red", "urgent": "orange"}
# Section of the list -> states; what was finished today stands last.
SECTIONS: tuple[tuple[Any, frozenset[str]], ...] = (
    (lazy("待接单"), frozenset({Status.DISPATCHED})),
    (lazy("处理中"), frozenset({Status.WORKING})),
    (lazy("等待中"), PAUSED),
    (lazy("今天完成"), frozenset({Status.DONE, Status.ARCHIVED})),
)


def mine(user: Any) -> QuerySet[WorkOrder]:
    """Orders this person repairs or helps with, and what lies with his team while nobody in it has taken it; nobody else's, whatever
    else he may see."""
    teams = Team.objects.filter(Q(members=user) | Q(leader=user)).values("pk")
    helped = WorkOrder.helpers.through.objects.filter(user=user).values("workorder")
    rows = WorkOrder.objects.visible_to(user, WORK)
    return rows.filter(Q(assignee=user) | Q(pk__in=helped) | Q(assignee__isnull=True, team__in=teams))


def sections_of(user: Any, now: datetime) -> list[dict[str, Any]]:
    """[{label, orders}] without the empty ones."""
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = mine(user).filter(
        Q(status__in=sorted(OPEN)) | Q(status__in=[Status.DONE, Status.ARCHIVED], completed_at__gte=today)
    )
    rows = rows.select_related("community", "kind", "category", "unit", "place").order_by("next_due_at", "pk")
    found = list(rows[:MOST])
    several = len({row.community_id for row in found}) > 1
    dress(found, now)
    sections = [
        {"label": label, "orders": [row for row in found if row.status in states], "several": several}
        for label, states in SECTIONS
    ]
    return [section for section in sections if section["orders"]]


def dress(orders: Iterable[WorkOrder], now: datetime) -> None:
    """What a card says besides the order's own words."""
    for order in orders:
        card: Any = order
        card.due, card.visit = due_of(order, now), visit_words(order)
        card.urgency_colour = _URGENT.get(order.urgency, "")


def page_of(order: WorkOrder, user: Any, now: datetime) -> dict[str, Any]:
    """Everything the phone page of one order shows. `acts` are the changes of state he may make now."""
    acts, checks = set(available_actions(user, order)), list(order.checks.all())
    requests = list(order.suspensions.select_related("reason").order_by("-id")[:3])
    dress([order], now)
    in_work = order.status == Status.WORKING and Action.COMPLETE in acts
    paid_lines = list(order.paid_lines.all())
    return {
        "order": order,
        "acts": acts,
        "in_work": in_work,
        "reporter": seen_by_repairer(user, "name", order.reporter_name),
        "may_call": may_call(order, user),
        "cares": _cares(order),
        "checks": checks,
        "photos": photos_by_check(checks),
        "files": [row for row in files_of(order) if row.source_type == "workorders.workorder"],
        "open_checks": sum(check.done_at is None for check in checks),
        "materials": list(order.materials.all()),
        "paid_lines": paid_lines,
        "asks_price": order.paid and not paid_lines,
        "pending": next((row for row in requests if row.status == RequestStatus.PENDING), None),
        "answered": next((row for row in requests if row.status != RequestStatus.WITHDRAWN), None),
        "clocks": _clocks(order),
        "pause": order.pauses.filter(ended_at__isnull=True).first() if order.paused_at else None,
        "days": days_of(entries_of(order)[:30], ""),
    }


def on_phone(user: Any) -> QuerySet[WorkOrder]:
    found: QuerySet[WorkOrder] = joined(mine(user))
    return found


def may_call(order: WorkOrder, user: Any) -> bool:
    """The one who is at it has to reach the household; nobody else gets the number this way, nor anybody once the work is over."""
    if not order.reporter_phone or order.status not in {*IN_HAND, Status.DISPATCHED}:
        return False
    if level_of(user, "phone") == FieldVisibility.HIDDEN:
        return False
    return bool(order.assignee_id == user.pk or order.helpers.filter(pk=user.pk).exists())


def level_of(user: Any, field: str) -> str:
    """How the repairer sees a protected field of his own orders: by the roles that make them his work. A role for one's own rows
    covers no community, so that the question by community (owners.visibility) would always be answered with 不可见."""
    levels = {grant.visibility[field] for grant in user.access.reasons(WORK)}
    by_rank = (FieldVisibility.PLAIN, FieldVisibility.MASKED)
    return next((level for level in by_rank if level in levels), FieldVisibility.HIDDEN)


def seen_by_repairer(user: Any, field: str, value: str) -> str:
    level = level_of(user, field)
    if not value or level == FieldVisibility.PLAIN:
        return value
    return MASKS[field](value) if level == FieldVisibility.MASKED else _("不可见")


def photos_by_check(checks: Iterable[CheckPoint]) -> dict[int, list[Attachment]]:
    rows = Attachment.objects.filter(
        source_type="workorders.checkpoint", source_id__in=[check.pk for check in checks], removed_at__isnull=True
    )
    found: dict[int, list[Attachment]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.source_id, []).append(row)
    for check in checks:
        card: Any = check
        card.photos = found.get(check.pk, [])
    return found


def _cares(order: WorkOrder) -> list[str]:
    if order.unit_id is None:
        return []
    marks = UnitMark.objects.filter(unit=order.unit_id, kind=UnitMark.Kind.CARE)
    return [mark.note or str(mark.get_kind_display()) for mark in marks]


def _clocks(order: WorkOrder) -> list[dict[str, Any]]:
    rows = order.clocks.filter(round=order.rework_count)
    return [
        {"label": row.get_clock_display(), "at": row.due_at, "met_at": row.met_at, "late": row.late} for row in rows
    ]


# --- what is used and charged -----------------------------------------------------------------------------------------------


def materials_like(text: str) -> QuerySet[Material]:
    """Materials in use by the beginning of the code, or by words of name and specification in any order."""
    rows = Material.objects.filter(disabled_at__isnull=True)
    for word in text.split()[:4]:
        rows = rows.filter(Q(code__istartswith=word) | Q(name__icontains=word) | Q(spec__icontains=word))
    return rows.order_by("code")


def offered_materials(text: str, user: Any) -> list[Material]:
    """What is typed; without a word, what this person has used last, filled up from the beginning of the list."""
    if text:
        return list(materials_like(text)[:MOST_MATERIALS])
    lines = MaterialLine.objects.filter(order__assignee=user, material__disabled_at__isnull=True)
    used = list(dict.fromkeys(lines.order_by("-id").values_list("material_id", flat=True)[:60]))[:MOST_MATERIALS]
    rows = Material.objects.in_bulk(used)
    last = [rows[pk] for pk in used]
    return last + list(materials_like("").exclude(pk__in=used)[: MOST_MATERIALS - len(last)])


def prices_for(community: Community | int) -> list[PriceItem]:
    """The list of the house and of this community; where both name a service, the community's own price holds."""
    rows = PriceItem.objects.holding_in(community).filter(disabled_at__isnull=True)
    by_name = {row.name: row for row in sorted(rows, key=lambda row: row.community_id is not None)}
    return sorted(by_name.values(), key=lambda row: row.name)


def pending_of(order: WorkOrder) -> SuspensionRequest | None:
    return order.suspensions.filter(status=RequestStatus.PENDING).first()


def stock_word(material: Material) -> str:
    if material.stock is None:
        return ""
    return _("库存 %(stock)s %(measure)s") % {"stock": f"{material.stock.normalize():f}", "measure": material.measure}
