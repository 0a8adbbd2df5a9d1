from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.querysets import PermittedQuerySet
from properties.models import Community, Place, Unit
from properties.scoping import HouseQuerySet, ScopedQuerySet
from workorders.models.orders import WorkOrder

_NOT_NEGATIVE = [MinValueValidator(Decimal(0))]


class Material(models.Model):
    """One entry of the materials list (物料 WL0001). `stock` is kept only where somebody counts it."""

    code = models.CharField(
        _("编码"), max_length=20, unique=True, validators=[RegexValidator(r"^[A-Z0-9-]+$", _("只用大写字母、数字和短横线"))],
        error_messages={"unique": _("已有这个编码的物料")},
    )  # fmt: skip
    name = models.CharField(_("名称"), max_length=40)
    spec = models.CharField(_("规格"), max_length=40, blank=True)
    measure = models.CharField(_("单位"), max_length=8)
    price = models.DecimalField(_("单价（元）"), max_digits=10, decimal_places=4, validators=_NOT_NEGATIVE)
    stock = models.DecimalField(_("库存"), max_digits=10, decimal_places=2, null=True, blank=True)
    chargeable = models.BooleanField(_("向业主收费"), default=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("物料")
        verbose_name_plural = _("物料")
        default_permissions = ("view", "add", "change")
        permissions = [("export_material", _("导出物料"))]
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.name} {self.spec}".strip()

    def get_absolute_url(self) -> str:
        return reverse("workorders:material_update", args=[self.pk])


class PriceItem(models.Model):
    """One line of the price list of paid repairs (换水龙头 10 元/个). An order keeps its own copy of the lines the owner agreed to."""

    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("项目"),
        help_text=_("留空：所有项目"),
    )  # fmt: skip
    name = models.CharField(_("服务项目"), max_length=40)
    measure = models.CharField(_("单位"), max_length=8)
    price = models.DecimalField(_("单价（元）"), max_digits=10, decimal_places=2, validators=_NOT_NEGATIVE)
    note = models.CharField(_("说明"), max_length=60, blank=True)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = HouseQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("有偿服务价目")
        verbose_name_plural = _("有偿服务价目")
        default_permissions = ("view", "add", "change")
        permissions = [("export_priceitem", _("导出价目"))]
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "name"], name="workorders_priceitem_name", nulls_distinct=False,
                violation_error_message=_("价目里已有这个服务项目"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("workorders:price_update", args=[self.pk])


class MaterialLine(models.Model):
    """A material used on an order, as it was priced that day."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="materials", verbose_name=_("工单"))
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name=_("物料"))
    code = models.CharField(_("编码"), max_length=20)
    name = models.CharField(_("名称"), max_length=40)
    spec = models.CharField(_("规格"), max_length=40, blank=True)
    measure = models.CharField(_("单位"), max_length=8)
    quantity = models.DecimalField(
        _("数量"), max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    price = models.DecimalField(_("单价（元）"), max_digits=10, decimal_places=4, validators=_NOT_NEGATIVE)
    amount = models.DecimalField(_("金额（元）"), max_digits=10, decimal_places=2, validators=_NOT_NEGATIVE)
    chargeable = models.BooleanField(_("向业主收费"), default=True)

    class Meta:
        verbose_name = _("物料明细")
        verbose_name_plural = _("物料明细")
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="workorders_materialline_some")]

    def __str__(self) -> str:
        return self.name


class PaidLine(models.Model):
    """A service of the price list the owner agreed to before the work began; what a charge is made from later."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="paid_lines", verbose_name=_("工单"))
    item = models.ForeignKey(PriceItem, models.PROTECT, related_name="+", verbose_name=_("服务项目"))
    name = models.CharField(_("名称"), max_length=40)
    measure = models.CharField(_("单位"), max_length=8)
    quantity = models.DecimalField(
        _("数量"), max_digits=8, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    price = models.DecimalField(_("单价（元）"), max_digits=10, decimal_places=2)
    amount = models.DecimalField(_("金额（元）"), max_digits=10, decimal_places=2)
    agreed_at = models.DateTimeField(_("业主同意时间"))
    agreed_how = models.CharField(_("同意方式"), max_length=40)

    class Meta:
        verbose_name = _("有偿服务明细")
        verbose_name_plural = _("有偿服务明细")
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class CheckPoint(models.Model):
    """One line of the checklist of an order, copied from its type's rule; its photo hangs on it as an attachment."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="checks", verbose_name=_("工单"))
    sort = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("检查项"), max_length=60)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    note = models.CharField(_("备注"), max_length=100, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "order__community"
    scope_building_path = "order__building"

    class Meta:
        verbose_name = _("检查项")
        verbose_name_plural = _("检查项")
        default_permissions = ()
        ordering = ["sort", "id"]

    def __str__(self) -> str:
        return self.text


class Rating(models.Model):
    """What the owner says of a finished order (1–5 stars). One for each round of work; nothing becomes five stars by silence."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="ratings", verbose_name=_("工单"))
    round = models.PositiveSmallIntegerField(default=0)
    stars = models.PositiveSmallIntegerField(_("评分"))
    tags = models.ManyToManyField(
        "core.DictItem",
        blank=True,
        related_name="+",
        limit_choices_to={"type__code": "rating_tag"},
        verbose_name=_("标签"),
    )
    text = models.CharField(_("评价"), max_length=300, blank=True)
    why = models.CharField(_("不满意的原因"), max_length=200, blank=True)
    via = models.CharField(_("途径"), max_length=10)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(_("评价时间"), db_default=Now())

    class Meta:
        verbose_name = _("评价")
        verbose_name_plural = _("评价")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "round"], name="workorders_rating_once"),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="workorders_rating_stars"),
            models.CheckConstraint(
                condition=Q(stars__gt=2) | ~Q(why=""), name="workorders_rating_why",
                violation_error_message=_("两星及以下请说明原因"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.stars}"


class ReportCode(models.Model):
    """The QR code that hangs in a place (or a flat): its address opens the repair form there. The code is no secret, only unguessable;
    stopping it ends it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("项目"))
    place = models.OneToOneField(Place, models.CASCADE, null=True, blank=True, related_name="report_code")
    unit = models.OneToOneField(Unit, models.CASCADE, null=True, blank=True, related_name="report_code")
    code = models.CharField(max_length=24, unique=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("报修码")
        verbose_name_plural = _("报修码")
        default_permissions = ()
        permissions = [("manage_reportcode", _("生成、打印和停用报修码"))]
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(place__isnull=False, unit__isnull=True) | Q(place__isnull=True, unit__isnull=False),
                name="workorders_reportcode_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.place or self.unit)

    def get_absolute_url(self) -> str:
        """Where its picture leads: the public form."""
        return reverse("workorders:public_report", args=[self.code])
