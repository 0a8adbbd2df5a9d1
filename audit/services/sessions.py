"""Open sessions: written at sign-in, touched by the middleware, ended by their owner, a new password, an administrator."""

from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from audit.models import SignInEntry, User, UserSession
from audit.services.sign_in_log import note
from core import context, log

ENDED = log.declare("audit.session.ended", gettext_lazy("终止了登录会话"))


def open_session(user: User, session_key: str, *, user_agent: str) -> UserSession:
    row, _created = UserSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "ip": context.current().ip, "user_agent": user_agent[:200]},
    )
    return row


def touch_session(session_key: str | None) -> None:
    UserSession.objects.filter(session_key=session_key).update(seen_at=timezone.now())


def close_session(session_key: str | None) -> None:
    """The session ended by itself or by signing out; its row in the session table is Django's business."""
    UserSession.objects.filter(session_key=session_key).delete()


@transaction.atomic
def end_sessions(user: User, *, except_key: str | None = None) -> int:
    """Ends all open sessions of a person but one; the next request of each is anonymous. Returns how many ended."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=except_key)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    for _key in keys:
        note(SignInEntry.Result.ENDED, username=user.username, user=user)
    rows.delete()
    return len(keys)


@transaction.atomic
def end_session(session: UserSession, *, by: Any) -> UserSession:
    """Ends one open session (a person's own, or somebody's by the administrator)."""
    Session.objects.filter(session_key=session.session_key).delete()
    user = session.user
    note(SignInEntry.Result.ENDED, username=user.username, user=user, user_agent=session.user_agent)
    log.record(ENDED, user, by=by, changes={"ip": session.ip or ""})
    UserSession.objects.filter(pk=session.pk).delete()
    return session


def purge_sessions() -> int:
    """Forgets sessions whose row is gone (expired and cleared)."""
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return UserSession.objects.exclude(session_key__in=alive).delete()[0]
