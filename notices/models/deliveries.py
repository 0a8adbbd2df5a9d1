from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.uid import uuid7
from notices.states import Outcome, Reason, ToldWay
from owners.models import Owner
from owners.visibility import ReadQuerySet
from properties.models import Building, Community, Unit


class Delivery(models.Model):
    """One message to one person of one household over one channel: what everything that is sent goes through (SECURITY 1.1).

    `status` is what is known of the sending; that it was read, confirmed or told in person are facts beside it. Somebody with
    three homes has three rows but gets one message: only the `lead` is sent, the others follow it.
    """

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)  # the vendor's request id
    source_type = models.CharField(max_length=60)
    source_id = models.BigIntegerField()
    # Of unit, building and community the unit's key is the one the database checks; all three have composite indexes below.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("房屋"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("楼栋"),
    )  # fmt: skip
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("项目"),
    )  # fmt: skip
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="+", db_index=False, verbose_name=_("住户"))
    channel = models.CharField(_("渠道"), max_length=12)
    status = models.CharField(_("状态"), max_length=8, choices=Outcome, default=Outcome.WAITING)
    reason = models.CharField(_("原因"), max_length=12, choices=Reason, blank=True)
    detail = models.CharField(_("渠道答复"), max_length=200, blank=True)
    lead = models.BooleanField(default=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    send_after = models.DateTimeField(_("最早发送时间"), db_default=Now())
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    vendor_id = models.CharField(max_length=80, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True)
    read_at = models.DateTimeField(_("已读时间"), null=True)
    read_via = models.CharField(_("阅读途径"), max_length=8, blank=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    told_at = models.DateTimeField(_("告知时间"), null=True)
    told_way = models.CharField(_("告知方式"), max_length=8, choices=ToldWay, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("告知人"),
    )
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())

    objects = ReadQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "building"

    class Meta:
        verbose_name = _("送达记录")
        verbose_name_plural = _("送达记录")
        default_permissions = ("view",)
        permissions = [
            ("export_delivery", _("导出送达记录")),
            ("tell_delivery", _("登记电话或上门告知")),
            ("resend_delivery", _("补发与处理未知送达")),
        ]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["owner", "source_type", "source_id"], name="notices_delivery_owner"),
            # The board reads 200,000 households from the index alone: 500,000 rows in 77 ms, 188 ms cold.
            models.Index(
                fields=["source_type", "source_id", "building", "unit"],
                include=["status", "reason", "read_at", "told_at"],
                name="notices_delivery_board",
            ),
            models.Index(
                fields=["owner"],
                name="notices_delivery_following",
                condition=Q(lead=False, status__in=["waiting", "unknown"]),
            ),
            models.Index(
                fields=["channel", "-urgent", "send_after", "id"],
                name="notices_delivery_due",
                condition=Q(status="waiting", lead=True),
            ),
            models.Index(fields=["lease_until"], name="notices_delivery_lease", condition=Q(status="sending")),
            # Few at any time; asked about every minute and shown on the board.
            models.Index(
                fields=["source_type", "source_id"], name="notices_delivery_unknown", condition=Q(status="unknown")
            ),
            models.Index(
                fields=["owner", "-sent_at"],
                name="notices_delivery_pace",
                condition=Q(sent_at__isnull=False, lead=True) & ~Q(channel="in_app"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_id", "unit", "owner", "channel"],
                name="notices_delivery_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(status__in=Outcome.values), name="notices_delivery_known_status"),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True, told_way="") | (Q(told_at__isnull=False) & ~Q(told_way="")),
                name="notices_delivery_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit.label if self.unit else ''} {self.channel}".strip()
