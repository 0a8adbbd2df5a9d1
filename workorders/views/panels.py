"""工单 on the files of a flat and of a person, and on the card of the building grid: fragments that load when they are opened."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.web.access import requires, user_of
from owners.models import Owner
from properties.models import Unit
from workorders.due import due_of
from workorders.queries.orders import read_by
from workorders.states import OPEN

VIEW = "workorders.view_workorder"
SHOWN = 20


def _rows(rows: Any) -> list[dict[str, Any]]:
    found = rows.select_related("community", "kind", "category", "assignee", "team").order_by("-id")[:SHOWN]
    return [{"order": order, "due": due_of(order)} for order in found]


@require_safe
@requires(VIEW)
def unit_orders(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    unit = get_object_or_404(Unit.objects.visible_to(user, VIEW).with_place(), pk=pk)
    rows = _rows(read_by(user, one_community=True).filter(unit=unit))
    list_url = f"{reverse('workorders:workorder_list')}?group=all&unit={pk}"
    context = {"rows": rows, "unit": unit, "list_url": list_url if len(rows) == SHOWN else ""}
    return render(request, "workorders/_orders_panel.html", context)


@require_safe
@requires(VIEW)
def owner_orders(request: HttpRequest, pk: int) -> HttpResponse:
    """What this person reported, and only that: a flat's other orders stand on the file of the flat."""
    user = user_of(request)
    owner = get_object_or_404(Owner.objects.visible_to(user, "owners.view_owner"), pk=pk)
    return render(
        request, "workorders/_orders_panel.html", {"rows": _rows(read_by(user).filter(owner=owner)), "owner": owner}
    )


@require_safe
@requires(VIEW)
def unit_card(request: HttpRequest, pk: int) -> HttpResponse:
    """Open orders of a flat for the card of the building grid."""
    user = user_of(request)
    unit = get_object_or_404(Unit.objects.visible_to(user, VIEW), pk=pk)
    return render(
        request,
        "workorders/_unit_card.html",
        {"rows": _rows(read_by(user).filter(unit=unit, status__in=OPEN)), "unit": unit},
    )
