from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.uid import uuid7


class AttachmentQuerySet(models.QuerySet):
    def of(self, source: models.Model) -> Self:
        return self.filter(source_type=source._meta.label_lower, source_id=source.pk).order_by("-id")

    def visible_to(self, user: Any, permission: str) -> Self:
        """Rows whose policy lets the user see the thing they hang on; decided one by one by core.attachment_policies."""
        from core.attachment_policies import narrow

        return narrow(self, user)


class Attachment(models.Model):
    """A stored file that belongs to one object; every download asks the owning app's policy (core/attachment_policies.py)."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    name = models.CharField(_("文件名"), max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人")
    )
    created_at = models.DateTimeField(_("上传时间"), db_default=Now())
    expires_at = models.DateTimeField(_("到期删除"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["source_type", "source_id"], name="core_attachment_source"),
            models.Index(
                fields=["expires_at"], name="core_attachment_expiry", condition=models.Q(expires_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("core:attachment_download", args=[self.uid])


class SignedLink(models.Model):
    """A personal link for one purpose on one object. Only the SHA-256 of its 256-bit token is kept; a GET never uses it up."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    purpose = models.CharField(max_length=60)
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["source_type", "source_id", "purpose"], name="core_signedlink_source")]
