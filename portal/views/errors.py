"""Error pages by door: an owner never sees the staff's frame, and no error page asks the database."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import defaults

from core.views import errors as staff
from core.web.access import public
from portal.access import is_owners


@public("shown where there is nothing")
def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    if is_owners(request.path):
        return render(request, "portal/404.html", status=404)
    return defaults.page_not_found(request, exception)


@public("shown when something broke")
def server_error(request: HttpRequest) -> HttpResponse:
    if is_owners(request.path):
        return render(request, "portal/500.html", status=500)
    return defaults.server_error(request)


@public("shown when a form arrives without its token")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if is_owners(request.path):
        return render(request, "portal/403_csrf.html", status=403)
    return staff.csrf_failure(request, reason)
