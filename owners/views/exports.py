"""The estate export: which community, why, and whether with plain numbers."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import BusinessError
from core.normalise import clean_line
from core.services.jobs import enqueue
from core.web.access import requires
from owners import policies
from owners.exporting import PERMISSION as EXPORT
from owners.exporting import EstateExport
from owners.views.imports import communities_for, number, trail
from properties.current import current_community
from properties.models import Community


@require_http_methods(["GET", "POST"])
@requires(EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The estate of one community in the template's layout, as a job."""
    places = communities_for(request, EXPORT)
    error = ""
    if request.method == "POST":
        community = get_object_or_404(places, pk=number(request.POST.get("community")))
        reason, plain = clean_line(request.POST.get("reason", ""))[:200], request.POST.get("plain") == "1"
        try:
            if not reason:
                raise BusinessError(_("含个人信息的导出须写明事由"))
            EstateExport(community, request.user, plain=plain)
        except BusinessError as problem:
            error = problem.sentence
        else:
            args = {"community": community.pk, "plain": plain, "reason": reason}
            title = _("导出%s的房屋与住户") % community
            job = enqueue("owners.export_estate", by=request.user, args=args, title=title, community_id=community.pk)
            return HttpResponseRedirect(job.get_absolute_url())
    chosen = _chosen(request, places)
    context = {
        "title": _("导出房屋与住户"),
        "breadcrumbs": trail(_("导出"), below=False),
        "places": places,
        "chosen": chosen.pk if chosen else 0,
        "may_plain": bool(chosen and policies.may_export_plain(request.user, chosen)),
        "plain": request.POST.get("plain") == "1",
        "reason": request.POST.get("reason", ""),
        "error": error,
    }
    return render(request, "owners/estate_export.html", context, status=400 if error else 200)


def _chosen(request: HttpRequest, places: Any) -> Community | None:
    """The community asked for, the one being worked in, or the first of the list: what the select shows."""
    here = current_community(request)
    asked = number(request.POST.get("community") or request.GET.get("community"))
    found = {community.pk: community for community in places}
    return found.get(asked) or found.get(here.pk if here else 0) or next(iter(found.values()), None)
