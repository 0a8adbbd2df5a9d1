"""归档 by itself (R44): the owner is satisfied, or three call-backs found nobody, or seven days passed without a word. What nobody rated
stays 未评价; silence never becomes five stars."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.actors import SYSTEM
from core.errors import BusinessError
from owners.models import CallBackTask
from owners.states import CallBackStatus
from workorders.models import Rating, WorkOrder
from workorders.services.after import archive_order
from workorders.states import Status

SILENCE = timedelta(days=7)
SATISFIED_FROM = 4
LABEL = WorkOrder._meta.label_lower


def _call_backs(status: str) -> Exists:
    return Exists(
        CallBackTask.objects.filter(
            source_type=LABEL, source_id=OuterRef("pk"), round=OuterRef("rework_count"), status=status
        )
    )


def ready(now: datetime) -> list[tuple[QuerySet[WorkOrder], str]]:
    """Finished orders that may be laid aside, with the reason that stands in their record. While a call is still to be made, and after
    a bad answer, they wait for people."""
    rated = Rating.objects.filter(order=OuterRef("pk"), round=OuterRef("rework_count"))
    done = WorkOrder.objects.filter(status=Status.DONE).exclude(_call_backs(CallBackStatus.WAITING))
    done = done.exclude(_call_backs(CallBackStatus.UNSATISFIED)).order_by("completed_at", "pk")
    silent = done.exclude(Exists(rated)).filter(completed_at__lt=now - SILENCE)
    return [
        (done.filter(_call_backs(CallBackStatus.SATISFIED)), _("回访满意")),
        (done.filter(_call_backs(CallBackStatus.BASICALLY)), _("回访基本满意")),
        (done.filter(Exists(rated.filter(stars__gte=SATISFIED_FROM))), _("业主满意")),
        (done.filter(_call_backs(CallBackStatus.MISSED)), _("三次回访未接通")),
        (silent, _("完工 7 天未评价")),
    ]


def archive_ready(limit: int = 2000) -> int:
    """Archives what is ready, one transaction each; returns how many. An order somebody reworks meanwhile stays."""
    count = 0
    for rows, reason in ready(timezone.now()):
        for order in rows[:limit]:
            try:
                archive_order(order, by=SYSTEM, reason=reason)
            except BusinessError:
                continue
            count += 1
    return count
