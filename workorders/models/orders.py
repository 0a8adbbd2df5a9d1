from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from core.bigrams import Pairs
from core.fields import EncryptedTextField
from core.models.dictionary import DictField
from core.uid import uuid7
from owners.models import Owner
from owners.visibility import ReadQuerySet
from properties.models import Building, Community, Place, Team, Unit
from properties.scoping import scope_condition
from workorders.models.kinds import RepairRule
from workorders.models.outages import Outage
from workorders.models.people import Repairer
from workorders.states import (
    OPEN,
    PAUSED,
    STATUS_COLOURS,
    TRANSITIONS,
    Action,
    Area,
    Clock,
    ConfirmWay,
    Source,
    Status,
    Urgency,
    Warranty,
)

DESCRIPTION_LENGTH = 500
CLAIM = "workorders.claim_workorder"


def person(verbose_name: Any, **options: Any) -> models.ForeignKey:
    """A member of staff on an order; nobody asks for the orders of one by most of these, so they have no index."""
    options.setdefault("null", True)
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, blank=True, related_name="+", db_index=False,
        verbose_name=verbose_name, **options,
    )  # fmt: skip


class WorkOrderQuerySet(ReadQuerySet):
    """本人 reaches the orders one repairs or helps with, and what lies with one's team and nobody in it; 本组 all of one's teams."""

    def visible_to(self, user: Any, permission: str) -> Self:
        """抢单 is the one right that reaches what is not one's own yet: the pool of the communities in which one is a repairer."""
        if permission != CLAIM:
            return super().visible_to(user, permission)
        if not user.is_authenticated or not user.has_perm(permission):
            return self.none()
        return self.pool().filter(community__in=Repairer.objects.active().filter(user=user).values("community"))

    def pool(self) -> Self:
        """Orders anybody with the skill may take for himself."""
        return self.filter(status=Status.WAITING, kind__in=RepairRule.objects.filter(pool=True).values("kind"))

    def within(self, scope: Scope, user: Any = None) -> Self:
        if scope.everything:
            return self
        condition = scope_condition(self.model, scope, user)
        if user is not None and (scope.self_only or scope.team):
            teams = Team.objects.filter(Q(members=user) | Q(leader=user)).values("pk")
            condition |= Q(assignee=user) | Q(
                pk__in=WorkOrder.helpers.through.objects.filter(user=user).values("workorder")
            )
            condition |= Q(team__in=teams) if scope.team else Q(team__in=teams, assignee__isnull=True)
        return self.filter(condition) if condition else self.none()

    def open(self) -> Self:
        return self.filter(status__in=sorted(OPEN))

    def ticking(self) -> Self:
        """Open orders whose clocks run."""
        return self.filter(status__in=sorted(OPEN - PAUSED))

    def overdue(self, now: Any) -> Self:
        return self.filter(self.is_overdue(now))

    @staticmethod
    def is_overdue(now: Any) -> Q:
        """Open, and the next owed deadline has passed; one whose clocks stand still (workorders_order_paused) is never overdue."""
        return Q(status__in=sorted(OPEN - PAUSED), next_due_at__lt=now)

    def with_place(self) -> Self:
        return self.select_related("community", "unit__building", "place__building", "building")


class WorkOrder(models.Model):
    """One repair order (报事报修工单, R36–R47, DOMAIN 2.2) from the call to the archive. It stands in a flat, in a public place or in a
    building; `address` is copied so that the order still reads when the place is gone. The deadlines live in OrderClock; what the
    lists sort by (`next_due_at`, `next_clock`) is copied here by the clock services and by nobody else."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="+", db_index=False, editable=False, verbose_name=_("项目")
    )
    number = models.CharField(_("工单号"), max_length=20, editable=False)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.WAITING, editable=False)
    source = models.CharField(_("来源渠道"), max_length=10, choices=Source)
    # Where.
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("房号")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("公共区域")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("楼栋")
    )
    address = models.CharField(_("地址"), max_length=100, editable=False)
    spot = models.CharField(_("具体位置"), max_length=60, blank=True, help_text=_("如 厨房水槽下、2 楼电梯厅"))
    area = models.CharField(_("区域"), max_length=8, choices=Area)
    # Who reported.
    owner = models.ForeignKey(
        Owner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("住户档案")
    )
    reporter_name = models.CharField(_("报事人"), max_length=30)
    reporter_phone = EncryptedTextField(_("报事人电话"), blank=True, default="")
    phone_index = models.BinaryField(max_length=16, null=True, editable=False)
    phone_last4 = models.BinaryField(max_length=16, null=True, editable=False)
    relation = DictField("reporter_relation", _("与房屋关系"))
    verified = models.BooleanField(_("身份已核验"), default=False, help_text=_("已核对姓名和房号"))
    # What.
    category = DictField("repair_category", _("一级类型"), null=False, blank=False)
    kind = DictField("repair_kind", _("二级类型"), null=False, blank=False)
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency)
    description = models.TextField(
        _("问题描述"), max_length=DESCRIPTION_LENGTH, validators=[MaxLengthValidator(DESCRIPTION_LENGTH)]
    )
    visit_from = models.DateTimeField(_("预约上门从"), null=True, blank=True)
    visit_until = models.DateTimeField(_("预约上门到"), null=True, blank=True)
    warranty = models.CharField(_("是否在保"), max_length=8, choices=Warranty, default=Warranty.UNKNOWN)
    warranty_until = models.DateField(_("质保到期日"), null=True, blank=True)
    paid = models.BooleanField(_("有偿"), default=False)
    outage = models.ForeignKey(
        Outage, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("已知故障")
    )
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("重复于")
    )
    # Who does it.
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("责任班组")
    )
    assignee = person(_("维修工"))
    helpers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="helped_workorders", verbose_name=_("协助")
    )
    # When; the clocks run from `reported_at` (受理).
    reported_at = models.DateTimeField(_("受理时间"))
    reported_by = person(_("受理人"))
    dispatched_at = models.DateTimeField(_("派单时间"), null=True, blank=True)
    dispatched_by = person(_("派单人"))
    accepted_at = models.DateTimeField(_("接单时间"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("到场时间"), null=True, blank=True)
    completed_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    ended_by = person(_("结束人"))
    end_reason = models.CharField(_("结束原因"), max_length=200, blank=True)
    paused_at = models.DateTimeField(_("暂停自"), null=True, blank=True)
    next_clock = models.CharField(_("当前时限"), max_length=10, choices=Clock, blank=True)
    next_due_at = models.DateTimeField(_("截止时间"), null=True, blank=True)
    next_warn_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    late = models.BooleanField(_("曾超时"), default=False)
    # Which clocks were met in any round, and which of them too late (CLOCK_BITS): what statistics count, copied like next_due_at.
    met_clocks = models.PositiveSmallIntegerField(default=0, editable=False)
    late_clocks = models.PositiveSmallIntegerField(default=0, editable=False)
    # What came of it.
    cause = DictField("fault_cause", _("故障原因"))
    result = models.TextField(_("处理结果"), max_length=500, blank=True, validators=[MaxLengthValidator(500)])
    labour_fee = models.DecimalField(_("人工费"), max_digits=10, decimal_places=2, default=0)
    materials_fee = models.DecimalField(_("物料费"), max_digits=10, decimal_places=2, default=0, editable=False)
    confirm_way = models.CharField(_("业主确认方式"), max_length=10, choices=ConfirmWay, blank=True)
    stars = models.PositiveSmallIntegerField(_("评价"), null=True, blank=True, editable=False)
    rework_count = models.PositiveSmallIntegerField(_("返工次数"), default=0, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), db_default=Now())

    objects = WorkOrderQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "building"
    transitions = TRANSITIONS
    action_labels = dict(Action.choices)

    class Meta:
        verbose_name = _("工单")
        verbose_name_plural = _("工单")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("dispatch_workorder", _("派单")),
            ("claim_workorder", _("抢单")),
            ("work_workorder", _("接单、到场、备件与完工")),
            ("act_for_workorder", _("代办维修工的操作")),
            ("transfer_workorder", _("转单")),
            ("approve_suspension", _("审批挂起")),
            ("rework_workorder", _("返工")),
            ("archive_workorder", _("归档")),
            ("cancel_workorder", _("取消工单")),
            ("close_workorder", _("无法处理时关闭工单")),
            ("supervise_workorder", _("督办")),
            ("export_workorder", _("导出工单")),
            ("report_workorder", _("查看工单统计")),
        ]
        ordering = ["-id"]
        indexes = [
            # Lists stand in the order of what is owed next; their tabs are counted from the two that know the state, alone.
            models.Index(
                fields=["community", "status", "next_due_at", "-id"], include=["next_warn_at"], name="workorders_order_status"
            ),
            models.Index(fields=["status", "next_due_at", "-id"], include=["next_warn_at"], name="workorders_order_state"),
            # The order of the list, with what finished orders are asked for: a walk past a hundred thousand open ones reads none of them.
            models.Index(
                fields=["next_due_at", "-id"], name="workorders_order_next",
                include=["community", "completed_at", "cause", "stars", "rework_count", "late_clocks", "materials_fee"],
            ),
            models.Index(fields=["next_due_at", "-id"], name="workorders_order_low", condition=Q(stars__lte=3), include=["community"]),
            models.Index(
                fields=["next_due_at", "-id"], name="workorders_order_reworked", condition=Q(rework_count__gt=0), include=["community"]
            ),
            # What an order is one of few kinds of. One small index for all of them, and for any of them together; written at once,
            # because an order changes several times and whoever comes when the pending list is full would wait for all of it.
            GinIndex(
                fields=["category", "kind", "urgency", "source", "area", "warranty", "paid", "cause"], name="workorders_order_kinds",
                fastupdate=False,
            ),
            models.Index(
                fields=["completed_at", "id"], name="workorders_order_completed", include=["community", "next_due_at"],
                condition=Q(completed_at__isnull=False),
            ),
            # All that statistics and most filters ask of an order: they read the index and not the orders, which are wide.
            models.Index(
                fields=["community", "reported_at"], name="workorders_order_reported",
                include=[
                    "id", "status", "category", "kind", "urgency", "building", "assignee", "team", "completed_at", "rework_count",
                    "stars", "materials_fee", "late", "met_clocks", "late_clocks", "next_due_at",
                ],
            ),
            models.Index(fields=["unit", "-id"], name="workorders_order_unit", condition=Q(unit__isnull=False)),
            models.Index(fields=["place", "-id"], name="workorders_order_place", condition=Q(place__isnull=False)),
            models.Index(fields=["building", "-id"], name="workorders_order_building"),
            models.Index(
                fields=["owner", "-id"], name="workorders_order_owner", condition=Q(owner__isnull=False), include=["community"]
            ),
            models.Index(fields=["assignee", "status"], name="workorders_order_assignee", condition=Q(assignee__isnull=False)),
            models.Index(
                fields=["assignee", "completed_at"], name="workorders_order_done",
                condition=Q(assignee__isnull=False, completed_at__isnull=False),
            ),
            models.Index(fields=["team", "status"], name="workorders_order_team", condition=Q(team__isnull=False)),
            # What the archive job looks through: finished and not yet laid aside.
            models.Index(fields=["completed_at"], name="workorders_order_archive", condition=Q(status="done")),
            models.Index(fields=["phone_index"], name="workorders_order_phone", condition=Q(phone_index__isnull=False)),
            models.Index(fields=["phone_last4"], name="workorders_order_last4", condition=Q(phone_last4__isnull=False)),
            models.Index(fields=["number"], name="workorders_order_number", opclasses=["varchar_pattern_ops"]),
            # By whom, and whose orders a community has: both read from the index alone.
            models.Index(
                fields=["community", "reporter_name"], name="workorders_order_reporter", include=["owner", "id"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            GinIndex(F("community"), Pairs("description"), name="workorders_order_words"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="workorders_order_number_once"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="workorders_order_known_status"),
            models.CheckConstraint(
                condition=~Q(unit__isnull=False, place__isnull=False)
                & (Q(unit__isnull=False) | Q(place__isnull=False) | Q(building__isnull=False)),
                name="workorders_order_somewhere",
                violation_error_message=_("请填房号或公共区域，只填一个"),
            ),
            models.CheckConstraint(
                condition=Q(visit_until__isnull=True) | Q(visit_until__gt=F("visit_from")),
                name="workorders_order_visit",
                violation_error_message=_("预约结束须晚于预约开始"),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["dispatched", "working", "parts", "suspended", "done"])
                | Q(assignee__isnull=False) | Q(team__isnull=False),
                name="workorders_order_in_hands",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=False, status__in=["parts", "suspended"])
                | (Q(paused_at__isnull=True) & ~Q(status__in=["parts", "suspended"])),
                name="workorders_order_paused",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["done", "archived"]) | Q(completed_at__isnull=False), name="workorders_order_completed"
            ),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__range=(1, 5)), name="workorders_order_stars"
            ),
            models.CheckConstraint(condition=Q(labour_fee__gte=0, materials_fee__gte=0), name="workorders_order_fees"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("workorders:workorder_detail", args=[self.pk])

    @property
    def door(self) -> str:
        """Where messages lead: to the page that is made for whoever opens it."""
        return reverse("workorders:workorder_open", args=[self.pk])

    @property
    def full_number(self) -> str:
        """HYH-BX20261122-0001: how it reads outside its community."""
        return f"{self.community.code}-{self.number}"

    @property
    def headline(self) -> str:
        """One order among those of all communities: in messages, in lists of call-backs."""
        return f"{self.full_number} {self.kind}，{self.address}"

    @property
    def status_word(self) -> str:
        return str(self.get_status_display())

    @property
    def status_colour(self) -> str:
        return STATUS_COLOURS[self.status]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def total(self) -> Any:
        """合计 = 人工费 + 物料费, in 元."""
        return self.labour_fee + self.materials_fee
