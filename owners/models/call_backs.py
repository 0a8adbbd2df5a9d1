from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from core import closed
from owners.models.people import Owner
from owners.states import CALL_BACK_COLOURS, CallBackCause, CallBackOutcome, CallBackStatus
from owners.visibility import ReadQuerySet
from properties.models import Building, Community, Unit


class CallBackQuerySet(ReadQuerySet):
    """Calls about what is closed to the reader (core.closed) are closed to him too."""

    def within(self, scope: Scope, user: Any = None) -> Self:
        rows = super().within(scope, user)
        return rows if user is None else closed.without(rows, user, type_field="source_type", id_field="source_id")


class CallBackTask(models.Model):
    """One household to be called about something that was done for it (回访, R72). What it was stands on a floor above (`source_*`,
    `round` where it can be done again); `handlers` did it and so do not call about it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, verbose_name=_("项目"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("楼栋")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("房屋"))
    owner = models.ForeignKey(Owner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("对方"))
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("事由"), max_length=120)
    cause = models.CharField(_("回访原因"), max_length=8, choices=CallBackCause)
    handlers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    status = models.CharField(_("状态"), max_length=12, choices=CallBackStatus, default=CallBackStatus.WAITING)
    due_at = models.DateTimeField(_("可以拨打的时间"))
    attempts = models.PositiveSmallIntegerField(_("拨打次数"), default=0)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("回访人"),
    )  # fmt: skip
    result = models.CharField(_("回访结果"), max_length=300, blank=True)

    objects = CallBackQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "building"

    class Meta:
        verbose_name = _("回访")
        verbose_name_plural = _("回访")
        default_permissions = ("view",)
        permissions = [("call_callbacktask", _("登记回访结果")), ("export_callbacktask", _("导出回访"))]
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["community", "due_at"], name="owners_callback_waiting", condition=Q(status="waiting")),
            models.Index(fields=["community", "-id"], name="owners_callback_recent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source_type", "source_id", "round"], name="owners_callback_once"),
            models.CheckConstraint(condition=Q(status__in=CallBackStatus.values), name="owners_callback_known_status"),
            models.CheckConstraint(
                condition=Q(status="waiting", closed_at__isnull=True)
                | (Q(closed_at__isnull=False) & ~Q(status="waiting")),
                name="owners_callback_closed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("owners:callback_detail", args=[self.pk])

    @property
    def colour(self) -> str:
        return CALL_BACK_COLOURS[self.status]

    @property
    def is_waiting(self) -> bool:
        return self.status == CallBackStatus.WAITING


class CallBackAttempt(models.Model):
    """One call of a call-back, whether or not anybody answered."""

    task = models.ForeignKey(CallBackTask, models.CASCADE, related_name="calls", verbose_name=_("回访"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("回访人")
    )
    outcome = models.CharField(_("结果"), max_length=12, choices=CallBackOutcome)
    text = models.CharField(_("业主意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("回访通话")
        verbose_name_plural = _("回访通话")
        default_permissions = ()
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.get_outcome_display())
