from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from complaints.models.fields import person
from complaints.models.groups import GroupCase
from complaints.states import (
    IN_HAND,
    LEVEL_COLOURS,
    OPEN,
    RARE_CLOCKS,
    STATUS_COLOURS,
    TRANSITIONS,
    UNANSWERED,
    Action,
    Clock,
    Ending,
    Kind,
    Level,
    MajorReason,
    Outcome,
    Responsibility,
    Source,
    Status,
)
from core.bigrams import Pairs
from core.fields import EncryptedTextField
from core.models.dictionary import DictField
from core.uid import uuid7
from owners.models import Owner
from owners.visibility import ReadQuerySet
from properties.models import Building, Community, Place, Team, Unit
from properties.scoping import scope_condition

TEXT_LENGTH = 2000
SEE_CONFIDENTIAL = "complaints.view_confidential"
_COUNTED = ["next_warn_at", "level", "confidential"]  # what tabs ask besides


class ComplaintQuerySet(ReadQuerySet):
    """A confidential case is seen by whoever took it in, whoever handles it and whoever may see such cases; never by those it is
    about. The scope narrows all of them."""

    def within(self, scope: Scope, user: Any = None) -> Self:
        rows = super().within(scope, user)
        return rows if user is None else rows.filter(self._open_to(user))

    def about(self, user: Any) -> Self:
        """Confidential cases that are about this person: he is to know of none of them."""
        return self.filter(self._about(user), confidential=True)

    def closed_to(self, user: Any) -> Self:
        """Confidential cases this person may not open, whatever his scope."""
        return self.filter(self._about(user) | ~self._trusts(user), confidential=True)

    @classmethod
    def _open_to(cls, user: Any) -> Q:
        """Asked of a row are its key, its place and whether it is confidential, which indexes know; which of the few confidential ones
        are about him or his own is found by indexes over those alone."""
        secret = Complaint._base_manager.filter(confidential=True).order_by()
        # NULL is in no list: a case without an accused team is nobody's team's.
        of_my_team = secret.filter(accused_team__in=cls._teams(user)).values("pk")
        not_about_me = ~Q(pk__in=cls._accusing(user)) & ~Q(pk__in=of_my_team)
        scope = user.access.scope(SEE_CONFIDENTIAL)
        if scope.everything:
            return Q(confidential=False) | not_about_me
        mine = secret.filter(Q(handler=user) | Q(recorded_by=user)).values("pk")
        return Q(confidential=False) | ((scope_condition(Complaint, scope, user) | Q(pk__in=mine)) & not_about_me)

    @classmethod
    def _about(cls, user: Any) -> Q:
        return Q(pk__in=cls._accusing(user)) | Q(accused_team__in=cls._teams(user))

    @staticmethod
    def _trusts(user: Any) -> Q:
        """Where he may see such cases at all: the right counts in its own scope only."""
        scope = user.access.scope(SEE_CONFIDENTIAL)
        if scope.everything:
            return Q(pk__isnull=False)
        return scope_condition(Complaint, scope, user) | Q(handler=user) | Q(recorded_by=user)

    @staticmethod
    def _teams(user: Any) -> Any:
        return Team.objects.filter(Q(members=user) | Q(leader=user)).values("pk")

    @staticmethod
    def _accusing(user: Any) -> Any:
        return Complaint.accused_people.through.objects.filter(user=user).values("complaint")

    def open(self) -> Self:
        return self.filter(status__in=sorted(OPEN))

    def unanswered(self) -> Self:
        """What still owes the customer an answer (事事有回音, R50)."""
        return self.filter(status__in=sorted(UNANSWERED))

    def overdue(self, now: Any) -> Self:
        return self.open().filter(next_due_at__lt=now)

    def with_place(self) -> Self:
        return self.select_related("community", "unit__building", "place__building", "building")


class Complaint(models.Model):
    """One complaint, suggestion or praise (R48–R57, DOMAIN 2.3) from the first word to the last call. The deadlines live in
    ComplaintClock; what lists sort by (`next_due_at`, `next_clock`) is copied here by the clock services and by nobody else."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    community = models.ForeignKey(
        Community, models.PROTECT, related_name="+", db_index=False, editable=False, verbose_name=_("项目")
    )
    number = models.CharField(_("编号"), max_length=20, editable=False)
    kind = models.CharField(_("性质"), max_length=10, choices=Kind, default=Kind.COMPLAINT)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.NEW, editable=False)
    source = models.CharField(_("来源"), max_length=10, choices=Source)
    # Who, and about what place. An anonymous case has neither file nor number.
    anonymous = models.BooleanField(_("匿名"), default=False, help_text=_("不记录姓名、电话和房号，答复以公示方式给出"))
    confidential = models.BooleanField(_("保密"), default=False, help_text=_("被投诉的人和部门看不到这件事"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("房号")
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("公共区域")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("楼栋")
    )
    address = models.CharField(_("地址"), max_length=100, editable=False, blank=True)
    owner = models.ForeignKey(
        Owner, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("住户档案")
    )
    complainant = models.CharField(_("投诉人"), max_length=30, blank=True)
    phone = EncryptedTextField(_("联系电话"), blank=True, default="")
    phone_index = models.BinaryField(max_length=16, null=True, editable=False)
    phone_last4 = models.BinaryField(max_length=16, null=True, editable=False)
    # About whom.
    accused = models.CharField(_("被投诉对象"), max_length=60, blank=True)
    accused_team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("被投诉部门")
    )
    accused_people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="accusing_complaints", verbose_name=_("被投诉员工")
    )
    # What.
    category = DictField("complaint_category", _("一级类别"), null=False, blank=False)
    topic = DictField("complaint_topic", _("二级类别"), null=False, blank=False)
    facts = models.TextField(_("事实"), max_length=TEXT_LENGTH, validators=[MaxLengthValidator(TEXT_LENGTH)])
    demand = models.TextField(_("诉求"), max_length=500, blank=True, validators=[MaxLengthValidator(500)])
    expected_at = models.DateTimeField(_("期望答复时间"), null=True, blank=True)
    # Judged at 受理.
    level = models.CharField(_("级别"), max_length=8, choices=Level, default=Level.NORMAL)
    major_reasons = ArrayField(
        models.CharField(max_length=10, choices=MajorReason), default=list, blank=True, verbose_name=_("重大的依据")
    )
    responsibility = models.CharField(_("责任归属"), max_length=12, choices=Responsibility, blank=True)
    third_party = models.CharField(_("第三方单位"), max_length=60, blank=True)
    partner_due = models.DateField(_("对方答复期限"), null=True, blank=True)
    partner_told = models.DateField(null=True, editable=False)  # the day whose end was told of
    warranty_part = models.CharField(_("保修部位"), max_length=12, blank=True)
    warranty_until = models.DateField(_("质保到期日"), null=True, blank=True)
    repeat_count = models.PositiveSmallIntegerField(_("90 天内重复次数"), default=0, editable=False)
    group = models.ForeignKey(
        GroupCase, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("群诉")
    )
    # Who does it.
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("责任部门")
    )
    handler = person(_("责任人"))
    # When. The clocks run from `received_at`.
    received_at = models.DateTimeField(_("登记时间"))
    recorded_by = person(_("登记人"))
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    accepted_by = person(_("受理人"))
    assigned_at = models.DateTimeField(_("派工时间"), null=True, blank=True)
    first_answer_at = models.DateTimeField(_("首次回复时间"), null=True, blank=True)
    reported_at = models.DateTimeField(_("部门反馈时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("反馈客户时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True, blank=True)
    closed_by = person(_("关闭人"))
    next_clock = models.CharField(_("当前时限"), max_length=10, choices=Clock, blank=True)
    next_due_at = models.DateTimeField(_("截止时间"), null=True, blank=True)
    next_warn_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    late = models.BooleanField(_("曾超时"), default=False)
    # Which clocks were met in any round, and which of them too late (CLOCK_BITS): what the report counts, copied like next_due_at.
    met_clocks = models.PositiveSmallIntegerField(default=0, editable=False)
    late_clocks = models.PositiveSmallIntegerField(default=0, editable=False)
    # What came of it.
    plan = models.TextField(_("处理方案"), max_length=TEXT_LENGTH, blank=True)
    result = models.TextField(_("处理结果"), max_length=TEXT_LENGTH, blank=True)
    compensation = models.DecimalField(_("赔付金额"), max_digits=12, decimal_places=2, default=0)
    cause = DictField("complaint_cause", _("根本原因"))
    improvement = models.CharField(_("整改措施"), max_length=300, blank=True)
    improvement_due = models.DateField(_("整改期限"), null=True, blank=True)
    improved_on = models.DateField(_("整改完成日期"), null=True, blank=True)
    outcome = models.CharField(_("建议的处理结论"), max_length=8, choices=Outcome, blank=True)
    outcome_reason = models.CharField(_("采纳与否的理由"), max_length=300, blank=True)
    ending = models.CharField(_("关闭方式"), max_length=10, choices=Ending, blank=True)
    ending_note = models.CharField(_("关闭说明"), max_length=300, blank=True)
    redo_count = models.PositiveSmallIntegerField(_("复处理次数"), default=0, editable=False)
    reopen_count = models.PositiveSmallIntegerField(_("重启次数"), default=0, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), db_default=Now())

    objects = ComplaintQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "building"
    scope_self_path = "handler"
    transitions = TRANSITIONS
    action_labels = dict(Action.choices)

    class Meta:
        verbose_name = _("投诉建议")
        verbose_name_plural = _("投诉建议")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("view_confidential", _("查看保密投诉")),
            ("accept_complaint", _("受理判级")),
            ("assign_complaint", _("派工与转办")),
            ("work_complaint", _("处理投诉并反馈")),
            ("answer_complaint", _("反馈客户")),
            ("close_complaint", _("关闭投诉")),
            ("close_major", _("关闭重大投诉")),
            ("approve_complaint", _("审批处理方案与赔付")),
            ("withdraw_complaint", _("登记撤诉")),
            ("reopen_complaint", _("重启已关闭的投诉")),
            ("export_complaint", _("导出投诉建议")),
            ("report_complaint", _("查看投诉统计")),
            ("supervise_complaint", _("督办投诉")),
        ]
        ordering = ["-id"]
        indexes = [
            # Lists stand in the order of what is owed next; their tabs are counted from the two that know the state, alone.
            models.Index(fields=["community", "status", "next_due_at", "-id"], name="complaints_case_status", include=_COUNTED),
            models.Index(fields=["status", "next_due_at", "-id"], name="complaints_case_state", include=_COUNTED),
            # The order of the list, with what makes a walk along it read no case that is not shown.
            models.Index(
                fields=["next_due_at", "-id"], name="complaints_case_next", include=["community", "confidential", "closed_at"]
            ),
            *(  # the same of a few of them
                models.Index(
                    fields=["next_due_at", "-id"], name=name, condition=condition, include=["community", "confidential", *more]
                )
                for name, condition, more in (
                    ("complaints_case_redone", Q(redo_count__gt=0), []), ("complaints_case_unheard", Q(first_answer_at__isnull=True), []),
                    ("complaints_case_missed", Q(late_clocks__gt=0), ["late_clocks"]),
                    ("complaints_case_unjudged", Q(accepted_at__isnull=True), ["level"]),
                    ("complaints_case_rare", Q(GreaterThan(F("met_clocks").bitand(RARE_CLOCKS), 0)), ["met_clocks", "late_clocks"]),
                )
            ),
            # What a case is one of few kinds of: one small index for all of them, and for any of them together; written at once,
            # because whoever comes when the pending list is full would wait for all of it.
            GinIndex(
                fields=[
                    "kind", "source", "level", "responsibility", "outcome", "ending", "category", "topic", "cause", "anonymous",
                ],
                name="complaints_case_kinds", fastupdate=False,
            ),
            # All that the report and most filters ask of a case: they read the index and not the cases, which are wide.
            models.Index(
                fields=["community", "received_at"], name="complaints_case_received",
                include=[
                    "id", "kind", "status", "source", "level", "category", "topic", "responsibility", "building", "handler", "team",
                    "cause", "confidential", "anonymous", "group", "accepted_at", "first_answer_at", "answered_at", "closed_at",
                    "next_due_at", "late", "repeat_count", "redo_count", "outcome", "ending", "improvement_due", "improved_on",
                    "met_clocks", "late_clocks",
                ],
            ),
            models.Index(
                fields=["closed_at", "id"], name="complaints_case_ended", include=["confidential", "next_due_at"],
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["unit", "topic", "received_at"], name="complaints_case_unit", condition=Q(unit__isnull=False)),
            models.Index(
                fields=["owner", "-id"], name="complaints_case_owner", include=["community", "confidential"], condition=Q(owner__isnull=False)
            ),
            models.Index(fields=["building", "topic", "received_at"], name="complaints_case_building"),
            models.Index(
                fields=["handler", "community", "status"], name="complaints_case_handler", include=["confidential"],
                condition=Q(handler__isnull=False),
            ),
            models.Index(fields=["place", "-id"], name="complaints_case_place", condition=Q(place__isnull=False)),
            models.Index(fields=["team", "status"], name="complaints_case_team", condition=Q(team__isnull=False)),
            # What one person may see of the confidential ones, and what is about his team.
            models.Index(fields=["handler"], name="complaints_secret_handler", condition=Q(confidential=True)),
            models.Index(fields=["recorded_by"], name="complaints_secret_recorder", condition=Q(confidential=True)),
            models.Index(fields=["accused_team"], name="complaints_secret_team", condition=Q(confidential=True)),
            # What is closed to somebody is looked for among these alone (core.closed).
            models.Index(
                fields=["id"], name="complaints_case_confidential", condition=Q(confidential=True),
                include=["community", "building", "handler", "recorded_by", "accused_team"],
            ),
            models.Index(fields=["phone_index"], name="complaints_case_phone", condition=Q(phone_index__isnull=False)),
            models.Index(fields=["phone_last4"], name="complaints_case_last4", condition=Q(phone_last4__isnull=False)),
            models.Index(fields=["number"], name="complaints_case_number", opclasses=["varchar_pattern_ops"]),
            models.Index(  # by whom, and whose cases a community has: both read from it alone
                fields=["community", "complainant"], opclasses=["int8_ops", "varchar_pattern_ops"],
                name="complaints_case_complainant", include=["owner", "confidential", "id"],
            ),
            models.Index(fields=["partner_due"], name="complaints_case_partner", condition=Q(partner_due__isnull=False, status__in=sorted(IN_HAND))),
            models.Index(
                fields=["improved_on", "improvement_due"], name="complaints_case_improvement", condition=Q(improvement_due__isnull=False),
                include=["community", "confidential", "id", "handler"],
            ),
            GinIndex(F("community"), Pairs("facts"), name="complaints_case_words"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="complaints_case_number_once"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="complaints_case_known_status"),
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(place__isnull=True), name="complaints_case_one_place",
                violation_error_message=_("房号和公共区域只填一个"),
            ),
            models.CheckConstraint(
                condition=Q(anonymous=False) | Q(unit__isnull=True, owner__isnull=True, complainant="", phone_index__isnull=True),
                name="complaints_case_anonymous",
                violation_error_message=_("匿名的不能记录姓名、电话和房号"),
            ),
            models.CheckConstraint(condition=Q(status="new") | Q(accepted_at__isnull=False) | Q(ending="withdrawn"), name="complaints_case_accepted"),
            # 事事有回音 (R50): the database knows it too.
            models.CheckConstraint(
                condition=~Q(status__in=["calling", "closed"]) | Q(answered_at__isnull=False) | Q(ending="withdrawn"),
                name="complaints_case_answered",
                violation_error_message=_("还没有反馈客户，不能关闭"),
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) & ~Q(ending="") | ~Q(status="closed") & Q(closed_at__isnull=True),
                name="complaints_case_closed",
            ),
            models.CheckConstraint(
                condition=~Q(level="major", status="closed") | ~Q(closed_by=F("handler")) | Q(closed_by__isnull=True),
                name="complaints_case_major_four_eyes",
                violation_error_message=_("责任人不能关闭自己的重大投诉"),
            ),
            models.CheckConstraint(condition=Q(compensation__gte=0), name="complaints_case_compensation"),
            models.CheckConstraint(
                condition=~Q(outcome="declined") | ~Q(outcome_reason=""), name="complaints_case_declined_why",
                violation_error_message=_("不采纳须填写理由"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("complaints:complaint_detail", args=[self.pk])

    @property
    def full_number(self) -> str:
        """HYH-TS20261122-0001: how it reads outside its community."""
        return f"{self.community.code}-{self.number}"

    @property
    def headline(self) -> str:
        """One case among those of all communities: in messages, in lists of call-backs. What a confidential one is about stays with the
        case."""
        if self.confidential:
            return gettext("%(case)s（保密）") % {"case": self.full_number}
        return f"{self.full_number} {self.topic}，{self.address or self.community.name}"

    @property
    def status_word(self) -> str:
        return str(self.get_status_display())

    @property
    def round(self) -> int:
        """How often it was begun anew (复处理, 重启): clocks and call-backs count by it."""
        return self.redo_count + self.reopen_count

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_major(self) -> bool:
        return self.level == Level.MAJOR

    @property
    def is_suggestion(self) -> bool:
        return self.kind == Kind.SUGGESTION

    @property
    def colour(self) -> str:
        return STATUS_COLOURS[self.status]

    @property
    def level_colour(self) -> str:
        return LEVEL_COLOURS[self.level]
