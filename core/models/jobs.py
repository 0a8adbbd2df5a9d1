from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import PermittedQuerySet


class JobStatus(models.TextChoices):
    NEW = "new", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", _("已取消")


# The badge of each state, the same everywhere.
JOB_COLOURS: dict[str, str] = {
    JobStatus.NEW: "orange",
    JobStatus.RUNNING: "blue",
    JobStatus.DONE: "green",
    JobStatus.FAILED: "red",
    JobStatus.CANCELLED: "grey",
}


class JobQuerySet(PermittedQuerySet):
    def visible_to(self, user: Any, permission: str) -> Self:
        """Own jobs; with the permission to watch, those of the communities it is held in, and all of them when it is held everywhere."""
        if not user.is_authenticated:
            return self.none()
        shown = self.filter(visible=True)
        own = models.Q(created_by_id=user.pk)
        if not user.has_perm("core.watch_job"):
            return shown.filter(own)
        scope = user.access.scope("core.watch_job")
        return shown if scope.everything else shown.filter(own | models.Q(community_id__in=scope.community_ids))

    def open(self) -> Self:
        return self.filter(status__in=[JobStatus.NEW, JobStatus.RUNNING])


class Job(models.Model):
    """Work to be done outside the request: outbox row, lease, progress bar and result in one (SECURITY 1.1).

    It is written in the business transaction; the relay publishes it; a worker claims it by compare-and-swap (`fence`).
    """

    kind = models.CharField(_("任务"), max_length=80)
    title = models.CharField(_("标题"), max_length=160, blank=True)
    args = models.JSONField(_("参数"), default=dict)
    # Null, not "": the unique constraint lets any number of jobs have no key.
    dedup_key = models.CharField(max_length=160, null=True, blank=True)  # noqa: DJ001
    visible = models.BooleanField(default=True)
    status = models.CharField(_("状态"), max_length=10, choices=JobStatus, default=JobStatus.NEW)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    message = models.CharField(_("进展"), max_length=200, blank=True)
    error = models.CharField(_("失败原因"), max_length=500, blank=True)
    result = models.JSONField(default=dict, blank=True)
    result_url = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    next_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("发起人")
    )
    community_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(_("发起时间"), db_default=Now())
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("后台任务")
        verbose_name_plural = _("后台任务")
        default_permissions = ()
        permissions = [("watch_job", _("查看所有人的后台任务")), ("export_job", _("导出后台任务"))]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_at"], name="core_job_due", condition=models.Q(status__in=["new", "running"])),
            models.Index(fields=["created_by", "-id"], name="core_job_creator"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["dedup_key"], name="core_job_dedup", condition=models.Q(status__in=["new", "running"])
            ),
            models.CheckConstraint(condition=models.Q(status__in=JobStatus.values), name="core_job_status"),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    def get_absolute_url(self) -> str:
        return reverse("core:job_detail", args=[self.pk])

    @property
    def percent(self) -> int:
        if self.status == JobStatus.DONE:
            return 100
        return min(99, self.progress_done * 100 // self.progress_total) if self.progress_total else 0

    @property
    def is_open(self) -> bool:
        return self.status in {JobStatus.NEW, JobStatus.RUNNING}


class JobSlot(models.Model):
    """One turn of a periodic task; the primary key lets two schedulers fire it only once."""

    name = models.CharField(max_length=80)
    slot = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="core_jobslot_once")]


class Heartbeat(models.Model):
    """The last sign of life of one background process."""

    name = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
