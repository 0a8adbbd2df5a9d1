"""What 地产公司 or a third party promised to answer by a day (DOMAIN 2.3: the property company tracks it and stays the one who answers)."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.states import IN_HAND, PARTNERS


def waiting(rows: Any) -> Any:
    """Cases in hand whose partner has named a day."""
    return rows.filter(partner_due__isnull=False, responsibility__in=sorted(PARTNERS), status__in=sorted(IN_HAND))


def overdue(rows: Any, today: date) -> Any:
    return waiting(rows).filter(partner_due__lt=today)


def days_over(case: Complaint, today: date) -> int:
    """0 while the day is not over, and once the answer has been reported back."""
    if case.partner_due is None or case.status not in IN_HAND:
        return 0
    return max((today - case.partner_due).days, 0)


def promise_words(case: Complaint, today: date) -> str:
    """2026-12-01，已过期 3 天; "" where nobody named a day."""
    if case.partner_due is None:
        return ""
    late = days_over(case, today)
    return f"{case.partner_due}，" + _("已过期 %(n)d 天") % {"n": late} if late else str(case.partner_due)
