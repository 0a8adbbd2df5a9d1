from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from properties.models import Building, Community
from properties.scoping import ScopedQuerySet
from workorders.states import Duty

USER = settings.AUTH_USER_MODEL


class RepairerQuerySet(ScopedQuerySet):
    def active(self) -> Self:
        return self.filter(disabled_at__isnull=True, user__is_active=True)


class Repairer(models.Model):
    """Somebody who is sent to repairs in one community: skills, buildings he looks after (none named: all of them), and whether the
    automatic dispatch may choose him."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="repairer_in", verbose_name=_("人员"))
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, verbose_name=_("项目"))
    skills = models.ManyToManyField(
        "core.DictItem", blank=True, related_name="+", limit_choices_to={"type__code": "skill"}, verbose_name=_("技能")
    )
    buildings = models.ManyToManyField(Building, blank=True, related_name="+", verbose_name=_("负责楼栋"))
    automatic = models.BooleanField(_("参与自动派单"), default=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = RepairerQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("维修人员")
        verbose_name_plural = _("维修人员")
        default_permissions = ("view", "add", "change")
        ordering = ["community_id", "user__display_name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "user"], name="workorders_repairer_once",
                violation_error_message=_("这个项目里已有这位维修人员"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.user)

    def get_absolute_url(self) -> str:
        return reverse("workorders:repairer_detail", args=[self.pk])


class Shift(models.Model):
    """One stretch of somebody's weekly rota; times in minutes of the day, an end past 1440 reaches into the next day."""

    repairer = models.ForeignKey(Repairer, models.CASCADE, related_name="shifts", verbose_name=_("维修人员"))
    weekday = models.PositiveSmallIntegerField(_("星期"), validators=[MaxValueValidator(6)], help_text=_("0 是星期一"))
    starts = models.PositiveSmallIntegerField(_("上班"), validators=[MaxValueValidator(1439)])
    ends = models.PositiveSmallIntegerField(_("下班"), validators=[MinValueValidator(1), MaxValueValidator(2880)])

    class Meta:
        verbose_name = _("班次")
        verbose_name_plural = _("班次")
        default_permissions = ()
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="workorders_shift_period"),
            models.UniqueConstraint(fields=["repairer", "weekday", "starts"], name="workorders_shift_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"


class ShiftException(models.Model):
    """One day that differs from the weekly rota: off (no hours), or other hours ([[start, end], …] in minutes, flat)."""

    repairer = models.ForeignKey(Repairer, models.CASCADE, related_name="exceptions", verbose_name=_("维修人员"))
    day = models.DateField(_("日期"))
    hours = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("时段"))
    reason = models.CharField(_("原因"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("排班例外")
        verbose_name_plural = _("排班例外")
        default_permissions = ()
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(
                fields=["repairer", "day"], name="workorders_shiftexception_once",
                violation_error_message=_("这一天已有排班例外"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class DutyOverride(models.Model):
    """What the rota says does not hold: the person or a supervisor set another state, until a time."""

    repairer = models.ForeignKey(Repairer, models.CASCADE, related_name="overrides", verbose_name=_("维修人员"))
    duty = models.CharField(_("状态"), max_length=4, choices=Duty)
    until = models.DateTimeField(_("直到"))
    note = models.CharField(_("去向"), max_length=60, blank=True)
    set_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False, verbose_name=_("设置人"))
    set_at = models.DateTimeField(_("设置时间"), db_default=Now())

    class Meta:
        verbose_name = _("在岗状态")
        verbose_name_plural = _("在岗状态")
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.get_duty_display())
