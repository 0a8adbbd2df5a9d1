"""Error pages; the templates know no database, so that they also work when it is away."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.access import public


@public("shown when a form arrives without its token")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    context = {"without_cookies": settings.CSRF_COOKIE_NAME not in request.COOKIES}
    return render(request, "403_csrf.html", context, status=403)
