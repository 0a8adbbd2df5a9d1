from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.addresses import row_address
from core.models.lean import LeanModel
from properties.scoping import NodeQuerySet, ScopedQuerySet


class OrgNode(LeanModel):
    """One node above the communities: 集团 > 区域 > 城市 (R6). `path` lists the ids from the root, "/1/4/", so that a subtree is
    one prefix match."""

    class Kind(models.TextChoices):
        GROUP = "group", _("集团")
        REGION = "region", _("区域")
        CITY = "city", _("城市")

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    kind = models.CharField(_("层级"), max_length=8, choices=Kind)
    name = models.CharField(_("名称"), max_length=40)
    path = models.CharField(max_length=120, db_index=True, editable=False)
    sort = models.PositiveIntegerField(_("序号"), default=0)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = NodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("组织节点")
        verbose_name_plural = _("组织架构")
        default_permissions = ("view", "add", "change")
        ordering = ["sort", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="properties_orgnode_name",
                nulls_distinct=False,
                violation_error_message=_("同一上级下已有同名的节点"),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('properties:orgnode_tree')}#node-{self.pk}"

    @property
    def above(self) -> list[int]:
        """The ids from the root down to this node."""
        return [int(pk) for pk in self.path.strip("/").split("/")]


class Community(LeanModel):
    """One project (小区) the company manages; the unit of every data scope."""

    node = models.ForeignKey(OrgNode, models.PROTECT, related_name="communities", verbose_name=_("所属组织"))
    code = models.CharField(
        _("项目编码"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9][A-Z0-9-]*$", _("只用大写字母、数字和短横线"))],
        error_messages={"unique": _("已有这个编码的项目")},
    )
    name = models.CharField(_("项目名称"), max_length=60, unique=True, error_messages={"unique": _("已有同名的项目")})
    short_name = models.CharField(_("简称"), max_length=20, blank=True)
    province = models.CharField(_("省份"), max_length=20, blank=True)
    city = models.CharField(_("城市"), max_length=20, blank=True)
    district = models.CharField(_("区县"), max_length=20, blank=True)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    service_phone = models.CharField(_("客服电话"), max_length=20, blank=True)
    developer = models.CharField(_("建设单位"), max_length=60, blank=True)
    completed_on = models.DateField(_("竣工验收合格日"), null=True, blank=True)
    taken_over_on = models.DateField(_("接管日期"), null=True, blank=True)
    land_area = models.DecimalField(_("占地面积（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True)
    built_area = models.DecimalField(_("总建筑面积（㎡）"), max_digits=12, decimal_places=2, null=True, blank=True)
    # None: the company's default one.
    work_calendar = models.ForeignKey(
        "core.WorkCalendar",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="communities",
        verbose_name=_("工作日历"),
    )
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "pk"

    class Meta:
        verbose_name = _("项目")
        verbose_name_plural = _("项目")
        default_permissions = ("view", "add", "change")
        permissions = [("disable_community", _("停用与恢复项目")), ("export_community", _("导出项目"))]
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return row_address("properties:community_detail", self.pk)

    @property
    def community_id(self) -> int:
        """The log and the scope ask every object for its community."""
        return self.pk
