"""The session of every request: Django's table and rules, read by a statement that is made once."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.statements import Statement

_DATA = Statement(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data"),
    "?",
    datetime(1, 1, 1, tzinfo=UTC),
)


class SessionStore(db.SessionStore):
    def load(self) -> dict[str, Any]:
        """As Django's: a session that has ended or never was is an empty one under a new key."""
        for (data,) in _DATA.rows(self.session_key, timezone.now()):
            found: dict[str, Any] = self.decode(data)
            return found
        self._session_key = None
        return {}
