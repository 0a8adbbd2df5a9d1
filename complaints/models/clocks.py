from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Complaint
from complaints.states import Basis, Clock, Kind, Level, Step
from core.querysets import PermittedQuerySet
from properties.scoping import ScopedQuerySet


class ClockStandard(models.Model):
    """How long a clock gives at a level: minutes, or whole working days when `basis` says so (DOMAIN 2.2, 投诉 rows of the SLA table).
    A row with a `kind` holds for that kind only, and before the one for all."""

    kind = models.CharField(_("性质"), max_length=10, choices=Kind, blank=True)
    level = models.CharField(_("级别"), max_length=8, choices=Level)
    clock = models.CharField(_("时限"), max_length=10, choices=Clock)
    basis = models.CharField(_("计时"), max_length=8, choices=Basis)
    amount = models.PositiveIntegerField(
        _("时长"), validators=[MinValueValidator(1)], help_text=_("分钟；按工作日计时的填天数")
    )

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("投诉时限标准")
        verbose_name_plural = _("投诉时限标准")
        default_permissions = ("view", "change")
        permissions = [("export_clockstandard", _("导出投诉时限标准"))]
        ordering = ["level", "clock", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "clock", "kind"], name="complaints_standard_kind_once",
                violation_error_message=_("这个级别、时限和性质已有标准，请直接修改"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return " ".join(
            filter(None, (self.get_level_display(), str(self.get_kind_display()), self.get_clock_display()))
        )

    def get_absolute_url(self) -> str:
        return reverse("complaints:standard_update", args=[self.pk])


class ComplaintClock(models.Model):
    """One clock of one case. A new round begins with every 复处理 and 重启; `turn` counts the daily 进展 of a major case. `due_at` can
    always be computed again from `starts_at`, `amount` and `basis`; the clocks of the city are given from outside (`given_at`)."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="clocks", verbose_name=_("投诉建议"))
    clock = models.CharField(_("时限"), max_length=10, choices=Clock)
    round = models.PositiveSmallIntegerField(_("第几轮"), default=0)
    turn = models.PositiveSmallIntegerField(_("第几次"), default=0)
    basis = models.CharField(_("计时"), max_length=8, choices=Basis)
    amount = models.PositiveIntegerField(_("时长"))
    given_at = models.DateTimeField(_("指定期限"), null=True, blank=True)
    starts_at = models.DateTimeField(_("起算"))
    due_at = models.DateTimeField(_("截止"))
    warn_at = models.DateTimeField(_("提醒"))
    met_at = models.DateTimeField(_("达成"), null=True, blank=True)
    late = models.BooleanField(_("超时"), default=False)
    # Not owed any more without having been met: 撤诉, a level that does not know this clock.
    dropped_at = models.DateTimeField(_("不再计"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "complaint__community"
    scope_building_path = "complaint__building"

    class Meta:
        verbose_name = _("投诉时限")
        verbose_name_plural = _("投诉时限")
        default_permissions = ()
        ordering = ["complaint_id", "round", "due_at"]
        constraints = [
            models.UniqueConstraint(fields=["complaint", "clock", "round", "turn"], name="complaints_clock_once"),
            models.CheckConstraint(condition=Q(warn_at__lte=F("due_at")), name="complaints_clock_warning_first"),
        ]

    def __str__(self) -> str:
        return str(self.get_clock_display())


class ClockStep(models.Model):
    """A step of a clock that is due to be told, one row each; whoever claims the row (SKIP LOCKED) tells, once."""

    clock = models.ForeignKey(ComplaintClock, models.CASCADE, related_name="steps", verbose_name=_("时限"))
    level = models.CharField(_("级别"), max_length=8, choices=Step)
    at = models.DateTimeField(_("时间"))
    told_at = models.DateTimeField(_("已提醒"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("不再需要"), null=True, blank=True)

    class Meta:
        verbose_name = _("投诉提醒")
        verbose_name_plural = _("投诉提醒")
        default_permissions = ()
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["clock", "level"], name="complaints_step_once")]
        indexes = [
            models.Index(
                fields=["at", "id"], name="complaints_step_due", condition=Q(told_at__isnull=True, dropped_at__isnull=True)
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_level_display())
