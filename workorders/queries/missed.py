"""A deadline missed, in one meaning for statistics and list: met too late, or past and still owed.

What was met, and what too late, stands on the order (met_clocks, late_clocks), where it is counted by the million. What is owed depends
on the moment, and is asked of the clocks of the orders that are overdue: there are never very many of them.
"""

from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import GreaterThan, IsNull
from django.utils import timezone

from core.web.searching import Meaning, any_of
from workorders.models import OrderClock, WorkOrder
from workorders.states import CLOCK_BITS


def has(field: str, clock: str, *, at: str = "") -> Q:
    """Whether the clock's bit is set; `at` leads to the order."""
    return Q(GreaterThan(F(f"{at}{field}").bitand(CLOCK_BITS[clock]), 0))


def owed(orders: Any) -> QuerySet[OrderClock]:
    """Clocks of these orders that are past and not met, one of a kind for each order: those of earlier rounds were all met. What ended
    without being done (取消, 关闭) owes nothing; what stands still is not late."""
    now = timezone.now()
    overdue = orders.overdue(now).order_by().values("pk")
    return OrderClock.objects.filter(
        order__in=overdue, met_at__isnull=True, due_at__lt=now, round=F("order__rework_count")
    )


def missing(rows: Any, clock: str) -> Any:
    """Of these orders those that missed this clock in any round. What is still owed is a scalar where rows are looked through: of a list
    PostgreSQL would make all twenty thousand clocks first."""
    now = timezone.now()
    late = OrderClock.objects.order_by().filter(
        order=OuterRef("pk"), clock=clock, met_at__isnull=True, due_at__lt=now, round=OuterRef("rework_count")
    )
    is_owed = Q(IsNull(Subquery(late.values("pk")[:1]), False))
    of_clocks = Q(pk__in=owed(rows).filter(clock=clock).order_by().values("order"))
    still_owed = Meaning(of_clocks, WorkOrder.objects.all().is_overdue(now) & is_owed)
    return any_of(rows, [Meaning.of(has("late_clocks", clock)), still_owed])
