"""The cases of today were dealt with in the hours since they came in; the services that wrote them know only the moment of the seeding, and
their report would tell of a company that answers nobody in time."""

from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from complaints.models import Complaint
from complaints.services import clocks
from complaints.states import Clock

# Of so many cases one was left lying.
SLOW_ONE_IN, SLOWER = 9, 6


def as_it_was(case: Complaint, dice: Random, now: datetime) -> None:
    """Moments between the first word and now, in the order of the seven steps; what the clocks say follows from them."""
    case.refresh_from_db()
    if case.accepted_at is None:
        return
    at, slow = case.received_at, SLOWER if dice.randrange(SLOW_ONE_IN) == 0 else 1

    def after(minutes: int) -> datetime:
        return min(at + timedelta(minutes=minutes), now - timedelta(minutes=1))

    accept = dice.randint(4, 13 if case.is_major else 24) * slow
    first = accept + dice.randint(5, 14 if case.is_major else 60) * slow
    case.accepted_at = after(accept)
    case.assigned_at = case.assigned_at and after(accept + 4)
    case.first_answer_at = case.first_answer_at and after(first)
    case.reported_at = case.reported_at and at + (now - at) * 0.6
    case.answered_at = case.answered_at and at + (now - at) * 0.7
    case.save(update_fields=["accepted_at", "assigned_at", "first_answer_at", "reported_at", "answered_at"])
    _answers(case)
    done = {
        Clock.ACCEPT: case.accepted_at, Clock.FIRST_ANSWER: case.first_answer_at, Clock.COMPLETION: case.answered_at,
    }  # fmt: skip
    for row in case.clocks.filter(round=0, clock__in=done, met_at__isnull=False):
        met = done[Clock(row.clock)] or now
        row.met_at, row.late = met, met > row.due_at
        row.save(update_fields=["met_at", "late"])
    clocks.refresh(case)


def _answers(case: Complaint) -> None:
    for row in case.answers.all():
        row.at = (case.answered_at if row.final else case.first_answer_at) or timezone.now()
        row.save(update_fields=["at"])
