from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.states import LowAct
from properties.models import Community
from properties.scoping import HouseQuerySet

MOST_STARS = 3


class LowRatingRule(models.Model):
    """What follows by itself when an owner gives a repair few stars (DOMAIN 2.2, 返工: 评价≤2): of one community, or of all that have none
    of their own."""

    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("项目"),
        help_text=_("留空：所有项目"),
    )  # fmt: skip
    stars = models.PositiveSmallIntegerField(
        _("几星及以下"), default=2, validators=[MinValueValidator(1), MaxValueValidator(MOST_STARS)]
    )
    act = models.CharField(_("怎样处理"), max_length=10, choices=LowAct, default=LowAct.ASK)

    objects = HouseQuerySet.as_manager()
    scope_path = "community"

    class Meta:
        verbose_name = _("低分处理规则")
        verbose_name_plural = _("低分处理规则")
        default_permissions = ("view", "change")
        permissions = [("export_lowratingrule", _("导出低分处理规则"))]
        ordering = [models.F("community").asc(nulls_first=True)]
        constraints = [
            models.UniqueConstraint(
                fields=["community"], name="complaints_lowrule_once", nulls_distinct=False,
                violation_error_message=_("这个项目已有规则，请直接修改"),
            ),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=MOST_STARS), name="complaints_lowrule_stars"),
            models.CheckConstraint(condition=Q(act__in=LowAct.values), name="complaints_lowrule_known_act"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.community) if self.community is not None else gettext("所有项目")

    def get_absolute_url(self) -> str:
        return reverse("complaints:lowrule_update", args=[self.pk])
