from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.models.lean import LeanModel
from properties.models.units import Unit
from properties.scoping import ScopedQuerySet


class UnitMark(LeanModel):
    """One fact of an upper floor about a unit, written downward by its service: arrears, open orders, care (ARCHITECTURE part 1).

    The building grid, the unit picker and the figures of the household file read only these rows.
    """

    class Kind(models.TextChoices):
        ARREARS = "arrears", _("欠费")
        OPEN_ORDERS = "open_orders", _("在办工单")
        CARE = "care", _("关怀")

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="marks", verbose_name=_("房屋"))
    kind = models.CharField(_("标记"), max_length=12, choices=Kind)
    source = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(_("数量"), default=1)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.CharField(_("说明"), max_length=100, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    objects = ScopedQuerySet.as_manager()
    scope_path = "unit__community"
    scope_building_path = "unit__building"

    class Meta:
        verbose_name = _("房屋标记")
        verbose_name_plural = _("房屋标记")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["unit", "kind", "source"], name="properties_unitmark_once")]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_kind_display()}"
