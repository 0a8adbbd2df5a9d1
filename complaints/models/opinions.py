"""舆情 (R62): what is said in public about the company, written down by hand, and the words that make it worth a look."""

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import TEXT_LENGTH, Complaint
from complaints.models.fields import person
from complaints.states import (
    MOOD_COLOURS,
    OPINION_COLOURS,
    OPINION_TRANSITIONS,
    Level,
    Mood,
    OpinionAction,
    OpinionStatus,
)
from core.models.dictionary import DictField
from core.querysets import PermittedQuerySet
from properties.models import Community
from properties.scoping import ScopedQuerySet

WORDS_LENGTH = 200


class OpinionEntry(models.Model):
    """One posting or report found outside. `words` are the keywords it was found to hold when it was written down; level and class
    are what the rules suggest, until somebody says otherwise."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, verbose_name=_("项目"))
    platform = DictField("opinion_platform", _("平台"), null=False, blank=False)
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("内容摘要"), max_length=TEXT_LENGTH)
    address = models.CharField(
        _("网址"),
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"], message=_("请填写完整网址，如 https://…"))],
    )
    author = models.CharField(_("发布人"), max_length=40, blank=True)
    posted_at = models.DateTimeField(_("发布时间"))
    mood = models.CharField(_("情感倾向"), max_length=8, choices=Mood, default=Mood.NEGATIVE)
    words = models.CharField(_("命中关键词"), max_length=WORDS_LENGTH, blank=True)
    level = models.CharField(_("级别"), max_length=8, choices=Level, default=Level.NORMAL)
    topic = DictField("complaint_topic", _("类别"))
    status = models.CharField(_("状态"), max_length=8, choices=OpinionStatus, default=OpinionStatus.OPEN)
    result = models.CharField(_("处置结果"), max_length=300, blank=True)
    found_at = models.DateTimeField(_("登记时间"))
    found_by = person(_("登记人"))
    handled_at = models.DateTimeField(_("处置时间"), null=True, blank=True)
    handled_by = person(_("处置人"))
    complaint = models.OneToOneField(
        Complaint, models.SET_NULL, null=True, blank=True, related_name="opinion", verbose_name=_("转出的投诉")
    )

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"
    transitions = OPINION_TRANSITIONS
    action_labels = dict(OpinionAction.choices)

    class Meta:
        verbose_name = _("舆情")
        verbose_name_plural = _("舆情")
        default_permissions = ("view", "add", "change")
        permissions = [("export_opinionentry", _("导出舆情"))]
        ordering = ["-posted_at", "-id"]
        indexes = [
            models.Index(fields=["community", "-posted_at"], name="complaints_opinion_recent"),
            models.Index(fields=["-posted_at", "-id"], name="complaints_opinion_posted"),
            models.Index(fields=["status", "community"], name="complaints_opinion_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=OpinionStatus.values), name="complaints_opinion_known_status"),
            models.CheckConstraint(
                condition=~Q(status="handled") | ~Q(result=""), name="complaints_opinion_result",
                violation_error_message=_("请填写处置结果"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("complaints:opinion_detail", args=[self.pk])

    @property
    def colour(self) -> str:
        return OPINION_COLOURS[self.status]

    @property
    def mood_colour(self) -> str:
        return MOOD_COLOURS[self.mood]


class KeywordRule(models.Model):
    """A word that, found in what is said in public, suggests how grave it is and what it is about."""

    word = models.CharField(_("关键词"), max_length=20, unique=True, error_messages={"unique": _("已有这个关键词")})
    level = models.CharField(_("建议级别"), max_length=8, choices=Level, default=Level.NORMAL)
    topic = DictField("complaint_topic", _("建议类别"))
    disabled_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("舆情关键词")
        verbose_name_plural = _("舆情关键词")
        default_permissions = ("view", "add", "change")
        permissions = [("export_keywordrule", _("导出舆情关键词"))]
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word

    def get_absolute_url(self) -> str:
        return reverse("complaints:keyword_update", args=[self.pk])
