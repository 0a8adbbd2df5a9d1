"""在线咨询 (R60): conversations of owners with the service desk, and the ready answers of the desk."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Complaint
from complaints.models.fields import person
from complaints.states import ENQUIRY_COLOURS, ENQUIRY_OPEN, ENQUIRY_TRANSITIONS, EnquiryAction, EnquiryStatus, Voice
from core.bigrams import Pairs
from core.models.dictionary import DictField
from core.uid import uuid7
from owners.models import Owner
from owners.visibility import ReadQuerySet
from properties.models import Community, Unit
from properties.scoping import HouseQuerySet, ScopedQuerySet
from workorders.models import WorkOrder

MESSAGE_LENGTH = 1000
WORDS = 80  # of the last message, kept for lists


class EnquiryQuerySet(ReadQuerySet):
    def open(self) -> Self:
        return self.filter(status__in=sorted(ENQUIRY_OPEN))

    def waiting(self) -> Self:
        """What still owes the owner an answer."""
        return self.filter(status=EnquiryStatus.WAITING)

    def with_place(self) -> Self:
        return self.select_related("community", "unit__building", "owner", "handler", "topic")


class Enquiry(models.Model):
    """One conversation an owner has begun. What lists show of the last message and the counts of what either side has not read are
    copies; only complaints.services.enquiries writes them, with the row locked."""

    uid = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(_("编号"), max_length=24)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, verbose_name=_("项目"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="enquiries", verbose_name=_("房号")
    )
    owner = models.ForeignKey(Owner, models.PROTECT, related_name="enquiries", db_index=False, verbose_name=_("业主"))
    topic = DictField("enquiry_topic", _("咨询事项"), null=False, blank=False)
    status = models.CharField(_("状态"), max_length=10, choices=EnquiryStatus, default=EnquiryStatus.WAITING)
    handler = person(_("接待人"))
    opened_at = models.DateTimeField(_("咨询时间"))
    last_at = models.DateTimeField(_("最近消息"))
    last_voice = models.CharField(_("最近一句"), max_length=6, choices=Voice)
    last_words = models.CharField(_("内容"), max_length=WORDS)
    # The answer that is owed now; nothing is owed once somebody has answered.
    due_at = models.DateTimeField(_("答复期限"), null=True, blank=True)
    overdue_told_at = models.DateTimeField(_("已提醒超时"), null=True, blank=True)
    first_answer_at = models.DateTimeField(_("首次答复时间"), null=True, blank=True)
    late = models.BooleanField(_("首次答复超时"), default=False)
    staff_unread = models.PositiveSmallIntegerField(_("客服未读"), default=0)
    owner_unread = models.PositiveSmallIntegerField(_("业主未读"), default=0)
    # When an owner who has not looked by then gets a message about the answer.
    tell_at = models.DateTimeField(_("提醒业主时间"), null=True, blank=True)
    taken_back = models.BooleanField(_("业主不用答复了"), default=False)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()
    scope_path = "community"
    scope_building_path = "unit__building"
    scope_self_path = "handler"
    transitions = ENQUIRY_TRANSITIONS
    action_labels = dict(EnquiryAction.choices)

    class Meta:
        verbose_name = _("在线咨询")
        verbose_name_plural = _("在线咨询")
        default_permissions = ("view",)
        permissions = [
            ("answer_enquiry", _("答复在线咨询")),
            ("assign_enquiry", _("分派在线咨询")),
            ("export_enquiry", _("导出在线咨询")),
        ]
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["community", "status", "due_at"], name="complaints_enquiry_status"),
            models.Index(fields=["community", "-last_at"], name="complaints_enquiry_recent"),
            models.Index(fields=["owner", "-last_at"], name="complaints_enquiry_owner"),
            # The inbox stands in this order: by what is owed, then the latest first.
            models.Index(fields=["due_at", "-last_at", "-id"], name="complaints_enquiry_next"),
            models.Index(fields=["status", "due_at", "-last_at", "-id"], name="complaints_enquiry_state"),
            models.Index(fields=["handler", "status"], name="complaints_enquiry_handler", condition=Q(handler__isnull=False)),
            models.Index(fields=["number"], name="complaints_enquiry_number", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["tell_at"], name="complaints_enquiry_tell", condition=Q(tell_at__isnull=False)),
            models.Index(
                fields=["due_at"], name="complaints_enquiry_overdue",
                condition=Q(due_at__isnull=False, overdue_told_at__isnull=True),
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="complaints_enquiry_number_once"),
            models.CheckConstraint(condition=Q(status__in=EnquiryStatus.values), name="complaints_enquiry_known_status"),
            models.CheckConstraint(
                condition=Q(status="waiting", due_at__isnull=False) | ~Q(status="waiting") & Q(due_at__isnull=True),
                name="complaints_enquiry_due",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False) | ~Q(status="closed") & Q(closed_at__isnull=True),
                name="complaints_enquiry_closed",
            ),
            # 事事有回音 (R50) holds for questions too.
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(first_answer_at__isnull=False) | Q(taken_back=True),
                name="complaints_enquiry_answered",
                violation_error_message=_("还没有答复，不能结束"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("complaints:enquiry_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in ENQUIRY_OPEN

    @property
    def colour(self) -> str:
        return ENQUIRY_COLOURS[self.status]


class EnquiryMessage(models.Model):
    """One message of a conversation; its files hang on it. What was said stays as it was said."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="messages", verbose_name=_("在线咨询"))
    voice = models.CharField(_("谁说的"), max_length=6, choices=Voice)
    by = person(_("工作人员"))
    at = models.DateTimeField(_("时间"), db_default=Now())
    text = models.TextField(_("内容"), max_length=MESSAGE_LENGTH, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "enquiry__community"
    scope_building_path = "enquiry__unit__building"
    scope_self_path = "enquiry__handler"

    class Meta:
        verbose_name = _("咨询消息")
        verbose_name_plural = _("咨询消息")
        default_permissions = ()
        ordering = ["id"]
        indexes = [GinIndex(Pairs("text"), name="complaints_message_words")]

    def __str__(self) -> str:
        return self.text[:WORDS]

    @property
    def log_label(self) -> str:
        """What was said may be personal: the log names the conversation."""
        return self.enquiry.number

    @property
    def community_id(self) -> int:
        return self.enquiry.community_id


class EnquiryLink(models.Model):
    """A conversation raised a work order or a complaint; either side leads to the other."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="links", verbose_name=_("在线咨询"))
    order = models.OneToOneField(
        WorkOrder, models.CASCADE, null=True, blank=True, related_name="enquiry_link", verbose_name=_("工单")
    )
    complaint = models.OneToOneField(
        Complaint, models.CASCADE, null=True, blank=True, related_name="enquiry_link", verbose_name=_("投诉建议")
    )
    created_by = person(_("转出人"))
    created_at = models.DateTimeField(_("转出时间"), db_default=Now())

    objects = ScopedQuerySet.as_manager()
    scope_path = "enquiry__community"
    scope_building_path = "enquiry__unit__building"

    class Meta:
        verbose_name = _("咨询转出")
        verbose_name_plural = _("咨询转出")
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(order__isnull=False, complaint__isnull=True) | Q(order__isnull=True, complaint__isnull=False),
                name="complaints_enquirylink_one",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.order or self.complaint)


class CannedReply(models.Model):
    """常用语: an answer that is given again and again, of one community or of the house."""

    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("项目"),
        help_text=_("留空：所有项目"),
    )  # fmt: skip
    topic = DictField("enquiry_topic", _("咨询事项"))
    title = models.CharField(_("标题"), max_length=40)
    text = models.TextField(_("内容"), max_length=500)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = HouseQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("常用语")
        verbose_name_plural = _("常用语")
        default_permissions = ("view", "add", "change")
        permissions = [("export_cannedreply", _("导出常用语"))]
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "title"], name="complaints_cannedreply_title", nulls_distinct=False,
                violation_error_message=_("已有同名的常用语"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("complaints:reply_update", args=[self.pk])
