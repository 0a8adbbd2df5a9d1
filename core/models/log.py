from typing import Any, Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core import closed
from core.querysets import PermittedQuerySet


class LogQuerySet(PermittedQuerySet):
    """Whoever may read the log reads all of it, but not what is confidential about himself."""

    def visible_to(self, user: Any, permission: str) -> Self:
        if not (user.is_authenticated and user.has_perm(permission)):
            return self.none()
        return closed.without(self, user, type_field="object_type", id_field="object_id", only_about=True)


class LogEntry(models.Model):
    """One thing somebody did or looked at. Written in the same transaction as the act; never changed (the application's database
    role may insert and read, nothing else). Objects are soft references, so an entry outlives what it speaks of."""

    at = models.DateTimeField(_("时间"), db_default=Now(), editable=False)
    action = models.CharField(_("动作"), max_length=80)
    actor_type = models.CharField(_("操作人类型"), max_length=12)
    actor_id = models.BigIntegerField(_("操作人编号"), null=True)
    actor_label = models.CharField(_("操作人"), max_length=80)
    object_type = models.CharField(_("对象类型"), max_length=60, blank=True)
    object_id = models.BigIntegerField(_("对象编号"), null=True)
    object_label = models.CharField(_("对象"), max_length=160, blank=True)
    community_id = models.BigIntegerField(_("项目编号"), null=True)
    changes = models.JSONField(_("改动"), default=dict, blank=True)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    ip = models.GenericIPAddressField(_("来源地址"), null=True, unpack_ipv4=True)
    request_id = models.CharField(_("请求编号"), max_length=40, blank=True)
    batch = models.UUIDField(_("批次"), null=True)

    objects = LogQuerySet.as_manager()

    class Meta:
        verbose_name = _("操作日志")
        verbose_name_plural = _("操作日志")
        default_permissions = ("view",)
        permissions = [("export_logentry", _("导出操作日志"))]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="core_log_object"),
            models.Index(fields=["actor_id", "-id"], name="core_log_actor"),
            models.Index(fields=["action", "-id"], name="core_log_action"),
            models.Index(fields=["community_id", "-id"], name="core_log_community"),
            # Entries come in the order of their time: a block range says as much as a tree, and costs an insert nothing.
            BrinIndex(fields=["at"], name="core_log_at", autosummarize=True, pages_per_range=32),
            models.Index(fields=["batch"], name="core_log_batch", condition=models.Q(batch__isnull=False)),
            # Entries of one act. Those of the bulk writers have no request and are not in it: they would pay for it by the row.
            models.Index(fields=["request_id", "id"], name="core_log_request", condition=~models.Q(request_id="")),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"
