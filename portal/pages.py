"""Rendering of the owners' pages: the frame's own facts beside those of the page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from owners.queries.sign_in import units_of
from portal import entries
from properties.models import Unit

MOST_PAGES = 500


def units(request: Any) -> list[Unit]:
    """The units of the person, asked once a request."""
    if not hasattr(request, "owner_units"):
        request.owner_units = units_of(request.owner)
    found: list[Unit] = request.owner_units
    return found


def current_unit(request: Any) -> Unit:
    """The unit this device shows: the one that was chosen while it is still one's own, else the first."""
    chosen = [unit for unit in units(request) if unit.pk == request.owner_session.unit_id]
    mine = chosen or units(request)
    if not mine:  # the last one ended between the door and here
        raise Http404
    return mine[0]


def page_number(request: HttpRequest) -> int:
    """The page of a list that is asked for; the first one for whatever is no number."""
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and 0 < int(asked[:9]) <= MOST_PAGES else 1


def is_looked_at(request: HttpRequest) -> bool:
    """A browser that fetches ahead has shown nothing to anybody."""
    return request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")


def page(request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """One page; signed in, it has the bar at the bottom and knows the unit."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    frame: dict[str, Any] = {"here": here}
    if getattr(request, "owner", None) is not None:
        frame |= {
            "owner": request.owner,  # type: ignore[attr-defined]
            "tabs": entries.shown("tab", here),
            "units": units(request),
            "unit": current_unit(request),
        }
    return render(request, template, frame | (context or {}), status=status)
