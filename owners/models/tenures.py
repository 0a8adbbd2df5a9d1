from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.addresses import row_address
from core.models.dictionary import DictField
from core.models.lean import LeanModel
from owners.models.people import Owner
from owners.visibility import ReadQuerySet
from properties.models import Community, Unit


class TenureRole(models.TextChoices):
    OWNER = "owner", _("业主")
    CO_OWNER = "co_owner", _("共有人")
    FAMILY = "family", _("家庭成员")
    TENANT = "tenant", _("租户")
    CUSTODIAN = "custodian", _("代管人")
    OCCUPIER = "occupier", _("使用单位")


TITLE_ROLES = (TenureRole.OWNER, TenureRole.CO_OWNER)


class TenureQuerySet(ReadQuerySet):
    def current(self, on=None) -> Self:
        """In force on a day (today in Shanghai by default)."""
        day = on or timezone.localdate()
        return self.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)

    def ended(self, on=None) -> Self:
        return self.filter(end__lt=on or timezone.localdate())


class Tenure(LeanModel):
    """One dated relation of a person to a unit (人房关系): role, share, first and last day. A sale ends one and starts another;
    nothing is overwritten."""

    owner = models.ForeignKey(Owner, models.PROTECT, related_name="tenures", verbose_name=_("住户"))
    # Unit and community have composite indexes below that begin with them.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="tenures", db_index=False, verbose_name=_("房屋"))
    # The unit's own, repeated for the scope; the unit's key is the one the database checks.
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        db_constraint=False,
        verbose_name=_("项目"),
    )
    role = models.CharField(_("角色"), max_length=10, choices=TenureRole)
    share = models.DecimalField(
        _("产权份额（%）"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    is_primary_contact = models.BooleanField(_("主联系人"), default=False)
    is_payer = models.BooleanField(_("缴费人"), default=False)
    start = models.DateField(_("起"))
    end = models.DateField(_("止"), null=True, blank=True)
    end_reason = DictField("tenure_end_reason", _("终止原因"))
    relation = models.CharField(_("与业主关系"), max_length=20, blank=True)
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("登记时间"), db_default=Now())

    objects = TenureQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "unit__building"

    class Meta:
        verbose_name = _("人房关系")
        verbose_name_plural = _("人房关系")
        default_permissions = ("view", "add", "change")
        permissions = [("end_tenure", _("终止人房关系")), ("export_tenure", _("导出人房关系"))]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["unit", "start"], name="owners_tenure_unit"),
            models.Index(fields=["community", "-id"], name="owners_tenure_community"),
            models.Index(fields=["end_reason"], name="owners_tenure_reason", condition=Q(end_reason__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
                name="owners_tenure_days",
                violation_error_message=_("止的日期不能早于起的日期"),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(role__in=["owner", "co_owner"]),
                name="owners_tenure_share",
                violation_error_message=_("只有业主和共有人填产权份额"),
            ),
            models.UniqueConstraint(
                fields=["unit"],
                name="owners_tenure_contact",
                condition=Q(is_primary_contact=True, end__isnull=True),
                violation_error_message=_("这套房屋已有主联系人"),
            ),
            models.UniqueConstraint(
                fields=["unit"],
                name="owners_tenure_payer",
                condition=Q(is_payer=True, end__isnull=True),
                violation_error_message=_("这套房屋已有缴费人"),
            ),
            models.UniqueConstraint(
                fields=["unit", "owner", "role"],
                name="owners_tenure_once",
                condition=Q(end__isnull=True),
                violation_error_message=_("此人已是这套房屋的这个角色"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.label} {self.get_role_display()}"

    def get_absolute_url(self) -> str:
        return row_address("owners:unit_file", self.unit_id)

    @property
    def is_current(self) -> bool:
        today = timezone.localdate()
        return self.start <= today and (self.end is None or self.end >= today)
