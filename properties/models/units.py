from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.addresses import row_address
from core.models.dictionary import DictField
from core.models.lean import LeanModel
from properties.models.buildings import Building
from properties.models.communities import Community
from properties.scoping import ScopedQuerySet


class UnitKind(models.TextChoices):
    """What a unit is for the code that treats it differently; 房屋类型 beside it is a dictionary."""

    HOME = "home", _("房屋")
    SHOP = "shop", _("商铺")
    OFFICE = "office", _("写字楼")
    PARKING = "parking", _("车位")
    STORAGE = "storage", _("储物间")
    OTHER = "other", _("其他")


class DeliveryStatus(models.TextChoices):
    UNSOLD = "unsold", _("未售")
    SOLD = "sold", _("已售未交付")
    DELIVERED = "delivered", _("已交付")


class UsageStatus(models.TextChoices):
    OWN = "own", _("自住")
    LET = "let", _("出租")
    VACANT = "vacant", _("空置")
    FITTING = "fitting", _("装修")
    LENT = "lent", _("借用")
    OFFICE = "office", _("办公")


class ParkingStatus(models.TextChoices):
    SOLD = "sold", _("已售")
    LET = "let", _("已租")
    FREE = "free", _("空闲")


class SaleStatus(models.TextChoices):
    NOT_ON_SALE = "not_on_sale", _("未开盘")
    ON_SALE = "on_sale", _("在售")
    RESERVED = "reserved", _("已认购")
    SIGNED = "signed", _("已签约")


class UnitQuerySet(ScopedQuerySet):
    def active(self) -> Self:
        return self.filter(disabled_at__isnull=True)

    def with_place(self) -> Self:
        """Building and community beside each row, for its label."""
        return self.select_related("building", "community")


class Unit(LeanModel):
    """One property that can be owned: flat, shop, parking space or store room (R13, R31–R33).

    交付状态 and 使用状态 are two fields, so that "let and being fitted out" can be said. `community` repeats the building's
    because every hot index begins with it; `code` is the canonical `03-02-1502`, `sort_key` sorts naturally.
    """

    # No index of their own: the composite ones below begin with them.
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="units", db_index=False, verbose_name=_("项目")
    )
    building = models.ForeignKey(Building, models.PROTECT, related_name="units", db_index=False, verbose_name=_("楼栋"))
    entrance = models.CharField(_("单元"), max_length=10, blank=True, help_text=_("没有单元的楼留空"))
    floor = models.SmallIntegerField(_("楼层"), null=True, blank=True, help_text=_("地下写负数，如 -1"))
    number = models.CharField(_("房号"), max_length=20)
    kind = models.CharField(_("类别"), max_length=8, choices=UnitKind, default=UnitKind.HOME)
    unit_type = DictField("unit_type", _("房屋类型"), null=False, blank=False)
    # 户型
    rooms = models.PositiveSmallIntegerField(_("室"), null=True, blank=True)
    halls = models.PositiveSmallIntegerField(_("厅"), null=True, blank=True)
    kitchens = models.PositiveSmallIntegerField(_("厨"), null=True, blank=True)
    baths = models.PositiveSmallIntegerField(_("卫"), null=True, blank=True)
    orientation = DictField("orientation", _("朝向"))
    built_area = models.DecimalField(
        _("建筑面积（㎡）"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)], null=True, blank=True
    )
    inner_area = models.DecimalField(
        _("套内面积（㎡）"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)], null=True, blank=True
    )
    property_nature = DictField("property_nature", _("产权性质"))
    delivery_status = models.CharField(
        _("交付状态"), max_length=10, choices=DeliveryStatus, default=DeliveryStatus.DELIVERED
    )
    delivered_on = models.DateField(_("交付日期"), null=True, blank=True)
    billing_from = models.DateField(_("计费起日"), null=True, blank=True)
    usage = models.CharField(_("使用状态"), max_length=8, choices=UsageStatus, blank=True)
    decoration = DictField("decoration", _("装修状态"))
    title_number = models.CharField(_("产权证号"), max_length=40, blank=True)
    warranty_from = models.DateField(_("质保起日"), null=True, blank=True, help_text=_("留空按楼栋竣工验收合格日"))
    parking_type = DictField("parking_type", _("车位类型"))
    parking_status = models.CharField(_("车位状态"), max_length=8, choices=ParkingStatus, blank=True)
    # 设计属性
    design_code = models.CharField(_("户型编号"), max_length=40, blank=True)
    design_area = models.DecimalField(_("设计面积（㎡）"), max_digits=10, decimal_places=2, null=True, blank=True)
    design_note = models.CharField(_("设计说明"), max_length=200, blank=True)
    # 施工属性
    drawing_number = models.CharField(_("图纸编号"), max_length=60, blank=True)
    construction_area = models.DecimalField(_("建造面积（㎡）"), max_digits=10, decimal_places=2, null=True, blank=True)
    completed_area = models.DecimalField(_("竣工面积（㎡）"), max_digits=10, decimal_places=2, null=True, blank=True)
    contractor = models.CharField(_("施工单位"), max_length=60, blank=True)
    # 营销属性
    sale_status = models.CharField(_("销售状态"), max_length=12, choices=SaleStatus, blank=True)
    promotion = models.CharField(_("促销信息"), max_length=200, blank=True)
    order_number = models.CharField(_("订单号"), max_length=40, blank=True)
    # 业主属性
    contract_number = models.CharField(_("销售合同号"), max_length=40, blank=True)
    buyer = models.CharField(_("销售客户"), max_length=60, blank=True)
    fitting_plan = models.CharField(_("精装方案"), max_length=100, blank=True)
    fitting_config = models.CharField(_("装修配置"), max_length=200, blank=True)
    mortgage = models.CharField(_("按揭方式"), max_length=40, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    code = models.CharField(_("编码"), max_length=60, editable=False)
    sort_key = models.CharField(max_length=120, editable=False)
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())
    updated_at = models.DateTimeField(_("更新时间"), db_default=Now())
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "building"

    class Meta:
        verbose_name = _("房屋")
        verbose_name_plural = _("房屋")
        default_permissions = ("view", "add", "change")
        permissions = [("disable_unit", _("停用与恢复房屋")), ("export_unit", _("导出房屋"))]
        ordering = ["community_id", "sort_key", "id"]
        indexes = [
            models.Index(fields=["community", "sort_key", "id"], name="properties_unit_order"),
            models.Index(fields=["sort_key", "id"], name="properties_unit_order_all"),
            models.Index(fields=["building", "sort_key", "id"], name="properties_unit_building"),
            models.Index(fields=["community", "usage", "sort_key", "id"], name="properties_unit_usage"),
            models.Index(fields=["usage", "sort_key", "id"], name="properties_unit_usage_all"),
            models.Index(fields=["community", "code"], name="properties_unit_code"),
            GinIndex(fields=["search"], name="properties_unit_search"),
            models.Index(
                fields=["parking_type"], name="properties_unit_parking", condition=Q(parking_type__isnull=False)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["building", "entrance", "number"],
                name="properties_unit_number",
                violation_error_message=_("这栋楼的同一单元里已有这个房号"),
            ),
            models.CheckConstraint(
                condition=Q(inner_area__isnull=True) | Q(built_area__isnull=True) | Q(inner_area__lte=F("built_area")),
                name="properties_unit_areas",
                violation_error_message=_("套内面积不能大于建筑面积"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return row_address("owners:unit_file", self.pk)

    @property
    def label(self) -> str:
        """3栋2单元1502."""
        entrance = f"{self.entrance}单元" if self.entrance.isascii() and self.entrance else self.entrance
        return f"{self.building.label}{entrance}{self.number}"

    @property
    def shared_area(self):
        """公摊 = 建筑面积 − 套内面积, None while one of them is unknown."""
        if self.built_area is None or self.inner_area is None:
            return None
        return self.built_area - self.inner_area

    @property
    def layout(self) -> str:
        """3室2厅2卫1厨, without the parts that are unknown."""
        parts = [(self.rooms, "室"), (self.halls, "厅"), (self.baths, "卫"), (self.kitchens, "厨")]
        return "".join(f"{count}{word}" for count, word in parts if count is not None)
