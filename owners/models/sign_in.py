"""The owners' door: one-time codes and open sessions. Nothing in these rows opens anything by itself: codes and tokens are kept as
digests, the number as its blind index."""

from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.uid import uuid7
from owners.devices import device_words
from owners.models.people import Owner
from properties.models import Unit


class OwnerLoginCode(models.Model):
    """One six-digit code that somebody asked for. `token_hash` binds it to the browser that asked, so that a code read over a
    shoulder opens nothing elsewhere; the number itself rests encrypted until the code is used or purged, for sending it again."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    phone = EncryptedTextField(blank=True, default="")
    phone_index = models.BinaryField(max_length=16, editable=False)
    # Empty until the code is made, which is when it is sent.
    code_hash = models.BinaryField(max_length=32, default=b"", editable=False)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["created_at"], name="owners_logincode_created")]
        constraints = [
            # The last line of defence: the service counts a try before it compares.
            models.CheckConstraint(condition=models.Q(tries__lte=5), name="owners_logincode_tries"),
        ]


class OwnerSession(models.Model):
    """One device on which one person is signed in to the owners' pages. It acts as `by`: the log names the person, not the row.

    It lives as long as its person has a current unit and the number he came by: see owners.queries.sign_in."""

    actor_type = "owner"

    owner = models.ForeignKey(Owner, models.CASCADE, related_name="sessions", verbose_name=_("住户"))
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    phone_index = models.BinaryField(max_length=16, editable=False)
    unit = models.ForeignKey(
        Unit, models.SET_NULL, null=True, related_name="+", db_index=False, verbose_name=_("当前房屋")
    )
    ip = models.GenericIPAddressField(_("来源地址"), null=True, unpack_ipv4=True)
    user_agent = models.CharField(_("浏览器"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))
    expires_at = models.DateTimeField(_("最晚有效至"))
    ended_at = models.DateTimeField(_("退出时间"), null=True)

    class Meta:
        verbose_name = _("住户登录")
        verbose_name_plural = _("住户登录")
        default_permissions = ()
        ordering = ["-seen_at", "-id"]
        indexes = [models.Index(fields=["expires_at"], name="owners_session_expiry")]

    def __str__(self) -> str:
        return self.device

    @property
    def device(self) -> str:
        return device_words(self.user_agent)

    @property
    def actor_id(self) -> int:
        return self.owner_id

    @property
    def actor_label(self) -> str:
        return self.owner.log_label

    def is_same(self, other: Any) -> bool:
        return other is not None and self.pk == other.pk
