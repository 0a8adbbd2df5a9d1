"""The tab 通知 of the household file and of a person's file: what they were told and what they have read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.web.access import requires
from notices.queries import households
from notices.queries.board import VIEW
from owners.models import Owner
from properties.models import Unit


@require_safe
@requires(VIEW)
def unit_notices(request: HttpRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user, VIEW), pk=pk)
    context = {"unit": unit, "lines": households.told_unit(unit, request.user)}
    return render(request, "notices/_household_panel.html", context)


@require_safe
@requires(VIEW)
def owner_notices(request: HttpRequest, pk: int) -> HttpResponse:
    owner = get_object_or_404(Owner.objects.visible_to(request.user, VIEW), pk=pk)
    return render(request, "notices/_household_panel.html", {"lines": households.told_owner(owner, request.user)})
