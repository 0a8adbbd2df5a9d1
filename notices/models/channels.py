import json
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.querysets import PermittedQuerySet
from core.uid import uuid7
from owners.models import Owner
from owners.models.people import OfOwnerQuerySet


class ChannelSetting(models.Model):
    """How one way of sending is set up. `code` names the module, `channel` what senders ask for: of two providers of one channel
    at most one is enabled. `options` and `templates` are plain values, `secrets` one encrypted JSON object."""

    class Test(models.TextChoices):
        SENT = "sent", _("成功")
        REFUSED = "refused", _("被拒绝")
        BUSY = "busy", _("太频繁")
        UNKNOWN = "unknown", _("结果未知")

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    code = models.CharField(max_length=20, unique=True, editable=False)
    channel = models.CharField(max_length=20, editable=False)
    enabled = models.BooleanField(_("启用"), default=False)
    base_url = models.CharField(_("接口地址"), max_length=200, blank=True)
    options = models.JSONField(default=dict, blank=True)
    templates = models.JSONField(default=dict, blank=True)
    secrets = EncryptedTextField(_("密钥"), blank=True, default="")
    rate_per_second = models.DecimalField(
        _("每秒最多条数"), max_digits=6, decimal_places=2, default=10, validators=[MinValueValidator(Decimal("0.01"))]
    )
    tested_at = models.DateTimeField(_("最近测试"), null=True, blank=True)
    test_state = models.CharField(max_length=8, choices=Test, blank=True)
    test_note = models.CharField(max_length=160, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("渠道设置")
        verbose_name_plural = _("渠道设置")
        default_permissions = ("change",)
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel"],
                condition=Q(enabled=True),
                name="notices_channel_one_provider",
                violation_error_message=_("同一渠道已启用另一家服务商，请先停用那一家"),
            ),
            models.CheckConstraint(condition=Q(rate_per_second__gt=0), name="notices_channel_rate"),
        ]

    def __str__(self) -> str:
        from notices.channels.registry import (
            spec_of,  # the registry reads this model: only known when everything is loaded
        )

        return str(spec_of(self.code).label)

    def get_absolute_url(self) -> str:
        return reverse("notices:channel_update", args=[self.pk])

    @property
    def secret_values(self) -> dict[str, str]:
        stored: dict[str, Any] = json.loads(self.secrets) if self.secrets else {}
        return {name: str(value) for name, value in stored.items()}


class ChannelRequest(models.Model):
    """One message that was handed to a vendor, by its request id (`uid`): kept 30 days, so that nobody is sent it twice."""

    class State(models.TextChoices):
        SENDING = "sending", _("发送中")
        OPEN = "open", _("可再试")
        SENT = "sent", _("已受理")
        REFUSED = "refused", _("已拒绝")
        UNKNOWN = "unknown", _("未知")

    uid = models.UUIDField(unique=True, editable=False)
    code = models.CharField(max_length=20)
    to = EncryptedTextField(blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.SENDING)
    vendor_id = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["at"], name="notices_channelrequest_at")]


class AccessToken(models.Model):
    """The token with which an account calls its vendor, shared by all processes until it expires."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    key = models.CharField(max_length=80, unique=True)
    token = EncryptedTextField()
    expires_at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class WechatBinding(models.Model):
    """An owner's WeChat account, from binding to unbinding. One openid belongs to one owner at a time, and an owner has one."""

    class Ended(models.TextChoices):
        OWNER = "owner", _("住户解绑")
        REPLACED = "replaced", _("换绑")
        MOVED = "moved", _("改绑到另一位住户")
        STAFF = "staff", _("员工解绑")

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="wechat_bindings", verbose_name=_("住户"))
    openid = EncryptedTextField(_("微信标识"))
    openid_index = models.BinaryField(max_length=16, editable=False)
    bound_at = models.DateTimeField(_("绑定时间"), db_default=Now())
    unbound_at = models.DateTimeField(_("解绑时间"), null=True, blank=True)
    ended_by = models.CharField(_("解绑方式"), max_length=8, choices=Ended, blank=True)

    objects = OfOwnerQuerySet.as_manager()
    scope_path = "owner__community_ids"

    class Meta:
        verbose_name = _("微信绑定")
        verbose_name_plural = _("微信绑定")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["openid_index"],
                condition=Q(unbound_at__isnull=True),
                name="notices_wechat_one_owner",
                violation_error_message=_("这个微信已绑定另一位住户"),
            ),
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(unbound_at__isnull=True),
                name="notices_wechat_one_openid",
                violation_error_message=_("这位住户刚刚绑定了另一个微信"),
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
