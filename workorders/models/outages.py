from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models.dictionary import DictField
from owners.models import Owner
from properties.models import Building, Community, Place, Unit
from properties.scoping import ScopedQuerySet
from workorders.states import OutageKind


class OutageQuerySet(ScopedQuerySet):
    def running(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Outage(models.Model):
    """One known outage or incident (停水停电、电梯停运…): what the desk reads to callers, and what its orders are closed with.
    `started_at` of a planned one may lie ahead. No place listed means the whole community."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, verbose_name=_("项目"))
    kind = models.CharField(_("性质"), max_length=10, choices=OutageKind)
    title = models.CharField(_("标题"), max_length=50)
    category = DictField("repair_category", _("报修类型"), null=False, blank=False)
    started_at = models.DateTimeField(_("开始时间"))
    expected_until = models.DateTimeField(_("预计恢复"), null=True, blank=True)
    ended_at = models.DateTimeField(_("恢复时间"), null=True, blank=True, editable=False)
    details = models.CharField(_("情况说明"), max_length=300, blank=True)
    caller_text = models.CharField(_("答复来电的话"), max_length=200)
    calls = models.PositiveIntegerField(_("来电数"), default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("登记人")
    )
    created_at = models.DateTimeField(_("登记时间"), db_default=Now())

    objects = OutageQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("已知故障")
        verbose_name_plural = _("已知故障")
        default_permissions = ("view", "add", "change")
        permissions = [("end_outage", _("登记故障恢复并结束其工单")), ("export_outage", _("导出已知故障"))]
        ordering = ["-id"]
        indexes = [models.Index(fields=["community", "ended_at", "-id"], name="workorders_outage_running")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expected_until__isnull=True) | Q(expected_until__gt=F("started_at")),
                name="workorders_outage_period",
                violation_error_message=_("预计恢复须晚于开始时间"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("workorders:outage_detail", args=[self.pk])

    @property
    def standing(self) -> tuple[Any, str]:
        """(word, colour): 已恢复, 未开始, 影响中, 超过预计."""
        now = timezone.now()
        if self.ended_at is not None:
            return _("已恢复"), "green"
        if self.started_at > now:
            return _("未开始"), "blue"
        late = self.expected_until is not None and self.expected_until < now
        return (_("超过预计"), "red") if late else (_("影响中"), "orange")


class OutagePlace(models.Model):
    """Where an outage reaches: a building (perhaps some of its entrances), or one public place."""

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="places", verbose_name=_("已知故障"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("楼栋")
    )
    entrances = ArrayField(models.CharField(max_length=10), default=list, blank=True, verbose_name=_("单元"))
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("公共区域")
    )

    class Meta:
        verbose_name = _("影响范围")
        verbose_name_plural = _("影响范围")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(building__isnull=False, place__isnull=True) | Q(building__isnull=True, place__isnull=False),
                name="workorders_outageplace_one",
            ),
            models.UniqueConstraint(
                fields=["outage", "building", "place"], name="workorders_outageplace_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return str(self.building or self.place)


class OutageConcern(models.Model):
    """Somebody has said on his own pages that a running outage concerns him too (R47): a report that is no order. He is told when it is
    over, in the words of `told`."""

    outage = models.ForeignKey(
        Outage, models.CASCADE, related_name="concerns", db_index=False, verbose_name=_("已知故障")
    )
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="+", verbose_name=_("住户"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("房屋")
    )
    told = models.CharField(_("告知的话"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = _("受影响的住户")
        verbose_name_plural = _("受影响的住户")
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["outage", "owner"], name="workorders_outageconcern_once")]

    def __str__(self) -> str:
        return str(self.unit or self.owner)
