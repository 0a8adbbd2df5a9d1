from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.querysets import PermittedQuerySet

_PermittedManager = BaseUserManager.from_queryset(PermittedQuerySet)


class UserManager(_PermittedManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """One staff account. What it may do comes from its grants alone: there is no superuser."""

    username = models.CharField(
        _("账号"),
        max_length=40,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("这个账号已有人使用")},
    )
    display_name = models.CharField(_("姓名"), max_length=30)
    staff_number = models.CharField(_("工号"), max_length=20, blank=True)
    position = models.CharField(_("岗位"), max_length=30, blank=True)
    mobile = models.CharField(_("工作手机"), max_length=20, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=True)
    valid_until = models.DateField(_("账号有效期至"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())
    password_changed_at = models.DateTimeField(_("改密时间"), null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]
    actor_type = "user"
    # Templates and libraries look at these; nobody is ever staff of an admin site or a superuser here.
    is_staff = False
    is_superuser = False
    # Set on the object that has just got a one-time password, so that the page can show it once; stored nowhere.
    new_password: str

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("disable_user", _("停用与恢复账号")),
            ("unlock_user", _("解除登录锁定")),
            ("reset_password_user", _("重置密码")),
            ("grant_role_user", _("给人员分配角色")),
            ("export_user", _("导出人员与账号")),
        ]
        ordering = ["username"]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_absolute_url(self) -> str:
        return reverse("audit:user_detail", args=[self.pk])

    @property
    def actor_id(self) -> int | None:
        return self.pk

    @property
    def actor_label(self) -> str:
        return f"{self.display_name}（{self.username}）"

    @property
    def status_word(self) -> str:
        if self.disabled_at or not self.is_active:
            return str(_("停用"))
        return str(_("已过期")) if self.is_expired else str(_("启用"))

    @property
    def status_colour(self) -> str:
        if self.disabled_at or not self.is_active:
            return "grey"
        return "orange" if self.is_expired else "green"

    @property
    def is_expired(self) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @cached_property
    def access(self) -> "Any":
        """The resolved grants (audit.access.Access), read once per request because the user object lives that long."""
        from audit.access import load

        return load(self)

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        return self.is_active and not self.is_expired and permission in self.access.permissions

    def has_perms(self, permissions: "list[str]", obj: Any = None) -> bool:
        return all(self.has_perm(permission) for permission in permissions)

    def has_module_perms(self, app_label: str) -> bool:
        return any(permission.startswith(f"{app_label}.") for permission in self.access.permissions)

    @property
    def role_words(self) -> str:
        return "、".join(self.access.role_names)
