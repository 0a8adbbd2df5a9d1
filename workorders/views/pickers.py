"""Type-ahead answers of this floor: public places and buildings, orders, outages, repairers."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from core.web.access import requires
from core.web.pickers import LIMIT, answer, picker, result, typed
from properties.current import current_community
from properties.models import Building, Place
from properties.naming import canonical_building
from workorders.forms.fields import spot_key, spot_label
from workorders.models import Outage, Repairer, WorkOrder
from workorders.queries.search import search_orders

VIEW = "workorders.view_workorder"


def _here(rows: Any, request: HttpRequest) -> Any:
    """Only the community in which the person works, where one is chosen."""
    current = current_community(request)
    return rows if current is None else rows.filter(community=current)


def _places(request: HttpRequest, text: str, permission: str) -> list[Place]:
    rows = _here(Place.objects.visible_to(request.user, permission).filter(disabled_at__isnull=True), request)
    if text:
        building = canonical_building(text) if any(char.isdecimal() for char in text) else ""
        wanted = Q(name__icontains=text) | Q(code__istartswith=text)
        rows = rows.filter(wanted | Q(building__number=building) if building else wanted)
    return list(
        rows.select_related("community", "building", "place_type").order_by("building__sort_key", "name")[:LIMIT]
    )


@requires("workorders.add_workorder")
@picker
def spot_picker(request: HttpRequest) -> HttpResponse:
    return spots(request, "workorders.add_workorder")


def spots(request: HttpRequest, permission: str) -> HttpResponse:
    """Public places and whole buildings together: p12, b3."""
    text = typed(request)
    if text is None:
        return answer([])
    places = _places(request, text, permission)
    rows = Building.objects.visible_to(request.user, permission).filter(disabled_at__isnull=True)
    if text:
        rows = rows.filter(Q(number__istartswith=canonical_building(text)) | Q(name__icontains=text))
    buildings = list(_here(rows, request).select_related("community").order_by("community__code", "sort_key")[:LIMIT])
    found: list[Place | Building] = [*places, *buildings][:LIMIT]
    several = len({row.community_id for row in found}) > 1
    return answer(
        result(spot_key(row), spot_label(row), row.community.name if several else "", _kind_of(row)) for row in found
    )


def _kind_of(row: Place | Building) -> str:
    return str(row.place_type or "") if isinstance(row, Place) else str(Building._meta.verbose_name)


@requires(VIEW)
@picker
def place_picker(request: HttpRequest) -> HttpResponse:
    text = typed(request)
    if text is None:
        return answer([])
    return answer(result(row.pk, row, row.community.name) for row in _places(request, text, VIEW))


@requires(VIEW)
@picker
def workorder_picker(request: HttpRequest) -> HttpResponse:
    text = typed(request)
    if not text:
        return answer([])
    rows = search_orders(_here(WorkOrder.objects.visible_to(request.user, VIEW), request), text)
    found = rows.select_related("kind", "community").order_by("-id")[:LIMIT]
    return answer(result(row.pk, row.number, f"{row.kind}，{row.address}", row.get_status_display()) for row in found)


@requires("workorders.view_outage")
@picker
def outage_picker(request: HttpRequest) -> HttpResponse:
    text = typed(request)
    if text is None:
        return answer([])
    rows = _here(Outage.objects.visible_to(request.user, "workorders.view_outage"), request)
    rows = rows.filter(title__icontains=text) if text else rows
    return answer(result(row.pk, row.title, row.community.name) for row in rows.select_related("community")[:LIMIT])


@requires(VIEW)
@picker
def repairer_picker(request: HttpRequest) -> HttpResponse:
    text = typed(request)
    if text is None:
        return answer([])
    rows = _here(Repairer.objects.visible_to(request.user, VIEW).active(), request)
    rows = rows.filter(user__display_name__icontains=text) if text else rows
    found = rows.select_related("user", "community").order_by("user__display_name")[:LIMIT]
    several = len({row.community_id for row in found}) > 1
    return answer(result(row.pk, row, row.community.name if several else "") for row in found)
