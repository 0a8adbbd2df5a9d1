from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Complaint
from complaints.models.fields import person
from complaints.states import Step
from properties.scoping import ScopedQuerySet


class CaseSupervision(models.Model):
    """督办: somebody above demands a case dealt with by a day; whoever is responsible replies. `level` names the step of the clock that
    demanded it by itself."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="supervisions", verbose_name=_("投诉建议"))
    demanded_by = person(_("督办人"))
    demand = models.CharField(_("督办要求"), max_length=200)
    due_at = models.DateTimeField(_("要求完成时间"))
    level = models.CharField(_("起因"), max_length=8, choices=Step, blank=True)
    created_at = models.DateTimeField(_("督办时间"), db_default=Now())
    reply = models.CharField(_("回复"), max_length=300, blank=True)
    replied_by = person(_("回复人"))
    replied_at = models.DateTimeField(_("回复时间"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "complaint__community"
    scope_building_path = "complaint__building"
    scope_self_path = "complaint__handler"

    class Meta:
        verbose_name = _("投诉督办")
        verbose_name_plural = _("投诉督办")
        default_permissions = ()
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], name="complaints_supervision_open", condition=Q(replied_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.demand

    def get_absolute_url(self) -> str:
        return reverse("complaints:supervision_reply", args=[self.pk])

    @property
    def community_id(self) -> int:
        return self.complaint.community_id

    @property
    def is_late(self) -> bool:
        """The day has passed without an answer."""
        return self.replied_at is None and self.due_at < timezone.now()
