from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Complaint
from complaints.states import ImproveStep


class ImprovementStep(models.Model):
    """A step of an improvement (整改措施) that is due to be told, one row each, planned with the day it is to be done by; whoever claims the
    row (SKIP LOCKED) tells, once."""

    complaint = models.ForeignKey(
        Complaint, models.CASCADE, related_name="improvement_steps", db_index=False, verbose_name=_("投诉建议")
    )
    level = models.CharField(_("级别"), max_length=10, choices=ImproveStep)
    at = models.DateTimeField(_("时间"))
    told_at = models.DateTimeField(_("已提醒"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("不再需要"), null=True, blank=True)

    class Meta:
        verbose_name = _("整改提醒")
        verbose_name_plural = _("整改提醒")
        default_permissions = ()
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["complaint", "level"], name="complaints_improvement_once")]
        indexes = [
            models.Index(
                fields=["at", "id"], name="complaints_improvement_due",
                condition=models.Q(told_at__isnull=True, dropped_at__isnull=True),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.get_level_display())
