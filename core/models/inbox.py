from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.querysets import OwnQuerySet


class InboxItem(models.Model):
    """One thing the system tells a staff member: it rings the bell and stays until read."""

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
    sentence = models.CharField(_("内容"), max_length=200)
    url = models.CharField(max_length=200, blank=True)
    # Null, not "": the unique constraint lets any number of items have no key.
    dedup_key = models.CharField(max_length=160, null=True, blank=True)  # noqa: DJ001
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)

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
