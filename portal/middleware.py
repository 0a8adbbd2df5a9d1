"""Who is at the owners' door: looks the session up for the owners' pages and for nothing else."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from owners.queries.sign_in import session_by
from owners.services.sign_in import digest, touch


class OwnerSessionMiddleware:
    """`request.owner_session` and `request.owner` under /m/, None for strangers. A staff session means nothing here, an owner's
    session means nothing elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(reverse("portal:home")):
            return self.get_response(request)
        token = request.COOKIES.get(settings.OWNER_COOKIE_NAME, "")
        session = session_by(digest(token)) if token else None
        if session is not None:
            touch(session)
        request.owner_session = session  # type: ignore[attr-defined]
        request.owner = session.owner if session is not None else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        # Personal pages are kept by no cache and found by no search engine; the door shows who has just been here.
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response
