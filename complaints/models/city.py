from datetime import timedelta
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.cases import Complaint
from complaints.models.fields import person
from complaints.states import CityClass
from core.querysets import PermittedQuerySet
from properties.scoping import ScopedQuerySet


class CityCase(models.Model):
    """What a 12345 or other government case carries besides (DOMAIN 2.3): its number outside, who sent it, two deadlines and the three
    answers the city counts. None of the three is guessed: unknown stays unknown and is in no rate."""

    complaint = models.OneToOneField(Complaint, models.CASCADE, related_name="city", verbose_name=_("投诉建议"))
    external_number = models.CharField(_("外部单号"), max_length=40)
    agency = models.CharField(_("派发单位"), max_length=60)
    city_class = models.CharField(_("诉求类型"), max_length=8, choices=CityClass, blank=True)
    sign_due_at = models.DateTimeField(_("签收时限"))
    end_due_at = models.DateTimeField(_("办结时限"))
    first = models.BooleanField(_("是否首派"), default=True)
    signed_at = models.DateTimeField(_("签收时间"), null=True, blank=True)
    signed_by = person(_("签收人"))
    finished_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    responded = models.BooleanField(_("已响应"), null=True, blank=True)
    resolved = models.BooleanField(_("已解决"), null=True, blank=True)
    satisfied = models.BooleanField(_("满意"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    scope_path = "complaint__community"
    scope_building_path = "complaint__building"

    class Meta:
        verbose_name = _("12345 工单")
        verbose_name_plural = _("12345 工单")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["external_number"], name="complaints_city_number_once",
                violation_error_message=_("这个外部单号已登记过"),
            ),
            models.CheckConstraint(
                condition=Q(end_due_at__gte=models.F("sign_due_at")), name="complaints_city_deadlines",
                violation_error_message=_("办结时限不能早于签收时限"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.external_number


def _span(label: Any) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=[MinValueValidator(1)])


class CityFormula(models.Model):
    """How one city words its three rates: no two count alike, so the text stands beside the figures. And how long each class of case may
    take there, where the order itself does not say."""

    city = models.CharField(_("城市"), max_length=20, unique=True, editable=False)
    responded = models.CharField(_("响应率口径"), max_length=300, blank=True)
    resolved = models.CharField(_("解决率口径"), max_length=300, blank=True)
    satisfied = models.CharField(_("满意率口径"), max_length=300, blank=True)
    basis = models.CharField(_("依据"), max_length=100, blank=True, help_text=_("文件名称或文号"))
    urgent_hours = _span(_("突发办结（小时）"))
    utility_hours = _span(_("水电气热办结（小时）"))
    plain_days = _span(_("一般办结（天）"))
    complex_days = _span(_("复杂办结（天）"))

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("12345 三率口径")
        verbose_name_plural = _("12345 三率口径")
        default_permissions = ("change",)
        ordering = ["city"]

    def __str__(self) -> str:
        return self.city

    @property
    def has_words(self) -> bool:
        return bool(self.responded or self.resolved or self.satisfied)

    def span_of(self, city_class: str) -> timedelta | None:
        """How long a case of this class may take, day and night; None where nobody has written it down."""
        hours: dict[str, int | None] = {CityClass.URGENT: self.urgent_hours, CityClass.UTILITY: self.utility_hours}
        days: dict[str, int | None] = {CityClass.PLAIN: self.plain_days, CityClass.COMPLEX: self.complex_days}
        amount = hours.get(city_class) or (days.get(city_class) or 0) * 24
        return timedelta(hours=amount) if amount else None
