from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.models import Job
from core.uid import uuid7
from properties.models import Community
from properties.scoping import ScopedQuerySet


class ImportMode(models.TextChoices):
    UPSERT = "upsert", _("新增并更新")
    ADD = "add", _("仅新增，已有的跳过")
    CHECK = "check", _("仅校验，不写入")


class ImportStatus(models.TextChoices):
    CHECKING = "checking", _("核对中")
    PREVIEW = "preview", _("待确认")
    WRITING = "writing", _("写入中")
    DONE = "done", _("已写入")
    REFUSED = "refused", _("已拒绝")
    DISCARDED = "discarded", _("已放弃")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")


class ImportBatch(models.Model):
    """One uploaded workbook on its way in: checked, previewed, confirmed, written, undone within 24 hours while untouched."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("项目"))
    mode = models.CharField(_("写入方式"), max_length=8, choices=ImportMode, default=ImportMode.UPSERT)
    status = models.CharField(_("状态"), max_length=10, choices=ImportStatus, default=ImportStatus.CHECKING)
    file_name = models.CharField(_("文件名"), max_length=160)
    file = models.FileField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    added = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("不变"), default=0)
    errors = models.PositiveIntegerField(_("错误"), default=0)
    report = models.JSONField(
        default=dict, help_text="columns, unknown words, warnings, counts by reason; no personal data"
    )
    refusal = models.CharField(_("拒绝原因"), max_length=300, blank=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    created_at = models.DateTimeField(_("上传时间"), db_default=Now())
    written_at = models.DateTimeField(_("写入时间"), null=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "sha256"],
                name="owners_importbatch_active",
                condition=models.Q(status__in=["checking", "writing", "undoing"]),
                violation_error_message=_("同一份文件正在处理，请在后台任务里查看"),
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("owners:import_detail", args=[self.pk])


class ImportChunk(models.Model):
    """Some thousand neighbouring rows that are written in one transaction, which also says that they are: a worker that died left
    whole chunks, and two can write at once. Units are never cut; a person of several chunks is written in their order."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks", db_index=False)
    place = models.PositiveIntegerField()
    first_row = models.BigIntegerField(help_text="primary keys of ImportRow, both included")
    last_row = models.BigIntegerField()
    row_count = models.PositiveIntegerField()
    after = ArrayField(models.PositiveIntegerField(), default=list, help_text="places of chunks with the same persons")
    people = models.PositiveIntegerField(default=0, help_text="new persons at most")
    first_number = models.PositiveBigIntegerField(null=True, help_text="of the customer numbers set aside for them")
    written_at = models.DateTimeField(null=True)

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        ordering = ["place"]
        constraints = [models.UniqueConstraint(fields=["batch", "place"], name="owners_importchunk_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.place}"


class ImportRow(models.Model):
    """What one file row is going to do or did: outcome, problems, old and new values. Values rest encrypted and are dropped when
    the undo window closes."""

    class Outcome(models.TextChoices):
        ERROR = "error", _("错误")
        ADDED = "added", _("新增")
        CHANGED = "changed", _("更新")
        UNCHANGED = "unchanged", _("不变")

    uid = models.UUIDField(default=uuid7, editable=False)
    # No index of its own: the other two begin with it. Nor does the database check a hundred thousand times that one batch is there:
    # rows are written by the transaction that saves their batch, and a batch is never removed.
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False, db_constraint=False)
    number = models.PositiveIntegerField(_("Excel 行"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome)
    problems = models.JSONField(default=list, help_text="[{column, header, shown, reason, fix}], shown values masked")
    payload = EncryptedTextField(
        blank=True, default="", help_text="JSON: parsed values, changes old/new, ids touched, before-image"
    )

    objects = models.Manager()

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="owners_importrow_once")]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="owners_importrow_outcome")]
