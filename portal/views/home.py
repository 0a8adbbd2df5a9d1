"""The first page and the home: what waits for me, my units, who lives there, what is parked there."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from owners.services.sign_in import choose_unit
from owners.waiting import waiting_for
from portal import entries, queries
from portal.access import owner_page
from portal.pages import current_unit, page, units


@owner_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    owner, unit = request.owner, current_unit(request)  # type: ignore[attr-defined]
    context = {
        "waiting": waiting_for(owner, unit),
        "services": entries.shown("home", "portal:home"),
        "keeper": owner.keeper,
    }
    return page(request, "portal/home.html", context)


@owner_page
@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest) -> HttpResponse:
    """Which of my units this device shows."""
    session: Any = request.owner_session  # type: ignore[attr-defined]
    if request.method == "POST":
        chosen = next((row for row in units(request) if str(row.pk) == request.POST.get("unit")), None)
        if chosen is None:
            messages.error(request, _("请选择您名下的房屋"))
            return redirect("portal:unit")
        choose_unit(session, chosen)
        return redirect("portal:home")
    return page(request, "portal/unit.html")


@owner_page
@require_safe
def household(request: HttpRequest) -> HttpResponse:
    owner, here = request.owner, current_unit(request)  # type: ignore[attr-defined]
    context = {
        "mates": queries.housemates(owner, here),
        "family": queries.family(owner, here),
        "vehicles": queries.vehicles(owner, here),
    }
    return page(request, "portal/household.html", context)
