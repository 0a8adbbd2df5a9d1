from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models.dictionary import DictField
from core.querysets import PermittedQuerySet
from workorders.states import Area, Basis, Clock, Urgency


class WarrantyPart(models.TextChoices):
    """Parts of a building and how long they are warranted (建设工程质量管理条例 第40条); NONE is never a matter of warranty."""

    NONE = "", _("不涉及")
    WATERPROOF = "waterproof", _("屋面、卫生间、外墙防渗漏（5 年）")
    HEATING = "heating", _("供热供冷（2 个采暖期、供冷期）")
    INSTALLATION = "installation", _("电气管线、给排水、设备安装、装修（2 年）")
    STRUCTURE = "structure", _("地基基础与主体结构（设计年限）")


class RepairRule(models.Model):
    """What follows from a second-level type (二级类型): its first level, who can do it, how urgent it is, whether it is paid, what the
    repairer ticks off. The type itself is a word of the dictionary; code reads this row and never the word."""

    kind = models.OneToOneField(
        "core.DictItem", models.CASCADE, related_name="+", limit_choices_to={"type__code": "repair_kind"},
        verbose_name=_("二级类型"),
    )  # fmt: skip
    category = DictField("repair_category", _("一级类型"), null=False, blank=False)
    skill = DictField("skill", _("所需技能"))
    urgency = models.CharField(_("默认紧急程度"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    area = models.CharField(_("区域"), max_length=8, choices=Area, blank=True, help_text=_("留空：两种都有"))
    paid = models.BooleanField(_("户内有偿"), default=False, help_text=_("业主户内、过保时按价目收费，先征得同意"))
    warranty_part = models.CharField(_("质保部位"), max_length=12, choices=WarrantyPart, blank=True)
    checklist = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("检查项"), help_text=_("一行一项")
    )
    duplicate_days = models.PositiveSmallIntegerField(
        _("重复判断天数"), default=7, help_text=_("同一房屋同类工单在这些天内视为可能重复")
    )
    pool = models.BooleanField(_("可抢单"), default=True)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("报修类型规则")
        verbose_name_plural = _("报修类型规则")
        default_permissions = ("view", "change")
        permissions = [("export_repairrule", _("导出报修类型规则"))]
        ordering = ["category__sort", "kind__sort"]

    def __str__(self) -> str:
        return f"{self.category}·{self.kind}"

    def get_absolute_url(self) -> str:
        return reverse("workorders:rule_update", args=[self.pk])


class ClockRuleManager(models.Manager.from_queryset(PermittedQuerySet)):  # type: ignore[misc]
    """Rows with `rank`: urgencies by meaning, the most pressing first; their codes stand in no order."""

    def get_queryset(self) -> Any:
        ranks = [When(urgency=value, then=Value(rank)) for rank, value in enumerate(Urgency.values)]
        return super().get_queryset().annotate(rank=Case(*ranks, output_field=models.IntegerField()))


class ClockRule(models.Model):
    """How long one clock gives, for an urgency; `kind` narrows it to one second-level type, which then wins. Minutes are those of the
    basis: of every day round the clock, or of the community's working calendar."""

    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency)
    kind = DictField("repair_kind", _("二级类型"))
    clock = models.CharField(_("时限"), max_length=10, choices=Clock)
    minutes = models.PositiveIntegerField(_("分钟"))
    basis = models.CharField(_("计时"), max_length=8, choices=Basis, default=Basis.SERVICE)
    # 到场 of an ordinary repair: the appointment, where there is one, instead of the minutes.
    by_appointment = models.BooleanField(_("有预约按预约"), default=False)

    objects = ClockRuleManager()

    class Meta:
        verbose_name = _("时限标准")
        verbose_name_plural = _("时限标准")
        default_permissions = ("view", "add", "change")
        permissions = [("export_clockrule", _("导出时限标准"))]
        ordering = ["urgency", "kind_id", "clock"]
        constraints = [
            models.UniqueConstraint(
                fields=["urgency", "kind", "clock"], name="workorders_clockrule_once", nulls_distinct=False,
                violation_error_message=_("已有这一类的时限标准"),
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="workorders_clockrule_some"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_urgency_display()} {self.get_clock_display()}"

    def get_absolute_url(self) -> str:
        return reverse("workorders:clock_update", args=[self.pk])
