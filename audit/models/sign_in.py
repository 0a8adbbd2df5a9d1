from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.querysets import OwnQuerySet, PermittedQuerySet


class UserSession(models.Model):
    """One open session of one person, so that he sees where he is signed in and sessions can be ended without decoding
    all session rows. Written beside the session row (which holds the same key) and gone with it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", verbose_name=_("人员"))
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    ip = models.GenericIPAddressField(_("来源地址"), null=True, unpack_ipv4=True)
    user_agent = models.CharField(_("浏览器"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("登录时间"), db_default=Now())
    seen_at = models.DateTimeField(_("最近活动"), db_default=Now())

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("登录会话")
        verbose_name_plural = _("登录会话")
        default_permissions = ()
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.ip or ''}".strip()


class SignInEntry(models.Model):
    """One attempt to sign in, or a sign-out (R133); insert and read only for the application's database role."""

    class Result(models.TextChoices):
        SUCCESS = "success", _("登录成功")
        FAILURE = "failure", _("密码错误")
        LOCKED = "locked", _("已锁定")
        DISABLED = "disabled", _("账号停用")
        SIGNED_OUT = "signed_out", _("退出")
        EXPIRED = "expired", _("超时退出")
        ENDED = "ended", _("被终止会话")
        UNLOCKED = "unlocked", _("解除锁定")

    at = models.DateTimeField(_("时间"), db_default=Now(), editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("人员")
    )
    username = models.CharField(_("账号"), max_length=40)
    result = models.CharField(_("结果"), max_length=12, choices=Result)
    ip = models.GenericIPAddressField(_("来源地址"), null=True, unpack_ipv4=True)
    user_agent = models.CharField(_("浏览器"), max_length=200, blank=True)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("登录日志")
        verbose_name_plural = _("登录日志")
        default_permissions = ("view",)
        permissions = [("export_signinentry", _("导出登录日志"))]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["username", "-id"], name="audit_signin_username"),
            models.Index(fields=["at"], name="audit_signin_at"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.get_result_display()}"
