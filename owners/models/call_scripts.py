from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from owners.states import CallBackCause
from properties.models import Community
from properties.scoping import HouseQuerySet


class CallScript(models.Model):
    """话术: what is said in calls of one cause, in one community or in all that have no words of their own. A plan's own words stand before
    both."""

    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("项目"),
        help_text=_("留空：所有项目"),
    )  # fmt: skip
    cause = models.CharField(_("回访原因"), max_length=8, choices=CallBackCause)
    text = models.TextField(_("话术"), max_length=1000)

    objects = HouseQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("回访话术")
        verbose_name_plural = _("回访话术")
        default_permissions = ("view", "change")
        permissions = [("export_callscript", _("导出回访话术"))]
        ordering = ["cause", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["community", "cause"], name="owners_callscript_once", nulls_distinct=False,
                violation_error_message=_("这个项目这种回访已有话术，请直接修改"),
            ),
            models.CheckConstraint(condition=Q(cause__in=CallBackCause.values), name="owners_callscript_known_cause"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.place} {self.get_cause_display()}"

    def get_absolute_url(self) -> str:
        return reverse("owners:callbackscript_update", args=[self.pk])

    @property
    def place(self) -> str:
        return str(self.community) if self.community is not None else gettext("所有项目")
