from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.addresses import row_address
from core.models.dictionary import DictField
from core.models.lean import LeanModel
from properties.models.buildings import Building
from properties.models.communities import Community
from properties.scoping import ScopedQuerySet


class Place(LeanModel):
    """A public area (公共区域): lobby, lift, garage zone, garden; repairs can be reported there."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="places", verbose_name=_("项目"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("楼栋")
    )
    entrance = models.CharField(_("单元"), max_length=10, blank=True)
    name = models.CharField(_("位置名称"), max_length=60)
    place_type = DictField("place_type", _("区域类型"))
    code = models.CharField(_("编码"), max_length=30, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("公共区域")
        verbose_name_plural = _("公共区域")
        default_permissions = ("view", "add", "change")
        permissions = [("disable_place", _("停用与恢复公共区域")), ("export_place", _("导出公共区域"))]
        ordering = ["community_id", "building__sort_key", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "building", "entrance", "name"],
                name="properties_place_name",
                nulls_distinct=False,
                violation_error_message=_("这里已有同名的公共区域"),
            )
        ]

    def __str__(self) -> str:
        entrance = f"{self.entrance}单元" if self.entrance else ""
        return f"{self.building.label}{entrance} {self.name}" if self.building else self.name

    def get_absolute_url(self) -> str:
        return row_address("properties:place_detail", self.pk)


class Team(LeanModel):
    """A group of staff in one community (客服, 工程, 秩序, 保洁) with a leader; the scope 本组 is built on it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="teams", verbose_name=_("项目"))
    name = models.CharField(_("班组名称"), max_length=40)
    team_type = DictField("team_type", _("班组类型"))
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_teams",
        verbose_name=_("班长"),
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="teams", verbose_name=_("成员"))
    phone = models.CharField(_("班组电话"), max_length=20, blank=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("班组")
        verbose_name_plural = _("班组")
        default_permissions = ("view", "add", "change")
        permissions = [("disable_team", _("停用与恢复班组")), ("export_team", _("导出班组"))]
        ordering = ["community_id", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="properties_team_name",
                violation_error_message=_("这个项目里已有同名的班组"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return row_address("properties:team_detail", self.pk)
