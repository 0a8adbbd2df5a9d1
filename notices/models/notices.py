from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.access import Scope
from core.models.dictionary import DictField
from core.querysets import PermittedQuerySet
from notices.states import EDITABLE, FROZEN, TRANSITIONS, Action, Status
from properties.scoping import ScopedQuerySet

VIEW = "notices.view_notice"
_READS = {VIEW, "notices.export_notice"}
BODY_LENGTH = 5_000
OFFER_LENGTH = 300


class Urgency(models.TextChoices):
    NORMAL = "normal", _("一般")
    URGENT = "urgent", _("紧急")


class NoticeQuerySet(ScopedQuerySet):
    """An announcement may stand in several communities: reading needs one of them in scope, every act needs all of them, so that
    nobody withdraws in a community what he may not touch there. A keeper of single buildings acts on what he wrote himself."""

    def visible_to(self, user: Any, permission: str) -> Self:
        if not user.is_authenticated or not user.has_perm(permission):
            return self.none()
        scope = user.access.scope(permission)
        return self.within(scope, user) if permission in _READS else self.within_whole(scope, user)

    def within(self, scope: Scope, user: Any = None) -> Self:
        if scope.everything:
            return self
        ids = scope.community_ids | scope.building_community_ids
        return self.filter(community_ids__overlap=list(ids)) if ids else self.none()

    def within_whole(self, scope: Scope, user: Any) -> Self:
        if scope.everything:
            return self
        condition = Q(community_ids__contained_by=list(scope.community_ids))
        if scope.building_community_ids:
            near = list(scope.community_ids | scope.building_community_ids)
            condition |= Q(author_id=user.pk, community_ids__contained_by=near)
        return self.filter(condition)

    def standing(self) -> Self:
        """Published and neither withdrawn nor past its day."""
        now = timezone.now()
        return self.filter(status=Status.PUBLISHED).filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))


class Notice(models.Model):
    """One announcement to households (通知公告, R58, DOMAIN 2.4). From its publication on the text is frozen, by the services and by a
    trigger of the database; what was wrong is put right by a correction that names it."""

    number = models.CharField(_("编号"), max_length=20, editable=False, unique=True)
    title = models.CharField(_("标题"), max_length=50)
    notice_type = DictField("notice_type", _("类型"), null=False, blank=False)
    # Plain paragraphs: no mark-up at all is the one kind of text that can never carry a script.
    body = models.TextField(
        _("正文"),
        max_length=BODY_LENGTH,
        validators=[MaxLengthValidator(BODY_LENGTH)],
        help_text=_("空一行就是新的一段"),
    )
    community_ids = ArrayField(models.BigIntegerField(), verbose_name=_("项目"))
    affected_from = models.DateTimeField(_("影响开始"), null=True, blank=True)
    affected_until = models.DateTimeField(_("影响结束"), null=True, blank=True)
    urgency = models.CharField(_("紧急度"), max_length=8, choices=Urgency, default=Urgency.NORMAL)
    channels = ArrayField(
        models.CharField(max_length=12), verbose_name=_("渠道"), help_text=_("依次使用：前一个渠道没有读到，再用下一个")
    )
    fallback_hours = models.PositiveSmallIntegerField(
        _("多少小时未读就改用下一渠道"), default=12, validators=[MinValueValidator(1), MaxValueValidator(168)]
    )
    receipt_wanted = models.BooleanField(_("需要回执"), default=False, help_text=_("请住户点“我知道了”"))
    pinned = models.BooleanField(_("置顶"), default=False)
    publish_at = models.DateTimeField(_("定时发布"), null=True, blank=True, help_text=_("留空则审核后手工发布"))
    expires_at = models.DateTimeField(_("有效期至"), null=True, blank=True)
    # 服务推荐 below the text (R61): shown only to whom has agreed to marketing, and in no message that leaves the house.
    offer_title = models.CharField(_("推荐标题"), max_length=30, blank=True, help_text=_("如：空调清洗团购"))
    offer = models.TextField(
        _("推荐内容"),
        max_length=OFFER_LENGTH,
        validators=[MaxLengthValidator(OFFER_LENGTH)],
        blank=True,
        help_text=_("只给同意营销信息的住户看，住户点“想了解”就转到在线咨询"),
    )
    correction_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("更正")
    )
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("拟稿人")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("审核人"),
    )
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    review_note = models.CharField(_("审核意见"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdraw_reason = models.CharField(_("撤回原因"), max_length=200, blank=True)
    # What stood in the audience when it was materialised; null while that has not happened.
    household_count = models.PositiveIntegerField(_("户数"), null=True, editable=False)
    person_count = models.PositiveIntegerField(_("人数"), null=True, editable=False)
    # Counted every ten minutes for the list; the board counts by itself.
    delivered_count = models.PositiveIntegerField(_("送达户数"), null=True, editable=False)
    read_count = models.PositiveIntegerField(_("已读户数"), null=True, editable=False)
    created_at = models.DateTimeField(_("起草时间"), db_default=Now())
    updated_at = models.DateTimeField(_("更新时间"), db_default=Now())

    objects = NoticeQuerySet.as_manager()
    scope_path = "community_ids"
    transitions = TRANSITIONS
    action_labels = dict(Action.choices)

    class Meta:
        verbose_name = _("通知公告")
        verbose_name_plural = _("通知公告")
        default_permissions = ("view", "add", "change")
        permissions = [
            ("approve_notice", _("审核通知公告")),
            ("publish_notice", _("发布通知公告")),
            ("publish_urgent_notice", _("不经审核紧急发布")),
            ("withdraw_notice", _("撤回通知公告")),
            ("export_notice", _("导出通知公告")),
        ]
        ordering = ["-id"]
        indexes = [
            GinIndex(fields=["community_ids"], name="notices_notice_communities"),
            models.Index(fields=["status", "-published_at"], name="notices_notice_status"),
            models.Index(fields=["publish_at"], name="notices_notice_due", condition=Q(status=Status.APPROVED)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="notices_notice_known_status"),
            models.CheckConstraint(condition=~Q(community_ids=[]), name="notices_notice_somewhere"),
            models.CheckConstraint(
                condition=~Q(channels=[]),
                name="notices_notice_channels",
                violation_error_message=_("请至少选一个渠道"),
            ),
            models.CheckConstraint(
                condition=Q(affected_until__isnull=True) | Q(affected_until__gt=F("affected_from")),
                name="notices_notice_period",
                violation_error_message=_("影响结束须晚于影响开始"),
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                name="notices_notice_four_eyes",
                violation_error_message=_("拟稿人不能审核自己的通知"),
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False) | ~Q(status__in=sorted(FROZEN)),
                name="notices_notice_published_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notices:notice_detail", args=[self.pk])

    @property
    def community_id(self) -> int | None:
        """The log asks every object for its community; one that stands in several belongs to none of them alone."""
        return self.community_ids[0] if len(self.community_ids) == 1 else None

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE

    @property
    def is_frozen(self) -> bool:
        return self.status in FROZEN

    @property
    def is_urgent(self) -> bool:
        return self.urgency == Urgency.URGENT

    @property
    def is_over(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()


class NoticeTemplate(models.Model):
    """A ready text for one type of announcement; words in 【】 are to be replaced by whoever uses it."""

    name = models.CharField(_("模板名称"), max_length=40, unique=True, error_messages={"unique": _("已有同名的模板")})
    notice_type = DictField("notice_type", _("类型"), null=False, blank=False)
    title = models.CharField(_("标题"), max_length=50)
    body = models.TextField(_("正文"), max_length=BODY_LENGTH, validators=[MaxLengthValidator(BODY_LENGTH)])
    builtin = models.CharField(max_length=40, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("通知模板")
        verbose_name_plural = _("通知模板")
        default_permissions = ("view", "add", "change")
        permissions = [("export_noticetemplate", _("导出通知模板"))]
        ordering = ["notice_type__sort", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("notices:template_detail", args=[self.pk])
