"""The households somebody opened last, newest first: kept in the session, shown on the workbench."""

from typing import Any

from django.http import HttpRequest

from properties.models import Unit

SESSION_KEY = "recent_units"
KEEP = 8


def remember(request: HttpRequest, unit: Unit) -> None:
    """Called by the page of the household file."""
    known = request.session.get(SESSION_KEY, [])
    if known[:1] != [unit.pk]:
        request.session[SESSION_KEY] = [unit.pk, *(pk for pk in known if pk != unit.pk)][:KEEP]


def recent_units(request: HttpRequest) -> list[Any]:
    """Those still in the reader's scope, in order, with place and marks."""
    known = request.session.get(SESSION_KEY, [])
    rows = Unit.objects.visible_to(request.user, "properties.view_unit").filter(pk__in=known)
    found = {unit.pk: unit for unit in rows.select_related("building", "community").prefetch_related("marks")}
    return [found[pk] for pk in known if pk in found]
