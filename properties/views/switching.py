from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.web.access import signed_in
from properties import current


@signed_in
@require_POST
def switch_community(request: HttpRequest) -> HttpResponse:
    """The community switcher of the top bar: back to the same page, as far as it is about no other community."""
    text = request.POST.get("community", "")
    if text and not text.isdecimal():
        raise Http404(text)
    current.switch(request, int(text) if text else None)
    return HttpResponseRedirect(_back(request, text))


def _back(request: HttpRequest, community: str) -> str:
    """A list keeps its address with the new community as its filter; the page of one object gives way to the overview."""
    address = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return reverse("dashboard:workbench")
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return reverse("dashboard:workbench")
    if found.kwargs:
        return reverse("properties:overview")
    if "community" not in QueryDict(parts.query):
        return address
    return f"{parts.path}?community={community}" if community else parts.path
