"""投诉 on the files of a flat and of a person: fragments that load when they are opened."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from complaints.due import due_of
from complaints.policies import VIEW
from complaints.queries.cases import listed, read_by
from core.web.access import requires, user_of
from owners.models import Owner
from properties.models import Unit

SHOWN = 20


def _rows(rows: Any) -> list[dict[str, Any]]:
    return [{"case": case, "due": due_of(case)} for case in listed(rows).order_by("-id")[:SHOWN]]


@require_safe
@requires(VIEW)
def unit_cases(request: HttpRequest, pk: int) -> HttpResponse:
    user = user_of(request)
    unit = get_object_or_404(Unit.objects.visible_to(user, VIEW).with_place(), pk=pk)
    rows = _rows(read_by(user, one_community=True).filter(unit=unit))
    list_url = f"{reverse('complaints:complaint_list')}?group=all&unit={pk}" if len(rows) == SHOWN else ""
    return render(request, "complaints/_cases_panel.html", {"rows": rows, "unit": unit, "list_url": list_url})


@require_safe
@requires(VIEW)
def owner_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """What this person complained of, and only that."""
    user = user_of(request)
    owner = get_object_or_404(Owner.objects.visible_to(user, "owners.view_owner"), pk=pk)
    context = {"rows": _rows(read_by(user).filter(owner=owner)), "owner": owner}
    return render(request, "complaints/_cases_panel.html", context)
