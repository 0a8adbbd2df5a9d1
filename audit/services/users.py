"""Accounts: made, changed, stopped and restored by the system administrator; unlocked by the security administrator."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import SignInEntry, User
from audit.queries.locks import is_locked
from audit.services.passwords import one_time_password, store_password
from audit.services.sessions import end_sessions
from audit.services.sign_in import forget_failures
from audit.services.sign_in_log import note
from core import changes, log
from core.errors import BusinessError
from core.masking import mask_phone

_MASKS = {"mobile": mask_phone}
CREATED = log.declare("audit.user.created", gettext_lazy("新建了账号"), personal=_MASKS)
CHANGED = log.declare("audit.user.changed", gettext_lazy("修改了账号资料"), personal=_MASKS)
DISABLED = log.declare("audit.user.disabled", gettext_lazy("停用了账号"))
RESTORED = log.declare("audit.user.restored", gettext_lazy("恢复了账号"))
RESET = log.declare("audit.user.password_reset", gettext_lazy("重置了密码"), sensitive=True)
UNLOCKED = log.declare("audit.user.unlocked", gettext_lazy("解除了登录锁定"))


@transaction.atomic
def create_user(*, by: Any, password: str = "", must_change: bool = True, **fields: Any) -> User:
    """Makes an account. Without a password a one-time one is generated; it stands as `user.new_password` on the returned object
    and nowhere else: the page shows it once."""
    user = User(username=User.normalize_username(fields.pop("username")), **fields)
    user.new_password = password or one_time_password()
    user.set_password(user.new_password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    changes.save(user)
    named = ("username", "display_name", "staff_number", "position", "mobile", "valid_until")
    log.record(CREATED, user, by=by, changes={name: getattr(user, name) for name in named if getattr(user, name)})
    return user


@transaction.atomic
def update_user(user: User, *, by: Any, **fields: Any) -> User:
    """Changes the facts of an account; an account whose last day has passed loses its open sessions at once."""
    changed = changes.assign(user, fields)
    if not changed:
        return user
    changes.save(user, list(changed))
    if user.is_expired:
        end_sessions(user)
    log.record(CHANGED, user, by=by, changes=changed)
    return user


@transaction.atomic
def disable_user(user: User, *, by: Any, reason: str) -> User:
    """Stops an account: its sessions end now, what it did stays."""
    if by.actor_type == "user" and by.actor_id == user.pk:
        raise BusinessError(_("不能停用自己的账号"), _("请由另一位管理员操作"))
    stopped = User.objects.filter(pk=user.pk, disabled_at__isnull=True).update(
        disabled_at=timezone.now(), is_active=False
    )
    if not stopped:
        raise BusinessError(_("这个账号已经停用"))
    user.refresh_from_db()
    end_sessions(user)
    log.record(DISABLED, user, by=by, reason=reason)
    return user


@transaction.atomic
def restore_user(user: User, *, by: Any) -> User:
    """Opens a stopped account again, with the roles it still has."""
    restored = User.objects.filter(pk=user.pk, disabled_at__isnull=False).update(disabled_at=None, is_active=True)
    if not restored:
        raise BusinessError(_("这个账号没有停用"))
    user.refresh_from_db()
    log.record(RESTORED, user, by=by)
    return user


@transaction.atomic
def reset_password(user: User, *, by: Any) -> User:
    """Gives a one-time password (as `user.new_password`, shown once); all sessions end; the next sign-in must change it."""
    if by.actor_type == "user" and by.actor_id == user.pk:
        raise BusinessError(_("自己的密码请用“修改密码”"))
    user.new_password = one_time_password()
    store_password(user, user.new_password, must_change=True)
    end_sessions(user)
    log.record(RESET, user, by=by)
    return user


@transaction.atomic
def unlock_user(user: User, *, by: Any) -> User:
    """Lifts the lock after too many wrong passwords, for all addresses."""
    if not is_locked(user.username):
        raise BusinessError(_("这个账号没有被锁定"))
    forget_failures(user.username)
    note(SignInEntry.Result.UNLOCKED, username=user.username, user=user)
    log.record(UNLOCKED, user, by=by)
    return user
