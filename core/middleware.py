"""Middleware that knows no business: health answers, request facts for the log, deny by default, business errors as pages."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from ipware import get_client_ip

from core import context
from core.errors import BusinessError
from core.web import access

GetResponse = Callable[[HttpRequest], HttpResponse]


def client_ip(request: HttpRequest) -> str | None:
    """The peer's address; forwarded headers count only when the number of trusted proxies is configured."""
    count = settings.AXES_IPWARE_PROXY_COUNT
    if not count:
        return request.META.get("REMOTE_ADDR") or None
    return get_client_ip(request, proxy_count=count, request_header_order=settings.AXES_IPWARE_META_PRECEDENCE_ORDER)[0]


class HealthMiddleware:
    """Answers /livez before anything else, so that a probe touches neither session nor database nor host check."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/livez":
            return HttpResponse("ok", content_type="text/plain")
        return self.get_response(request)


class RequestContextMiddleware:
    """Puts request id and address where the log finds them; personal pages are never kept by a cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with context.facts(context.RequestFacts(str(uuid.uuid4()), client_ip(request))):
            response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class AccessMiddleware:
    """Deny by default: a view opens only when it says for whom."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        permission, reason = access.check_declared(view)
        if reason:
            return None
        if not request.user.is_authenticated:
            return self._to_sign_in(request)
        assert permission  # check_declared refuses a view that names neither
        if not access.allowed(request, permission):
            raise PermissionDenied(permission)
        return None

    @staticmethod
    def _to_sign_in(request: HttpRequest) -> HttpResponse:
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=204)
            response.headers["HX-Redirect"] = resolve_url(settings.LOGIN_URL)
            return response
        return redirect_to_login(request.get_full_path())


class BusinessErrorMiddleware:
    """A business error that no form caught becomes a page (or a fragment) with its sentence, not a 500."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, BusinessError):
            return None
        template = "generic/_refused.html" if request.headers.get("HX-Request") else "generic/refused.html"
        return render(request, template, {"error": error}, status=error.status)
