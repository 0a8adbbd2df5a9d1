"""Passwords: changing one's own, making one-time passwords for others."""

import secrets
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import User
from audit.services.sessions import end_sessions
from core import log
from core.errors import BadValue

CHANGED = log.declare("audit.user.password_changed", gettext_lazy("修改了自己的密码"))

# Neither 0/O nor 1/l/I: a one-time password is read out and typed off a slip of paper.
_LETTERS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def one_time_password() -> str:
    """16 characters in four groups, 92 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _n in range(4)) for _group in range(4))


def check_rules(password: str, user: User, *, field: str = "password1") -> None:
    """Raises the first broken rule as a sentence."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadValue(error.messages[0], field=field) from None


@transaction.atomic
def change_password(
    user: User, *, by: Any, old_password: str, password1: str, session_key: str | None = None, **_rest: Any
) -> User:
    """Sets a person's own new password; every other session of his ends."""
    if not user.check_password(old_password):
        raise BadValue(_("原密码不对"), field="old_password")
    if old_password == password1:
        raise BadValue(_("新密码不能与原密码相同"), field="password1")
    check_rules(password1, user)
    store_password(user, password1, must_change=False)
    end_sessions(user, except_key=session_key)
    log.record(CHANGED, user, by=by)
    return user


def store_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])
