"""The sign-in log: every attempt and every end of a session (R133)."""

from typing import Any

from django.http import HttpRequest

from audit.models import SignInEntry
from core import context


def note(result: str, *, username: str, user: Any = None, user_agent: str = "") -> SignInEntry:
    """Writes one line of the sign-in log."""
    return SignInEntry.objects.create(
        user_id=user.pk if user is not None else None,
        username=username[:40],
        result=result,
        ip=context.current().ip,
        user_agent=user_agent[:200],
    )


def note_expiry(user: Any) -> None:
    note(SignInEntry.Result.EXPIRED, username=user.username, user=user)


def agent_of(request: HttpRequest) -> str:
    return str(request.headers.get("User-Agent", ""))[:200]
