from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.addresses import row_address
from core.fields import EncryptedTextField
from core.models.dictionary import DictField
from core.models.lean import LeanModel
from core.uid import uuid7
from owners.models.people import Gender, OfOwnerQuerySet, Owner
from owners.visibility import ReadQuerySet
from properties.models import Community, Unit
from properties.scoping import ScopedQuerySet


class FamilyMember(LeanModel):
    """A member of the household who has no file of his own (R9 家庭人口变动). Children are kept by age group only (PIPL 28–31)."""

    class AgeGroup(models.TextChoices):
        INFANT = "infant", _("0–3 岁")
        CHILD = "child", _("4–13 岁")
        YOUTH = "youth", _("14–17 岁")
        ADULT = "adult", _("18–59 岁")
        ELDER = "elder", _("60 岁以上")

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="family_members", verbose_name=_("房屋"))
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="family_members", verbose_name=_("户主"))
    name = models.CharField(_("姓名"), max_length=30, blank=True, help_text=_("14 岁以下可不填"))
    relation = DictField("family_relation", _("与户主关系"), null=False, blank=False)
    gender = models.CharField(_("性别"), max_length=6, choices=Gender, blank=True)
    age_group = models.CharField(_("年龄段"), max_length=6, choices=AgeGroup, blank=True)
    phone = EncryptedTextField(_("电话"), blank=True, default="")
    remark = models.CharField(_("备注"), max_length=100, blank=True)
    left_on = models.DateField(_("迁出日期"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ScopedQuerySet.as_manager()
    scope_path = "unit__community"
    scope_building_path = "unit__building"

    class Meta:
        verbose_name = _("家庭成员")
        verbose_name_plural = _("家庭成员")
        default_permissions = ("view", "add", "change")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.relation)

    @property
    def community_id(self) -> int:
        return self.unit.community_id


class EmergencyContact(LeanModel):
    """Whom to call when the owner cannot be reached."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="emergency_contacts", verbose_name=_("住户"))
    name = models.CharField(_("紧急联系人"), max_length=30)
    phone = EncryptedTextField(_("紧急电话"))
    relation = models.CharField(_("关系"), max_length=20, blank=True)
    sort = models.PositiveSmallIntegerField(default=0)

    objects = OfOwnerQuerySet.as_manager()
    scope_path = "owner__community_ids"

    class Meta:
        verbose_name = _("紧急联系人")
        verbose_name_plural = _("紧急联系人")
        default_permissions = ()
        ordering = ["sort", "id"]

    def __str__(self) -> str:
        return self.name


class Vehicle(LeanModel):
    """One vehicle of an owner, with the parking space it uses (plate 7 characters, new-energy 8)."""

    class Energy(models.TextChoices):
        FUEL = "fuel", _("燃油")
        ELECTRIC = "electric", _("纯电")
        HYBRID = "hybrid", _("混动")

    owner = models.ForeignKey(Owner, models.PROTECT, related_name="vehicles", verbose_name=_("车主"))
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="vehicles", db_index=False, verbose_name=_("项目")
    )
    space = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parked_vehicles",
        db_index=False,
        verbose_name=_("车位"),
    )
    plate = models.CharField(_("车牌"), max_length=10)
    energy = models.CharField(_("能源"), max_length=8, choices=Energy, blank=True)
    brand = models.CharField(_("品牌型号"), max_length=40, blank=True)
    colour = models.CharField(_("颜色"), max_length=10, blank=True)
    pass_until = models.DateField(_("通行有效期至"), null=True, blank=True)
    remark = models.CharField(_("备注"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("登记时间"), db_default=Now())
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ReadQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("车辆")
        verbose_name_plural = _("车辆")
        default_permissions = ("view", "add", "change")
        permissions = [("disable_vehicle", _("停用与恢复车辆")), ("export_vehicle", _("导出车辆"))]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["community", "-id"], name="owners_vehicle_community"),
            # Any three signs of a plate are looked for, wherever they stand.
            GinIndex(fields=["plate"], name="owners_vehicle_plate", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["space"], name="owners_vehicle_space", condition=models.Q(space__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "plate"],
                name="owners_vehicle_once",
                condition=models.Q(disabled_at__isnull=True),
                violation_error_message=_("这个项目里已登记这块车牌"),
            )
        ]

    def __str__(self) -> str:
        return self.plate

    def get_absolute_url(self) -> str:
        return row_address("owners:vehicle_detail", self.pk)


class OwnerTag(LeanModel):
    """A tag or care flag on a person, usually with an expiry; sensitive ones carry their reason (DOMAIN 2.1 画像)."""

    owner = models.ForeignKey(Owner, models.CASCADE, related_name="tags", verbose_name=_("住户"))
    tag = DictField("owner_tag", _("标签"), null=False, blank=False, db_index=True)
    reason = models.CharField(_("事由"), max_length=100, blank=True)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = OfOwnerQuerySet.as_manager()
    scope_path = "owner__community_ids"

    class Meta:
        verbose_name = _("住户标签")
        verbose_name_plural = _("住户标签")
        default_permissions = ("add", "change")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "tag"],
                name="owners_ownertag_once",
                condition=models.Q(removed_at__isnull=True),
                violation_error_message=_("此人已有这个标签"),
            )
        ]

    def __str__(self) -> str:
        return str(self.tag)

    @property
    def is_current(self) -> bool:
        return self.removed_at is None and (self.expires_on is None or self.expires_on >= timezone.localdate())


class Consent(LeanModel):
    """One consent or its withdrawal: what was told (version), when, which way, by whom (PIPL 13–17)."""

    class Way(models.TextChoices):
        PAPER = "paper", _("书面签字")
        COUNTER = "counter", _("现场口头")
        PHONE = "phone", _("电话")
        ONLINE = "online", _("线上")

    owner = models.ForeignKey(Owner, models.PROTECT, related_name="consents", verbose_name=_("住户"))
    purpose = DictField("consent_purpose", _("同意事项"), null=False, blank=False)
    version = models.CharField(_("告知书版本"), max_length=20)
    way = models.CharField(_("方式"), max_length=8, choices=Way)
    given_at = models.DateTimeField(_("同意时间"))
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("经办人")
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    remark = models.CharField(_("备注"), max_length=100, blank=True)

    objects = OfOwnerQuerySet.as_manager()
    scope_path = "owner__community_ids"

    class Meta:
        verbose_name = _("同意记录")
        verbose_name_plural = _("同意记录")
        default_permissions = ("add", "change")
        ordering = ["-given_at", "-id"]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"
