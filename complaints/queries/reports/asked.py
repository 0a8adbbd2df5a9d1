"""What a report is asked for, and the cases that are counted: those the list shows this person for the same question."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.policies import VIEW
from complaints.queries.reports.dimensions import Dimension, query_of
from complaints.states import Kind
from core.addresses import list_address
from core.web.periods import Period
from properties.models import Community, Unit, UnitKind

LIST = "complaints:complaint_list"


@dataclass(frozen=True)
class Asked:
    """Cases taken in within the period; of one community or of all in reach, of one kind or of all."""

    period: Period
    community: Community | None = None
    kind: str = Kind.COMPLAINT

    def base(self) -> dict[str, Any]:
        """The list behind all of them."""
        found: dict[str, Any] = {
            "group": "all", "received_at_after": self.period.start, "received_at_before": self.period.end,
        }  # fmt: skip
        found |= {"community": self.community.pk} if self.community else {}
        return found | ({"kind": self.kind} if self.kind else {})

    @property
    def kind_word(self) -> str:
        return str(Kind(self.kind).label) if self.kind else _("全部性质")

    def within(self, period: Period) -> "Asked":
        return replace(self, period=period)

    def of_kind(self, kind: str) -> "Asked":
        return replace(self, kind=kind)

    def rows(self, user: Any) -> QuerySet[Complaint]:
        start, end = first_moment(self.period.start), first_moment(self.period.end + timedelta(days=1))
        rows: Any = Complaint.objects.visible_to(user, VIEW).filter(received_at__gte=start, received_at__lt=end)
        rows = rows.filter(community=self.community) if self.community else rows
        found: QuerySet[Complaint] = rows.filter(kind=self.kind) if self.kind else rows
        return found.order_by()

    def months(self) -> list[datetime]:
        """The first moments of the months that are touched."""
        first, last = self.period.start, self.period.end
        numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return [first_moment(date(number // 12, number % 12 + 1, 1)) for number in numbers]

    def households(self, user: Any) -> QuerySet[Unit]:
        """The homes in use where the cases come from (户数)."""
        rows: Any = Unit.objects.visible_to(user, VIEW).active().filter(kind=UnitKind.HOME)
        found: QuerySet[Unit] = rows.filter(community=self.community) if self.community else rows
        return found.order_by()

    def query(self, *values: tuple[Dimension, Any], **more: Any) -> dict[str, Any]:
        """What the list is asked for these values together."""
        found, blank = self.base(), []
        for by, key in values:
            part = query_of(by, key, self.period.start, self.period.end)
            blank += part.pop("blank", [])
            found |= part
        return found | ({"blank": blank} if blank else {}) | more


def list_url(query: dict[str, Any] | None, **more: Any) -> str:
    """The list that adds up to a figure; "" where there is none."""
    if query is None:
        return ""
    return list_address(LIST, query | more)


def first_moment(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
