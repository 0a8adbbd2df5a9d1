from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.addresses import row_address
from core.models.dictionary import DictField
from core.models.lean import LeanModel
from properties.models.communities import Community
from properties.scoping import ScopedQuerySet


class Building(LeanModel):
    """One building (楼栋) of a community; a garage level or a row of villas is one too."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="buildings", verbose_name=_("项目"))
    number = models.CharField(_("楼栋号"), max_length=20, help_text=_("如 3、A、S1、地下车库 B1"))
    name = models.CharField(_("楼栋名称"), max_length=40, blank=True, help_text=_("留空时按楼栋号显示，如 3栋"))
    building_type = DictField("building_type", _("楼栋类型"))
    floors_above = models.PositiveSmallIntegerField(_("地上层数"), null=True, blank=True)
    floors_below = models.PositiveSmallIntegerField(_("地下层数"), null=True, blank=True)
    entrance_count = models.PositiveSmallIntegerField(_("单元数"), null=True, blank=True)
    lift_count = models.PositiveSmallIntegerField(_("电梯数"), null=True, blank=True)
    completed_on = models.DateField(_("竣工验收合格日"), null=True, blank=True, help_text=_("质保期由此起算"))
    structure = models.CharField(_("结构"), max_length=20, blank=True)
    address = models.CharField(_("门牌地址"), max_length=120, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    sort_key = models.CharField(max_length=80, editable=False, db_index=True)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "pk"

    class Meta:
        verbose_name = _("楼栋")
        verbose_name_plural = _("楼栋")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("disable_building", _("停用与恢复楼栋")),
            ("copy_building", _("复制楼栋")),
            ("export_building", _("导出楼栋")),
        ]
        ordering = ["community_id", "sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "number"],
                name="properties_building_number",
                violation_error_message=_("这个项目里已有同号的楼栋"),
            )
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return row_address("properties:building_grid", self.pk)

    @property
    def label(self) -> str:
        """3 -> 3栋; names and numbers that already say what they are stay as they are."""
        if self.name:
            return self.name
        return f"{self.number}栋" if self.number[-1:].isalnum() and self.number.isascii() else self.number
