"""Signing in: lock-out tiers, the password, a fresh session, and the sign-in log of every attempt and every end (R133)."""

from dataclasses import dataclass
from datetime import datetime

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils import timezone

from audit.models import SignInEntry, User
from audit.queries.locks import address_attempts, locked_until
from audit.services.sessions import close_session, open_session
from audit.services.sign_in_log import agent_of, note
from core import context


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended: the person, or why not. `until` says when a lock opens; `left` how many tries remain before it."""

    user: User | None = None
    refused: str = ""
    until: datetime | None = None
    left: int = 0


def attempt(request: HttpRequest, username: str, password: str) -> Attempt:
    """Tries to sign in and writes the sign-in log. A locked account is not even compared: neither a right nor a wrong password
    may be told from the answer."""
    ip, agent = context.current().ip, agent_of(request)
    known = User.objects.filter(username=username).first()
    until = locked_until(username, ip)
    if until:
        note(SignInEntry.Result.LOCKED, username=username, user=known, user_agent=agent)
        return Attempt(refused=SignInEntry.Result.LOCKED, until=until)
    user = authenticate(request, username=username, password=password)
    if user is None:
        return _refused(request, username, known, ip)
    request.session.flush()
    login(request, user)
    begin_session(request, user)
    return Attempt(user=user)


def _refused(request: HttpRequest, username: str, known: User | None, ip: str | None) -> Attempt:
    agent = agent_of(request)
    if getattr(request, "refused_account", None) is not None:
        # The password was right, so it gives nothing away to say why the door stays closed.
        note(SignInEntry.Result.DISABLED, username=username, user=known, user_agent=agent)
        return Attempt(refused=SignInEntry.Result.DISABLED)
    note(SignInEntry.Result.FAILURE, username=username, user=known, user_agent=agent)
    until = locked_until(username, ip)
    if until:
        return Attempt(refused=SignInEntry.Result.LOCKED, until=until)
    total, _last = address_attempts(username, ip)
    return Attempt(refused=SignInEntry.Result.FAILURE, left=max(settings.AXES_FAILURE_LIMIT - total, 0))


def begin_session(request: HttpRequest, user: User) -> None:
    """A new session has a new key (login() rotates it), a start for the absolute end, and a line in the list of open sessions."""
    now = timezone.now().timestamp()
    request.session["started_at"] = request.session["seen_at"] = now
    if not request.session.session_key:
        request.session.create()
    key = request.session.session_key
    assert key  # create() gave one
    open_session(user, key, user_agent=agent_of(request))
    note(SignInEntry.Result.SUCCESS, username=user.username, user=user, user_agent=agent_of(request))


def sign_out(request: HttpRequest) -> None:
    note(SignInEntry.Result.SIGNED_OUT, username=request.user.username, user=request.user, user_agent=agent_of(request))
    close_session(request.session.session_key)
    logout(request)


def forget_failures(username: str) -> None:
    """Takes every lock off an account: the addresses' tier and, by a line in the log, the account's."""
    AxesProxyHandler.reset_attempts(username=username)
