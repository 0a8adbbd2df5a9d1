import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField
from core.uid import uuid7
from owners.models.people import Owner
from owners.states import CORRECTION_COLOURS, TRANSITIONS, CorrectionAction, CorrectionStatus
from owners.visibility import ReadQuerySet
from properties.models import Community, Unit

# Which value of a topic is protected by a mask on staff pages.
SECRETS = {"phone": "number", "email": "email", "emergency": "phone", "family": "phone"}


class CorrectionTopic(models.TextChoices):
    PHONE = "phone", _("电话")
    EMAIL = "email", _("邮箱")
    ADDRESS = "address", _("通讯地址")
    EMERGENCY = "emergency", _("紧急联系人")
    FAMILY = "family", _("家庭成员")
    VEHICLE = "vehicle", _("车辆")


class CorrectionAct(models.TextChoices):
    ADD = "add", _("新增")
    CHANGE = "change", _("修改")
    REMOVE = "remove", _("删除")


class Correction(models.Model):
    """What an owner wants changed in his own file (R26): it waits here, encrypted, until somebody who keeps the file has looked at
    old and new. `unit` is where the person was acting from; its community decides who reviews."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="corrections", verbose_name=_("住户"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False, verbose_name=_("房屋"))
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="+", editable=False, db_index=False, verbose_name=_("项目")
    )
    topic = models.CharField(_("资料"), max_length=10, choices=CorrectionTopic)
    act = models.CharField(_("更正"), max_length=6, choices=CorrectionAct)
    # The row of the file it is about: a phone, a contact, a family member, a vehicle.
    target_id = models.BigIntegerField(null=True, blank=True)
    before = EncryptedTextField(blank=True, default="")
    after = EncryptedTextField(blank=True, default="")
    note = EncryptedTextField(_("住户说明"), blank=True, default="")
    status = models.CharField(
        _("状态"), max_length=10, choices=CorrectionStatus, default=CorrectionStatus.WAITING, editable=False
    )
    created_at = models.DateTimeField(_("提交时间"), db_default=Now())
    decided_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("审核人"),
    )
    reason = models.CharField(_("答复"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("住户已知"), null=True, blank=True)

    objects = ReadQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "unit__building"
    transitions = TRANSITIONS
    action_labels = dict(CorrectionAction.choices)

    class Meta:
        verbose_name = _("资料更正")
        verbose_name_plural = _("资料更正")
        default_permissions = ()
        permissions = [("review_correction", _("审核资料更正")), ("export_correction", _("导出资料更正"))]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["community", "status", "-id"], name="owners_correction_queue"),
            models.Index(fields=["status", "-id"], name="owners_correction_queue_all"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "topic", "target_id"],
                name="owners_correction_once",
                condition=Q(status="waiting") & ~Q(act="add"),
                nulls_distinct=False,
                violation_error_message=_("这项资料已有一条更正在审核"),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "withdrawn"])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="owners_correction_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()}{self.get_topic_display()}"

    def get_absolute_url(self) -> str:
        return reverse("owners:correction_detail", args=[self.pk])

    @property
    def colour(self) -> str:
        return CORRECTION_COLOURS[self.status]

    @property
    def old_values(self) -> dict[str, Any]:
        return dict(json.loads(self.before)) if self.before else {}

    @property
    def new_values(self) -> dict[str, Any]:
        return dict(json.loads(self.after)) if self.after else {}

    @property
    def old_secret(self) -> str:
        """The protected value as it was, for looking at it in full (audit.revealable)."""
        return str(self.old_values.get(SECRETS.get(self.topic, ""), ""))

    @property
    def new_secret(self) -> str:
        return str(self.new_values.get(SECRETS.get(self.topic, ""), ""))
