from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.dictionary import DictField
from properties.scoping import ScopedQuerySet
from workorders.models.orders import WorkOrder, person
from workorders.states import Basis, Clock, Level, PauseKind, RequestStatus


class OrderClock(models.Model):
    """One clock of one order: what was promised, when it is due with the pauses so far, when it was met. A rework starts a new round;
    rounds before it stay as they ended. `due_at` can always be computed again from `starts_at`, `minutes`, `basis` and the pauses."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="clocks", verbose_name=_("工单"))
    clock = models.CharField(_("时限"), max_length=10, choices=Clock)
    round = models.PositiveSmallIntegerField(_("第几轮"), default=0)
    basis = models.CharField(_("计时"), max_length=8, choices=Basis)
    minutes = models.PositiveIntegerField(_("分钟"))
    starts_at = models.DateTimeField(_("起算"))
    # An appointment stands instead of the minutes.
    appointed_at = models.DateTimeField(_("预约"), null=True, blank=True)
    due_at = models.DateTimeField(_("截止"))
    warn_at = models.DateTimeField(_("提醒"))
    met_at = models.DateTimeField(_("达成"), null=True, blank=True)
    late = models.BooleanField(_("超时"), default=False)

    objects = ScopedQuerySet.as_manager()
    scope_path = "order__community"
    scope_building_path = "order__building"

    class Meta:
        verbose_name = _("工单时限")
        verbose_name_plural = _("工单时限")
        default_permissions = ()
        ordering = ["order_id", "round", "due_at"]
        constraints = [
            models.UniqueConstraint(fields=["order", "clock", "round"], name="workorders_clock_once"),
            models.CheckConstraint(condition=Q(warn_at__lte=F("due_at")), name="workorders_clock_warning_first"),
        ]
        # What statistics ask of the orders that are overdue.
        indexes = [
            models.Index(
                fields=["order"], include=["clock", "round", "due_at"], name="workorders_clock_owed",
                condition=Q(met_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_clock_display())


class Pause(models.Model):
    """A stretch in which the clocks of an order stood still (待备件, 挂起); at most one is open."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="pauses", verbose_name=_("工单"))
    kind = models.CharField(_("原因类别"), max_length=10, choices=PauseKind)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=200)
    part = models.CharField(_("缺料"), max_length=60, blank=True)
    expected_on = models.DateField(_("预计到料或恢复日期"), null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("暂停")
        verbose_name_plural = _("暂停")
        default_permissions = ()
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(ended_at__isnull=True), name="workorders_pause_one_open"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="workorders_pause_period",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class SuspensionRequest(models.Model):
    """The repairer asks to suspend (业主不在家, 改约, 第三方); the order and its clocks change only when a supervisor agrees."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="suspensions", verbose_name=_("工单"))
    reason = DictField("suspend_reason", _("挂起原因"), null=False, blank=False)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    resume_on = models.DateField(_("恢复日期"))
    status = models.CharField(_("状态"), max_length=10, choices=RequestStatus, default=RequestStatus.PENDING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(_("申请时间"), db_default=Now())
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    answer = models.CharField(_("审批意见"), max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "order__community"
    scope_building_path = "order__building"

    class Meta:
        verbose_name = _("挂起申请")
        verbose_name_plural = _("挂起申请")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(status="pending"), name="workorders_suspension_one_pending",
                violation_error_message=_("这张工单已有待审批的挂起申请"),
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="workorders_suspension_four_eyes",
                violation_error_message=_("不能审批自己的挂起申请"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.reason)

    def get_absolute_url(self) -> str:
        """Where it is decided; afterwards the order tells what came of it."""
        if self.status == RequestStatus.PENDING:
            return reverse("workorders:suspension_approve", args=[self.pk])
        return self.order.get_absolute_url()


class Escalation(models.Model):
    """A step of a clock that is due to be told: one row for each level, made with the clock and moved with it. Whoever claims the row
    (SKIP LOCKED) tells; the unique key is why nobody is told twice, however long everything was down."""

    clock = models.ForeignKey(OrderClock, models.CASCADE, related_name="escalations", verbose_name=_("时限"))
    level = models.CharField(_("级别"), max_length=8, choices=Level)
    at = models.DateTimeField(_("时间"))
    told_at = models.DateTimeField(_("已提醒"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("不再需要"), null=True, blank=True)

    class Meta:
        verbose_name = _("升级提醒")
        verbose_name_plural = _("升级提醒")
        default_permissions = ()
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["clock", "level"], name="workorders_escalation_once")]
        indexes = [
            models.Index(
                fields=["at", "id"], name="workorders_escalation_due",
                condition=Q(told_at__isnull=True, dropped_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_level_display())


class Supervision(models.Model):
    """督办: somebody above demands an order done by a day; whoever is responsible replies."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="supervisions", verbose_name=_("工单"))
    demanded_by = person(_("督办人"))
    demand = models.CharField(_("督办要求"), max_length=200)
    due_at = models.DateTimeField(_("要求完成时间"))
    level = models.CharField(_("起因"), max_length=8, choices=Level, blank=True)
    created_at = models.DateTimeField(_("督办时间"), db_default=Now())
    reply = models.CharField(_("回复"), max_length=300, blank=True)
    replied_by = person(_("回复人"))
    replied_at = models.DateTimeField(_("回复时间"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "order__community"
    scope_building_path = "order__building"
    # Whose orders are only his own sees what is demanded of those.
    scope_self_path = "order__assignee"

    class Meta:
        verbose_name = _("督办")
        verbose_name_plural = _("督办")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="workorders_supervision_open", condition=Q(replied_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.demand

    def get_absolute_url(self) -> str:
        return reverse("workorders:supervision_reply", args=[self.pk])

    @property
    def community_id(self) -> int:
        return self.order.community_id

    @property
    def is_late(self) -> bool:
        """Asked again: the day has passed without an answer."""
        return self.replied_at is None and self.due_at < timezone.now()
