"""What an owner sees of repairs on his own pages (R36, R42, R43): which orders are his, how far each has come, what waits for him.

Nothing here comes from the staff's permissions. His are the orders he reported, and those of the flats he holds today from the day on
which he began to hold them: a former owner sees nothing of what came after him, a new one nothing of what was before.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Attachment
from owners.models import Owner
from owners.queries.sign_in import current_tenures
from owners.waiting import Waiting
from properties.models import Unit
from workorders.models import Rating, WorkOrder
from workorders.queries.intake import RELATIONS
from workorders.queries.page import files_of
from workorders.signatures import SIGNED
from workorders.states import OPEN, Status

PAGE = 20
CARDS = 2


def orders_of(owner: Owner) -> QuerySet[WorkOrder]:
    """One condition for each of his few flats, so that the indexes of owner and unit answer."""
    mine = Q(owner=owner)
    for unit, start in current_tenures().filter(owner=owner).values_list("unit", "start"):
        begins = timezone.make_aware(datetime.combine(start, time()))
        mine |= Q(unit=unit, reported_at__gte=begins)
    return WorkOrder.objects.filter(mine)


def order_of(owner: Owner, pk: int) -> WorkOrder | None:
    rows = orders_of(owner).select_related("community", "kind", "category", "assignee", "team")
    return rows.filter(pk=pk).first()


def standing_of(order: WorkOrder, *, rated: bool = True) -> tuple[str, str]:
    """How the state reads to somebody who waits at home: (words, colour)."""
    words = {
        Status.WAITING: (_("已受理，正在安排师傅"), "orange"),
        Status.DISPATCHED: (_("已派单，等师傅接单"), "orange"),
        Status.WORKING: (_("师傅处理中"), "blue"),
        Status.PARTS: (_("等配件"), "orange"),
        Status.SUSPENDED: (_("暂停中"), "orange"),
        Status.DONE: (_("已完成"), "green") if rated else (_("已完成，待评价"), "orange"),
        Status.ARCHIVED: (_("已完成"), "green"),
        Status.CANCELLED: (_("已取消"), "grey"),
        Status.CLOSED: (_("已结束，未修"), "grey"),
    }
    return words[Status(order.status)]


# --- The list ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One order as the list shows it; `where` only when it could be another place."""

    order: WorkOrder
    where: str
    word: str
    colour: str


def lines(owner: Owner, own_units: list[Unit], number: int) -> tuple[list[Line], bool]:
    """One page and whether another follows: what is open first, newest on top, then what is over."""
    rows = orders_of(owner).select_related("community", "kind", "category")
    rank = Case(When(status__in=sorted(OPEN), then=Value(0)), default=Value(1))
    rows = rows.annotate(rank=rank, rated=_rated()).order_by("rank", "-id")
    start = (number - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    return [_line(row, owner, own_units) for row in found[:PAGE]], len(found) > PAGE


def _rated() -> Exists:
    return Exists(Rating.objects.filter(order=OuterRef("pk"), round=OuterRef("rework_count")))


def _line(row: Any, owner: Owner, own_units: list[Unit]) -> Line:
    only = len(own_units) == 1 and row.unit_id == own_units[0].pk
    word, colour = standing_of(row, rated=row.rated or row.owner_id != owner.pk)
    return Line(row, "" if only else " ".join(filter(None, (row.address, row.spot))), word, colour)


# --- What waits for him -----------------------------------------------------------------------------------------------------


def waiting_orders(owner: Owner, unit: Unit | None) -> list[Waiting]:
    """Somebody comes today; a repair is finished and wants to be judged."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    coming = Q(status__in=sorted(OPEN), visit_from__gte=today, visit_from__lt=today + timedelta(days=1))
    unrated = Q(status=Status.DONE, owner=owner) & ~_rated()
    rows = orders_of(owner).filter(coming | unrated).select_related("kind").order_by("visit_from", "-id")
    found = list(rows[: 2 * CARDS + 1])
    cards = [_card(row) for row in found[: 2 * CARDS]]
    if len(found) > 2 * CARDS:
        cards.append(Waiting(_("还有其他报修"), _("点开查看我的报修"), "portal:repair_list", icon="tool"))
    return cards


def _card(order: WorkOrder) -> Waiting:
    if order.status == Status.DONE:
        return Waiting(
            _("请评价：%(kind)s") % {"kind": order.kind},
            _("已修好，您觉得怎么样？"),
            "portal:repair",
            (order.pk,),
            "star",
        )
    title = _("今天 %(slot)s 上门：%(kind)s") % {"slot": slot_words(order), "kind": order.kind}
    return Waiting(title, _("请留人在家，改时间请联系物业"), "portal:repair", (order.pk,), "tool", "warn")


def slot_words(order: WorkOrder) -> str:
    """14:00–16:00."""
    if order.visit_from is None or order.visit_until is None:
        return ""
    return f"{timezone.localtime(order.visit_from):%H:%M}–{timezone.localtime(order.visit_until):%H:%M}"


# --- Photos -----------------------------------------------------------------------------------------------------------------


def photos_of(order: WorkOrder) -> tuple[list[Attachment], list[Attachment]]:
    """(sent with the report and later by the household, taken by those who did the work). Files of the desk are the desk's; nobody's
    signature hangs on a page that the whole household opens."""
    hands = set(order.helpers.values_list("pk", flat=True)) | {order.assignee_id}
    pictures = [row for row in files_of(order) if row.content_type.startswith("image/")]
    theirs = [row for row in pictures if row.created_by_id is None]
    done = [row for row in pictures if row.created_by_id in hands and row.created_by_id is not None]
    return theirs, [row for row in done if not is_signature(row)]


def is_signature(row: Attachment) -> bool:
    return row.name.startswith(SIGNED)


def photo_of(order: WorkOrder, pk: int) -> Attachment | None:
    before, after = photos_of(order)
    return next((row for row in (*before, *after) if row.pk == pk), None)


def relation_of(owner: Owner, unit: Unit | None) -> str:
    """What he is to the flat, as the dictionary of relations has it."""
    if unit is None:
        return ""
    role = current_tenures().filter(owner=owner, unit=unit).order_by("pk").values_list("role", flat=True).first()
    return RELATIONS.get(role or "", "")
