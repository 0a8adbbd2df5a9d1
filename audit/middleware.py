"""Sessions end by themselves: after 30 minutes without a request, and after 12 hours whatever happens (ASVS 7.3)."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from audit.services.sessions import close_session, touch_session
from audit.services.sign_in_log import note_expiry
from core.services import drafts

STARTED, SEEN = "started_at", "seen_at"
# What the sign-in page says about the form that was open when the session ended.
LOST_FORM = "lost_form"
# The session row is written at most once a minute, so that reading pages does not mean writing rows.
TOUCH_SECONDS = 60
# Requests that the page makes by itself; they must not keep an abandoned screen signed in.
BACKGROUND_HEADER = "X-Background"


class SessionLifetimeMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if self._is_over(request):
                self._end(request)
            else:
                self._touch(request)
        if request.user.is_authenticated and request.user.must_change_password and not self._may_pass(request):
            return redirect("audit:password_change")
        return self.get_response(request)

    @staticmethod
    def _is_over(request: HttpRequest) -> bool:
        now, started = time.time(), request.session.get(STARTED)
        if started is None:
            return False
        idle, open_for = now - request.session.get(SEEN, started), now - started
        return bool(idle > settings.SESSION_IDLE_SECONDS or open_for > settings.SESSION_ABSOLUTE_SECONDS)

    @staticmethod
    def _end(request: HttpRequest) -> None:
        user = request.user
        draft = drafts.latest(user)
        note_expiry(user)
        close_session(request.session.session_key)
        logout(request)
        lost = {"title": draft.title, "path": draft.path, "user_id": user.pk} if draft else {"title": ""}
        request.session[LOST_FORM] = lost

    @staticmethod
    def _touch(request: HttpRequest) -> None:
        now = time.time()
        request.session.setdefault(STARTED, now)
        if request.headers.get(BACKGROUND_HEADER):
            return
        if now - request.session.get(SEEN, 0) > TOUCH_SECONDS:
            request.session[SEEN] = now
            touch_session(request.session.session_key)

    @staticmethod
    def _may_pass(request: HttpRequest) -> bool:
        return request.path in {reverse("audit:password_change"), reverse("audit:sign_out")} or request.path.startswith(
            settings.STATIC_URL
        )
