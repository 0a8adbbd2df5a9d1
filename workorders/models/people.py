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
        permissions = [("export_repairer", _("导出维修人员")), ("set_duty_repairer", _("设置他人的在岗状态"))]
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

    objects = ScopedQuerySet.as_manager()
    scope_path = "repairer__community"

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


class DispatchSetting(models.Model):
    """How one community dispatches: whether orders go out by themselves, and what the ranking of people weighs. Without a row the
    defaults below hold."""

    community = models.OneToOneField(Community, models.CASCADE, related_name="+", verbose_name=_("项目"))
    automatic = models.BooleanField(
        _("自动派单"), default=False, help_text=_("每分钟把待派单派给在岗、会修、负责这栋楼且手上单子不满的人")
    )
    skill_weight = models.PositiveSmallIntegerField(_("技能"), default=40, validators=[MaxValueValidator(100)])
    distance_weight = models.PositiveSmallIntegerField(_("距离"), default=25, validators=[MaxValueValidator(100)])
    load_weight = models.PositiveSmallIntegerField(_("负荷"), default=25, validators=[MaxValueValidator(100)])
    household_weight = models.PositiveSmallIntegerField(_("熟悉此户"), default=10, validators=[MaxValueValidator(100)])
    most_orders = models.PositiveSmallIntegerField(
        _("每人最多单数"), default=5, validators=[MinValueValidator(1), MaxValueValidator(50)],
        help_text=_("在办与待接合计；超过的在派工台上标橙色，自动派单不再派给他"),
    )  # fmt: skip

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("派单设置")
        verbose_name_plural = _("派单设置")
        default_permissions = ("change",)
        constraints = [
            models.CheckConstraint(
                condition=Q(skill_weight=100 - F("distance_weight") - F("load_weight") - F("household_weight")),
                name="workorders_dispatchsetting_hundred",
                violation_error_message=_("四项权重合计须为 100"),
            ),
            models.CheckConstraint(condition=Q(most_orders__gte=1), name="workorders_dispatchsetting_most"),
        ]

    def __str__(self) -> str:
        return str(_("%(community)s 的派单设置") % {"community": self.community})

    def get_absolute_url(self) -> str:
        return reverse("workorders:board")
