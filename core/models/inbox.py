from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.querysets import OwnQuerySet
from core.uid import uuid7


class InboxItem(models.Model):
    """One thing the system tells a staff member: it rings the bell and stays until read. Everything told stands here, whatever other
    ways it takes; `carried` says what became of those: {"email": "sent"}."""

    class Level(models.TextChoices):
        INFO = "info", _("消息")
        DONE = "done", _("完成")
        WARNING = "warning", _("提醒")
        URGENT = "urgent", _("紧急")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="inbox_items", verbose_name=_("收件人")
    )
    at = models.DateTimeField(_("时间"), db_default=Now())
    level = models.CharField(max_length=8, choices=Level, default=Level.INFO)
    kind = models.CharField(max_length=40, default="message")
    sentence = models.CharField(_("内容"), max_length=200)
    url = models.CharField(max_length=200, blank=True)
    # Null, not "": the unique constraint lets any number of items have no key.
    dedup_key = models.CharField(max_length=160, null=True, blank=True)  # noqa: DJ001
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)
    carried = models.JSONField(default=dict, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="core_inbox_user"),
            models.Index(fields=["user"], name="core_inbox_unread", condition=models.Q(read_at__isnull=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "dedup_key"], name="core_inbox_dedup")]

    def __str__(self) -> str:
        return self.sentence


class InboxPreference(models.Model):
    """How one person wants to be told of one kind of thing; without a row the bell rings and nothing else happens."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    rings = models.BooleanField(default=True)
    ways = ArrayField(models.CharField(max_length=12), default=list, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="core_inboxpreference_once")]


class InboxAddress(models.Model):
    """Where a person's messages go by e-mail."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    email = EncryptedTextField(_("邮箱"), blank=True, default="")

    objects = OwnQuerySet.as_manager()

    class Meta:
        default_permissions = ()
