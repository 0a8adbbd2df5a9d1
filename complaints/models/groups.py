from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints.models.fields import person
from properties.models import Community
from properties.scoping import ScopedQuerySet


class GroupCase(models.Model):
    """群诉: the same matter from three households or more, led as one (DOMAIN 2.3)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("项目"))
    title = models.CharField(_("事项"), max_length=80)
    created_by = person(_("建立人"))
    created_at = models.DateTimeField(_("建立时间"), db_default=Now())

    objects = ScopedQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("群诉")
        verbose_name_plural = _("群诉")
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("complaints:group_detail", args=[self.pk])
