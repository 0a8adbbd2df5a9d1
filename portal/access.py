"""How a page of the owners says who may open it. The staff's permissions do not reach here: an owner sees what is his."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from core.errors import BusinessError
from core.web.access import public
from portal.pages import page

View = Callable[..., HttpResponse]
REASON = "owners have a door of their own: this page asks for an owner's session"


def owner_page(view: View) -> View:
    """Only for somebody who is signed in as an owner; everybody else is led to the door. A business error nobody caught becomes a
    page of this house, not of the staff's."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if owner_of(request) is None:
            return to_door(request)
        try:
            return view(request, *args, **kwargs)
        except BusinessError as error:
            return page(request, "portal/refused.html", {"error": error}, status=error.status)

    guarded.for_owners = True  # type: ignore[attr-defined]
    return public(REASON)(guarded)


def owner_of(request: HttpRequest) -> Any:
    return getattr(request, "owner", None)


def to_door(request: HttpRequest) -> HttpResponse:
    """The wanted page comes after signing in; what was sent by a form is not repeated."""
    door = reverse("portal:sign_in")
    wanted = urlencode({"next": request.path}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{door}?{wanted}" if wanted else door)


def is_owners(path: str) -> bool:
    """Whether a page is one of the owners', behind their door or behind a personal link."""
    link = reverse("notices:public_notice", args=["-"]).removesuffix("-/")
    return path.startswith((reverse("portal:home"), link))


def safe_next(request: HttpRequest) -> str:
    """The wanted page when it is one of the owners', else the first one."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    home = reverse("portal:home")
    inside = is_owners(wanted) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if inside else home
