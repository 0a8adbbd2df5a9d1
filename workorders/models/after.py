from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from workorders.models.orders import WorkOrder
from workorders.states import MessageKind


class OrderMessage(models.Model):
    """Something the household was told about an order: the source of its deliveries (notices). A repairer who is sent anew is told of
    anew, so one kind may stand more than once."""

    order = models.ForeignKey(WorkOrder, models.CASCADE, related_name="messages", verbose_name=_("工单"))
    kind = models.CharField(_("内容"), max_length=10, choices=MessageKind)
    round = models.PositiveSmallIntegerField(_("第几轮"), default=0)
    text = models.CharField(_("说明"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("时间"), db_default=Now())

    class Meta:
        verbose_name = _("工单消息")
        verbose_name_plural = _("工单消息")
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.get_kind_display())
