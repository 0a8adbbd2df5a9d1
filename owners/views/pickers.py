"""Type-ahead boxes: people and units, masked for their reader, a dozen at a time."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from core.search import SearchText, record_number, require_quota
from core.web.access import requires
from core.web.pickers import picker, typed
from owners.queries.pickers import owners_like, units_for_picker
from owners.visibility import Eyes
from properties.models import UnitMark


@picker
@requires("owners.view_owner")
def owner_picker(request: HttpRequest) -> JsonResponse:
    """{results: [{id, text, sub, tag}]}: masked name with number, masked phone, first unit in scope. A number is counted and logged
    as in the search box."""
    eyes, text = Eyes(request.user), typed(request) or ""
    by_number = SearchText(text).asks_number
    if by_number:
        require_quota(request.user)
    found = owners_like(text, request.user)
    if by_number:
        record_number(request.user, SearchText(text).masked, found=len(found))
    return JsonResponse({"results": [_owner_option(owner, eyes) for owner in found]})


def _owner_option(owner: Any, eyes: Eyes) -> dict[str, Any]:
    phones = [row.number for row in owner.listed_phones][:1]
    shown = [eyes.sees("phone", number, owner.community_ids) for number in phones]
    units = [
        row.unit.label for row in owner.held if eyes.covers("owners.view_owner", row.community_id, row.unit.building_id)
    ]
    return {
        "id": owner.pk,
        "text": eyes.owner_name(owner),
        "sub": "，".join([owner.number, *shown]),
        "tag": units[0] if units else "",
    }


@picker
@requires("owners.view_owner")
def unit_picker(request: HttpRequest) -> JsonResponse:
    """房号, masked name of the first person, 使用状态, open orders (design 15)."""
    eyes = Eyes(request.user)
    results = []
    for unit in units_for_picker(typed(request) or "", request.user):
        names = [eyes.owner_name(row.owner) for row in unit.held][:1]
        orders = next((mark.count for mark in unit.marks.all() if mark.kind == UnitMark.Kind.OPEN_ORDERS), 0)
        sub = "，".join(part for part in [*names, unit.get_usage_display()] if part)
        results.append(
            {"id": unit.pk, "text": unit.label, "sub": sub, "tag": _("在办 %d 单") % orders if orders else ""}
        )
    return JsonResponse({"results": results})
