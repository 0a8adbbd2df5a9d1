from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from core.addresses import row_address
from core.fields import EncryptedTextField
from core.masking import mask_name
from core.models.dictionary import DictField
from core.models.lean import LeanModel
from core.uid import uuid7
from owners.visibility import ReadQuerySet
from properties.scoping import ScopedQuerySet


class OwnerKind(models.TextChoices):
    PERSON = "person", _("个人")
    ORGANISATION = "organisation", _("企业")


class IdType(models.TextChoices):
    ID_CARD = "id_card", _("身份证")
    PASSPORT = "passport", _("护照")
    HK_MACAU = "hk_macau", _("港澳居民来往内地通行证")
    TAIWAN = "taiwan", _("台湾居民来往大陆通行证")
    CREDIT_CODE = "credit_code", _("统一社会信用代码")


class Gender(models.TextChoices):
    MALE = "male", _("男")
    FEMALE = "female", _("女")


class OwnerQuerySet(ReadQuerySet):
    """An owner belongs to the company: he is visible through any of his tenures in scope."""

    def within(self, scope: Scope, user: Any = None) -> Self:
        if scope.everything:
            return self
        condition = Q()
        if scope.community_ids:
            condition |= Q(community_ids__overlap=list(scope.community_ids))
        if scope.building_ids:
            condition |= Q(tenures__unit__building__in=scope.building_ids)
            return self.filter(pk__in=self.model._base_manager.filter(condition).values("pk"))
        return self.filter(condition) if condition else self.none()

    def active(self) -> Self:
        return self.filter(disabled_at__isnull=True)


class Owner(LeanModel):
    """One person or organisation with a file (客户档案, R8, R22, R27). Company-wide: `community_ids` repeats the communities of all
    his tenures, past ones too, for the scope and the search index. Phones stand in OwnerPhone, units in Tenure."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("客户编号"), max_length=12, editable=False)
    kind = models.CharField(_("客户类型"), max_length=12, choices=OwnerKind, default=OwnerKind.PERSON)
    name = models.CharField(_("姓名"), max_length=60)
    name_key = models.CharField(max_length=60, editable=False)
    gender = models.CharField(_("性别"), max_length=6, choices=Gender, blank=True)
    birth_year = models.PositiveSmallIntegerField(_("出生年"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("出生月"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("出生日"), null=True, blank=True)
    id_type = models.CharField(_("证件类型"), max_length=12, choices=IdType, blank=True)
    id_number = EncryptedTextField(_("证件号"), blank=True, default="")
    id_index = models.BinaryField(max_length=16, null=True, editable=False)
    id_last4 = models.BinaryField(max_length=16, null=True, editable=False)
    email = EncryptedTextField(_("邮箱"), blank=True, default="")
    contact_person = models.CharField(_("联系人"), max_length=30, blank=True, help_text=_("企业客户填写"))
    preferred_channel = DictField("contact_channel", _("首选联系方式"))
    quiet_from = models.TimeField(_("免打扰起"), null=True, blank=True)
    quiet_until = models.TimeField(_("免打扰止"), null=True, blank=True)
    source = DictField("owner_source", _("来源渠道"))
    level = DictField("owner_level", _("客户等级"))
    member_number = models.CharField(_("会员号"), max_length=30, blank=True)
    marketing_consent = models.BooleanField(_("同意营销信息"), default=False)
    occupation = models.CharField(_("职业"), max_length=40, blank=True)
    interests = models.CharField(_("兴趣"), max_length=100, blank=True)
    service_preference = models.CharField(_("服务偏好"), max_length=200, blank=True)
    needs = models.CharField(_("需求信息"), max_length=200, blank=True)
    pets = models.CharField(_("宠物"), max_length=100, blank=True, help_text=_("种类、数量、犬证号"))
    decision_maker = models.CharField(_("业主决策人"), max_length=30, blank=True)
    relation_note = models.CharField(_("客户关系"), max_length=200, blank=True)
    referral = models.CharField(_("推荐记录"), max_length=200, blank=True)
    postal_address = models.CharField(_("通讯地址"), max_length=120, blank=True)
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("档案责任人"),
    )
    verified_on = models.DateField(_("最近核验日期"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("核验人"),
    )
    completeness = models.PositiveSmallIntegerField(_("档案完整度"), default=0, editable=False)
    remark = models.CharField(_("备注"), max_length=500, blank=True)
    community_ids = ArrayField(models.BigIntegerField(), default=list, editable=False)
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(_("建档时间"), db_default=Now())
    updated_at = models.DateTimeField(_("更新时间"), db_default=Now())
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = OwnerQuerySet.as_manager()
    # Owners are scoped by OwnerQuerySet.within(); the path is where a single row's communities stand.
    scope_path = "community_ids"

    class Meta:
        verbose_name = _("住户")
        verbose_name_plural = _("住户")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("disable_owner", _("停用与恢复住户")),
            ("export_owner", _("导出住户")),
            ("import_owner", _("导入住户与房屋")),
            ("reveal_owner", _("查看完整号码")),
            ("export_plain_owner", _("导出明文号码")),
            ("view_sensitive_tag", _("查看敏感标签")),
            ("view_former_owner", _("查看前住户时期的动态")),
        ]
        ordering = ["-id"]
        # Every index is paid for by every imported row: plain equality where nobody asks for prefixes, and no entry for a blank.
        indexes = [
            GinIndex(fields=["search", "community_ids"], name="owners_owner_search"),
            models.Index(fields=["id_last4"], name="owners_owner_id_last4", condition=Q(id_last4__isnull=False)),
            models.Index(fields=["name", "id"], name="owners_owner_name"),
            models.Index(fields=["name_key"], name="owners_owner_name_key"),
            models.Index(fields=["keeper"], name="owners_owner_keeper", condition=Q(keeper__isnull=False)),
            models.Index(fields=["verified_by"], name="owners_owner_verifier", condition=Q(verified_by__isnull=False)),
            models.Index(fields=["level"], name="owners_owner_level", condition=Q(level__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="owners_owner_number"),
            models.UniqueConstraint(
                fields=["id_index"],
                name="owners_owner_id_number",
                violation_error_message=_("这个证件号已登记在另一位住户名下"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    def get_absolute_url(self) -> str:
        return row_address("owners:owner_file", self.pk)

    @property
    def log_label(self) -> str:
        """The operation log names people masked: those who read it have no business with the files."""
        return f"{mask_name(self.name, self.is_organisation)}（{self.number}）"

    @property
    def is_organisation(self) -> bool:
        return self.kind == OwnerKind.ORGANISATION


class OfOwnerQuerySet(ScopedQuerySet):
    """Rows of a person's file: visible with the person."""

    def within(self, scope: Scope, user: Any = None) -> Self:
        return self if scope.everything else self.filter(owner__in=Owner.objects.within(scope, user))


class OwnerPhone(LeanModel):
    """One telephone number of an owner. Not unique: families share phones."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    # owners_phone_once begins with it: an index of its own would only be written.
    owner = models.ForeignKey(Owner, models.CASCADE, related_name="phones", db_index=False, verbose_name=_("住户"))
    number = EncryptedTextField(_("电话"))
    number_index = models.BinaryField(max_length=16, editable=False)
    number_last4 = models.BinaryField(max_length=16, null=True, editable=False)
    label = models.CharField(_("用途"), max_length=20, blank=True, help_text=_("如 本人、备用、单位"))
    is_primary = models.BooleanField(_("首选号码"), default=False)
    sort = models.PositiveSmallIntegerField(_("序号"), default=0)

    objects = OfOwnerQuerySet.as_manager()
    scope_path = "owner__community_ids"

    class Meta:
        verbose_name = _("电话")
        verbose_name_plural = _("电话")
        default_permissions = ()
        ordering = ["-is_primary", "sort", "id"]
        indexes = [
            models.Index(fields=["number_index"], name="owners_phone_index"),
            models.Index(fields=["number_last4"], name="owners_phone_last4"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["owner", "number_index"], name="owners_phone_once"),
            models.UniqueConstraint(fields=["owner"], name="owners_phone_primary", condition=Q(is_primary=True)),
        ]

    def __str__(self) -> str:
        return self.label or str(self._meta.verbose_name)
