from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from core import closed
from core.bigrams import Pairs
from owners.models.call_plans import CallBackPlan
from owners.models.people import Owner
from owners.states import CALL_BACK_COLOURS, CallBackCause, CallBackOutcome, CallBackStatus, CallWay
from owners.visibility import ReadQuerySet
from properties.models import Building, Community, Unit

RAISED = "raised"
_STAFF: dict[str, Any] = {"null": True, "blank": True, "related_name": "+", "db_index": False}


class CallBackTaskQuerySet(ReadQuerySet):
    """Calls about what is closed to the reader (core.closed) are closed to him too."""

    def within(self, scope: Scope, user: Any = None) -> Self:
        rows = super().within(scope, user)
        return rows if user is None else closed.without(rows, user, type_field="source_type", id_field="source_id")

    def waiting(self) -> Self:
        return self.filter(status=CallBackStatus.WAITING)

    def ready_for(self, user: Any) -> Self:
        return self.waiting().filter(self.is_ready_for(user))

    def late(self) -> Self:
        return self.waiting().filter(self.is_late())

    @staticmethod
    def is_ready_for(user: Any) -> Q:
        """What this person can call now: it is time, he did not do it himself, and no colleague has taken it."""
        his = Q(assignee__isnull=True) | Q(assignee=user)
        return Q(due_at__lte=timezone.now()) & ~Q(handlers__contains=[user.pk]) & his

    @staticmethod
    def is_late() -> Q:
        return Q(late_at__lt=timezone.now())

    @staticmethod
    def is_due_today() -> Q:
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return Q(late_at__lt=midnight + timedelta(days=1))

    def not_followed(self) -> Self:
        """Unhappy, and nothing came of it. What was called about a complaint is done again by itself."""
        return self.filter(status=CallBackStatus.UNSATISFIED, follow="").exclude(cause=CallBackCause.COMPLAINT)

    def of_plan(self, plan: CallBackPlan) -> Self:
        return self.filter(source_type=CallBackPlan._meta.label_lower, source_id=plan.pk)

    def of_caller(self, user_id: int | None) -> Self:
        """Whose it is for the figures: whoever called, and before anybody has, whoever is to."""
        rows = self.with_caller()
        return rows.filter(caller=user_id) if user_id else rows.filter(caller__isnull=True)

    def with_caller(self) -> Self:
        return self.annotate(caller=Coalesce("closed_by_id", "assignee_id"))


class CallBackTask(models.Model):
    """One household to be called (回访, R72): about something that was done for it, or in a round of a plan. What it is about stands on a
    floor above (`source_*`, `round` where it can be done again) or is the plan; `handlers` did it and so do not call about it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, verbose_name=_("项目"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("楼栋")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("房屋"))
    owner = models.ForeignKey(Owner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("对方"))
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField(default=0)
    # The source as a row, for its words; `of_plan` finds by the source.
    plan = models.ForeignKey(
        CallBackPlan,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("回访计划"),
    )
    title = models.CharField(_("事由"), max_length=120)
    cause = models.CharField(_("回访原因"), max_length=8, choices=CallBackCause)
    handlers = ArrayField(models.BigIntegerField(), default=list, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("分配给"),
    )  # fmt: skip
    status = models.CharField(_("状态"), max_length=12, choices=CallBackStatus, default=CallBackStatus.WAITING)
    # The day it was first meant for stays, whatever calls nobody answered put off: the figures count by it.
    planned_at = models.DateTimeField(_("应回访时间"), db_default=Now())
    due_at = models.DateTimeField(_("可以拨打的时间"))
    late_at = models.DateTimeField(_("最迟回访时间"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("拨打次数"), default=0)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("回访人"), **_STAFF)
    way = models.CharField(_("回访方式"), max_length=8, choices=CallWay, blank=True)
    result = models.CharField(_("回访结果"), max_length=300, blank=True)
    # What an unhappy household led to: chosen with the result (call_back_sources.Follow), or made by hand afterwards (RAISED).
    follow = models.CharField(_("跟进"), max_length=12, blank=True, editable=False)

    objects = CallBackTaskQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "building"

    class Meta:
        verbose_name = _("回访")
        verbose_name_plural = _("回访")
        default_permissions = ("view",)
        permissions = [
            ("call_callbacktask", _("登记回访结果")),
            ("assign_callbacktask", _("分配回访")),
            ("export_callbacktask", _("导出回访")),
            ("report_callbacktask", _("查看回访统计")),
        ]
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["community", "due_at"], name="owners_callback_waiting", condition=Q(status="waiting")),
            models.Index(fields=["community", "-id"], name="owners_callback_recent"),
            # The order of the list, and of one state of it.
            models.Index(fields=["due_at", "id"], name="owners_callback_due"),
            models.Index(fields=["status", "due_at", "id"], name="owners_callback_state"),
            GinIndex(F("community"), Pairs("title"), name="owners_callback_words"),
            models.Index(fields=["community", "planned_at"], name="owners_callback_planned"),
            models.Index(
                fields=["closed_at", "id"], name="owners_callback_ended", condition=Q(closed_at__isnull=False),
                include=["community", "due_at", "source_type", "source_id"],
            ),
            # Unhappy, and nothing came of it (not_followed): a tab that is counted on every visit.
            models.Index(
                fields=["due_at", "id"], name="owners_callback_unheard", include=["community", "building", "source_type", "source_id"],
                condition=Q(status="unsatisfied", follow="") & ~Q(cause="case"),
            ),
            models.Index(
                fields=["assignee", "due_at"], name="owners_callback_mine", condition=Q(status="waiting", assignee__isnull=False)
            ),
        ]  # fmt: skip
        constraints = [
            # A thing done is called about once a round; of a plan's round, every household once.
            models.UniqueConstraint(
                fields=["source_type", "source_id", "round", "unit"], name="owners_callback_once", nulls_distinct=False
            ),
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
    def is_not_followed(self) -> bool:
        unhappy = self.status == CallBackStatus.UNSATISFIED and self.cause != CallBackCause.COMPLAINT
        return unhappy and not self.follow

    @property
    def is_waiting(self) -> bool:
        return self.status == CallBackStatus.WAITING

    @property
    def is_late(self) -> bool:
        return self.is_waiting and self.late_at is not None and self.late_at < timezone.now()


class CallBackAttempt(models.Model):
    """One call of a call-back, whether or not anybody answered."""

    task = models.ForeignKey(CallBackTask, models.CASCADE, related_name="calls", verbose_name=_("回访"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("回访人")
    )
    way = models.CharField(_("方式"), max_length=8, choices=CallWay, default=CallWay.PHONE)
    outcome = models.CharField(_("结果"), max_length=12, choices=CallBackOutcome)
    text = models.CharField(_("业主意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("回访通话")
        verbose_name_plural = _("回访通话")
        default_permissions = ()
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.get_outcome_display())


class CallBackFollow(models.Model):
    """What an unhappy household led to: a complaint or an order of a floor above, written by the service that made it."""

    task = models.ForeignKey(CallBackTask, models.CASCADE, related_name="follows", verbose_name=_("回访"))
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    label = models.CharField(_("转出"), max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("经办人"), **_STAFF)
    at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = _("回访转出")
        verbose_name_plural = _("回访转出")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["source_type", "source_id"], name="owners_callfollow_once"),
        ]

    def __str__(self) -> str:
        return self.label
