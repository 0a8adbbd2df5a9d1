from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

from properties.models import Community
from properties.scoping import ScopedQuerySet


class Handover(models.Model):
    """One 交接班 of the desk: what the shift that goes leaves to the one that comes, as it stood at that moment, signed by both.
    `lines` keeps the words shown to both ({group: [{text, url, icon}]}), since the orders behind them go on changing."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, verbose_name=_("项目"))
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("交班人")
    )
    given_at = models.DateTimeField(_("交班时间"), db_default=Now())
    since = models.DateTimeField(_("本班开始"))
    received = models.PositiveIntegerField(_("本班受理"), default=0)
    finished = models.PositiveIntegerField(_("本班办结"), default=0)
    lines = models.JSONField(_("交接内容"), default=dict)
    note = models.CharField(_("交代的话"), max_length=500, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("接班人"),
    )  # fmt: skip
    taken_at = models.DateTimeField(_("接班时间"), null=True, blank=True)
    taken_note = models.CharField(_("接班补充"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("交接班")
        verbose_name_plural = _("交接班")
        default_permissions = ("view",)
        permissions = [("sign_handover", _("交班与接班签字"))]
        ordering = ["-id"]
        indexes = [models.Index(fields=["community", "-id"], name="workorders_handover_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["community"], condition=Q(taken_at__isnull=True), name="workorders_handover_one_waits",
                violation_error_message=_("上一次交班还没有人接"),
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False) & ~Q(taken_by=F("given_by")),
                name="workorders_handover_two_people",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.community.name} {formats.date_format(timezone.localtime(self.given_at), 'DATETIME_FORMAT')}"

    def get_absolute_url(self) -> str:
        return reverse("workorders:handover_detail", args=[self.pk])

    @property
    def standing(self) -> tuple[object, str]:
        return (_("已接班"), "green") if self.taken_at else (_("待接班"), "orange")
