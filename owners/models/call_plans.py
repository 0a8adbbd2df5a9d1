from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from core.models import DictItem, SavedView
from owners.models.tenures import TenureRole
from owners.states import PLAN_COLOURS, PLAN_TRANSITIONS, PLANNED, PlanAction, PlanHands, PlanStatus
from owners.visibility import ReadQuerySet
from properties.models import Building, Community
from properties.models.units import UsageStatus

MOST_MONTHS, MOST_REST = 24, 730


class CallBackPlanQuerySet(ReadQuerySet):
    def within(self, scope: Scope, user: Any = None) -> Self:
        """A plan calls a whole community: nothing less than a right to all of it opens it."""
        if scope.everything:
            return self
        return self.filter(community__in=scope.community_ids) if scope.community_ids else self.none()

    def due(self, on) -> Self:
        """Running plans whose next round begins today or should have begun already."""
        return self.filter(status=PlanStatus.RUNNING, next_on__lte=on)


class CallBackPlan(models.Model):
    """One plan of calls to households (回访计划, R72): whom, how often, what to say. Its rounds and tasks are made by services.call_rounds."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("项目"))
    name = models.CharField(_("计划名称"), max_length=60, help_text=_("拨打的人看得到，不要写住户的敏感情况"))
    cause = models.CharField(_("回访类型"), max_length=8, choices=[(cause, cause.label) for cause in PLANNED])
    status = models.CharField(_("状态"), max_length=8, choices=PlanStatus, default=PlanStatus.DRAFT, editable=False)
    # Whom: what is left open narrows nothing.
    buildings = models.ManyToManyField(Building, blank=True, related_name="+", verbose_name=_("楼栋"))
    tags = models.ManyToManyField(DictItem, blank=True, related_name="+", verbose_name=_("住户标签"))
    roles = ArrayField(
        models.CharField(max_length=10, choices=TenureRole), default=list, blank=True, verbose_name=_("人房关系")
    )
    usages = ArrayField(
        models.CharField(max_length=8, choices=UsageStatus), default=list, blank=True, verbose_name=_("使用状态")
    )
    # What a saved view of the list of people shows to whoever chose it. The view may be changed or deleted by whoever made it: what it said
    # stays with the plan.
    view = models.ForeignKey(
        SavedView,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("保存的视图"),
    )
    view_name = models.CharField(max_length=40, blank=True, editable=False)
    view_query = models.CharField(max_length=2000, blank=True, editable=False)
    view_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        editable=False,
    )
    age_from = models.PositiveSmallIntegerField(_("年龄从"), null=True, blank=True, validators=[MaxValueValidator(120)])
    age_to = models.PositiveSmallIntegerField(_("到"), null=True, blank=True, validators=[MaxValueValidator(120)])
    unverified_months = models.PositiveSmallIntegerField(
        _("多久没有核验（月）"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("只选这么久没有核验过档案的人"),
    )  # fmt: skip
    sample_percent = models.PositiveSmallIntegerField(
        _("抽样比例（%）"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    sample_number = models.PositiveIntegerField(_("抽样户数"), null=True, blank=True, validators=[MinValueValidator(1)])
    rest_days = models.PositiveSmallIntegerField(
        _("免打扰天数"), default=30, validators=[MaxValueValidator(MOST_REST)],
        help_text=_("这些天里任何计划回访过的住户，这一轮不再打；0 为不限"),
    )  # fmt: skip
    # When.
    first_on = models.DateField(_("第一轮日期"))
    every_months = models.PositiveSmallIntegerField(
        _("每几个月一轮"), default=0, validators=[MaxValueValidator(MOST_MONTHS)], help_text=_("0 为只做一轮")
    )
    days = models.PositiveSmallIntegerField(
        _("每轮几天内打完"), default=7, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    window_from = models.TimeField(_("拨打时段从"))
    window_until = models.TimeField(_("到"))
    # Who, and what is said.
    keeper = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("计划责任人")
    )
    hands = models.CharField(_("由谁拨打"), max_length=8, choices=PlanHands, default=PlanHands.POOL)
    script = models.TextField(_("话术"), max_length=1000, blank=True)
    # How it stands.
    rounds = models.PositiveSmallIntegerField(_("已做轮数"), default=0, editable=False)
    next_on = models.DateField(_("下一轮日期"), null=True, blank=True, editable=False)
    end_reason = models.CharField(_("结束原因"), max_length=200, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, editable=False,
        verbose_name=_("建立人"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())

    objects = CallBackPlanQuerySet.as_manager()
    scope_path = "community"
    transitions = PLAN_TRANSITIONS
    action_labels = dict(PlanAction.choices)

    class Meta:
        verbose_name = _("回访计划")
        verbose_name_plural = _("回访计划")
        default_permissions = ("view", "add", "change")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_on"], name="owners_callplan_due", condition=Q(status="running")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PlanStatus.values), name="owners_callplan_known_status"),
            models.CheckConstraint(
                condition=Q(window_until__gt=F("window_from")), name="owners_callplan_window",
                violation_error_message=_("拨打时段的结束要晚于开始"),
            ),
            models.CheckConstraint(
                condition=Q(sample_percent__isnull=True) | Q(sample_number__isnull=True), name="owners_callplan_one_sample",
                violation_error_message=_("抽样比例和抽样户数只填一个"),
            ),
            models.CheckConstraint(
                condition=Q(age_from__isnull=True) | Q(age_to__isnull=True) | Q(age_to__gte=F("age_from")),
                name="owners_callplan_ages", violation_error_message=_("年龄的上限不能小于下限"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("owners:callbackplan_detail", args=[self.pk])

    @property
    def colour(self) -> str:
        return PLAN_COLOURS[self.status]

    @property
    def asks_a_view(self) -> bool:
        """A view that shows everybody is one too: `view_by` says that one was chosen."""
        return self.view_by_id is not None


class CallBackRound(models.Model):
    """One round of a plan. That there is only one of each number is why nobody is called twice for the same round."""

    plan = models.ForeignKey(
        CallBackPlan, models.PROTECT, related_name="round_rows", db_index=False, verbose_name=_("回访计划")
    )
    number = models.PositiveSmallIntegerField(_("轮次"))
    planned_on = models.DateField(_("计划日期"))
    started_at = models.DateTimeField(_("生成时间"), db_default=Now())
    matching = models.PositiveIntegerField(_("符合条件的户数"))
    households = models.PositiveIntegerField(_("应回访户数"))
    # Why the others are not called: {"resting": n, "without_phone": n, "same_person": n, "not_drawn": n}.
    left_out = models.JSONField(_("没有列入"), default=dict, blank=True)

    class Meta:
        verbose_name = _("回访轮次")
        verbose_name_plural = _("回访轮次")
        default_permissions = ()
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="owners_callround_once")]

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"
