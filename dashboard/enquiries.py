"""What waits in the inbox of conversations: the card of the workbench and the red count of the menu."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Enquiry
from dashboard.queries import EXACT_UP_TO, Figure


def waiting_rows(user: Any, community: Any = None) -> QuerySet[Enquiry]:
    """Questions nobody has answered."""
    rows: QuerySet[Enquiry] = Enquiry.objects.visible_to(user, "complaints.view_enquiry").waiting().order_by()
    return rows.filter(community=community) if community is not None else rows


def waiting(user: Any) -> Figure:
    """How many, and how many of them have waited too long."""
    rows = waiting_rows(user)
    late = rows.filter(due_at__lt=timezone.now())[: EXACT_UP_TO + 1].count()
    note = _("其中 %(n)d 个已超时") % {"n": late} if late else _("服务时间内 30 分钟答复")
    return Figure(rows[: EXACT_UP_TO + 1].count(), f"{reverse('complaints:enquiry_list')}?group=waiting", note)
