"""What an edit of a working calendar would move: the open deadlines of cases that count by its hours or days."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint, ComplaintClock
from complaints.policies import VIEW
from complaints.states import OPEN, Basis, Clock
from complaints.working import by_calendar
from core.calendar.affected import Affected, Moved
from core.calendar.clock import NoWorkingTime, WorkClock
from core.models import WorkCalendar
from properties.models import Community
from properties.queries.calendars import communities_moved

SHOWN = 8
Change = tuple[int, str, datetime, datetime]


def affected_deadlines(
    calendar: WorkCalendar, new: WorkClock, *, user: Any, community: Community | None = None, unnamed: bool = False
) -> Affected | None:
    """All of them are counted; of the nearest ones those are shown that the reader may see."""
    if calendar.pk is None:
        return None
    rows = ComplaintClock.objects.filter(
        complaint__community__in=communities_moved(calendar, community=community, unnamed=unnamed),
        complaint__status__in=sorted(OPEN), met_at__isnull=True, dropped_at__isnull=True, given_at__isnull=True,
    ).exclude(basis=Basis.ROUND)  # fmt: skip
    moved: list[Change] = []
    for case, clock, basis, starts_at, amount, due_at in rows.order_by("due_at").values_list(
        "complaint_id", "clock", "basis", "starts_at", "amount", "due_at"
    ):
        due = _due(new, basis, starts_at, amount)
        if due is not None and due != due_at:
            moved.append((case, clock, due_at, due))
    return Affected(_("投诉时限"), len(moved), _shown(moved, user)) if moved else None


def _due(clock: WorkClock, basis: str, starts_at: datetime, amount: int) -> datetime | None:
    try:
        return by_calendar(clock, basis, starts_at, amount)
    except NoWorkingTime:
        return None


def _shown(moved: list[Change], user: Any) -> tuple[Moved, ...]:
    if user is None:  # only counts are told
        return ()
    mine = Complaint.objects.visible_to(user, VIEW).filter(pk__in=[row[0] for row in moved[:200]])
    cases = {case.pk: case for case in mine.select_related("community")}
    rows = [row for row in moved if row[0] in cases][:SHOWN]
    return tuple(
        Moved(f"{cases[pk].full_number} {Clock(clock).label}", old, new, cases[pk].get_absolute_url())
        for pk, clock, old, new in rows
    )
