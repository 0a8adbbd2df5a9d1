"""Orders in the global search: by number as it is spelled on the slip, or by its last digits with the day."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core import search
from core.search import MOST, Found, Hit, SearchText, marked
from properties.search import in_several_communities
from workorders.models import WorkOrder
from workorders.queries.search import number_of

VIEW = "workorders.view_workorder"


def find_orders(user: Any, text: SearchText, shown: int) -> Found:
    spelled = number_of(text.plain)
    if spelled is None or (text.is_private and not text.compact.startswith("bx")):
        return Found()
    code, number = spelled
    rows = WorkOrder.objects.visible_to(user, VIEW).filter(number__startswith=number)
    rows = rows.filter(community__code=code) if code else rows
    found = list(rows.select_related("kind", "community").order_by("-id")[: MOST + 1])
    return Found(tuple(_hit(user, row, number) for row in found[:shown]), len(found))


def _hit(user: Any, order: WorkOrder, number: str) -> Hit:
    place = order.community.name if in_several_communities(user, VIEW) else ""
    return Hit(
        url=order.get_absolute_url(), title=order.number, title_marked=marked(order.number, 0, len(number)),
        facts=tuple(filter(None, (str(order.kind), order.address, place))), icon="tool",
        status={"word": order.status_word, "colour": order.status_colour},
    )  # fmt: skip


def register() -> None:
    search.register(search.SearchSource("workorders", _("工单"), VIEW, find_orders, order=25))
