"""The repairer reaches the household: the full number, shown to whoever is at the order, and written down each time."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as lazy

from core import log
from workorders.models import WorkOrder

NUMBER_SHOWN = log.declare("workorders.workorder.number_shown", lazy("查看了报事人电话"), sensitive=True)


@transaction.atomic
def show_number(order: WorkOrder, *, by: Any) -> str:
    """The caller has made sure that this person is at the order (queries.doing.may_call)."""
    log.record(NUMBER_SHOWN, order, by=by)
    return str(order.reporter_phone)
