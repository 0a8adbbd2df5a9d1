"""A deadline missed, in one meaning for statistics and list: met too late, or past and still owed."""

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from workorders.models import OrderClock
from workorders.states import OPEN


def is_missed() -> Q:
    """Of a clock. What ended without being done (取消, 关闭) owes nothing; what stands still is not late."""
    owed = Q(
        met_at__isnull=True, due_at__lt=timezone.now(), order__status__in=sorted(OPEN), order__paused_at__isnull=True
    )
    return Q(late=True) | owed


def is_decided() -> Q:
    """Met, in time or not, or missed: what a rate is counted from."""
    return Q(met_at__isnull=False) | is_missed()


def missed(clock: str) -> Exists:
    """Of an order: this clock was missed in any round."""
    return Exists(OrderClock.objects.filter(is_missed(), order=OuterRef("pk"), clock=clock))
