"""Form drafts: saved while one types, offered back, thrown away on request."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from core.models import FormDraft
from core.services import drafts
from core.web.access import signed_in

MAX_CHARACTERS = 100_000


@require_POST
@signed_in
def draft_save(request: HttpRequest) -> HttpResponse:
    path, data = request.POST.get("path", ""), request.POST.get("data", "")
    if len(data) > MAX_CHARACTERS or len(path) > 200 or not _is_page(path):
        return HttpResponse(status=400)
    drafts.save_draft(request.user, path, request.POST.get("title", ""), QueryDict(data))
    return HttpResponse(status=204)


@require_POST
@signed_in
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(FormDraft.objects.visible_to(request.user, "*"), pk=pk)
    path = draft.path
    draft.delete()
    return HttpResponseRedirect(path if _is_page(path) else "/")


def _is_page(path: str) -> bool:
    """A path of this site; nothing else is ever stored, so nothing else can be followed."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return not path.startswith("//")
