"""What waits in the inbox of conversations."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Enquiry
from dashboard.queries import EXACT_UP_TO, Figure


def waiting(user: Any) -> Figure:
    """Questions nobody has answered, and how many of them have waited too long."""
    rows = Enquiry.objects.visible_to(user, "complaints.view_enquiry").waiting().order_by()
    late = rows.filter(due_at__lt=timezone.now())[: EXACT_UP_TO + 1].count()
    note = _("其中 %(n)d 个已超时") % {"n": late} if late else _("服务时间内 30 分钟答复")
    return Figure(rows[: EXACT_UP_TO + 1].count(), f"{reverse('complaints:enquiry_list')}?group=waiting", note)
