"""Deadlines of cases that tell (R56, DOMAIN 2.2, 2.3), step by step, as core.services.telling says. 重大 goes up at once besides: the
project manager hears of it the moment it is judged so."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from complaints.models import ClockStep, Complaint
from complaints.queries.audience import Audience
from complaints.services import supervision
from complaints.services.clocks import AT_ONCE, telling_time
from complaints.states import OPEN, Clock, Step
from core import inbox_kinds, log
from core.models import InboxItem
from core.services.inbox import Note
from core.services.telling import BATCH, Told, tell_all
from core.web.due import span

TOLD = log.declare("complaints.complaint.escalated", lazy("发出时限提醒"))
REMINDER = inbox_kinds.declare(
    "complaints.deadline", lazy("投诉时限提醒与升级"), demands=True, permission="complaints.view_complaint"
)
BELL = {Step.REMIND: InboxItem.Level.WARNING}

_DUE = """
SELECT id, at FROM complaints_clockstep
 WHERE told_at IS NULL AND dropped_at IS NULL AND at <= %(now)s AND (at, id) > (%(at)s, %(id)s)
 ORDER BY at, id LIMIT %(batch)s
"""
_CLAIM = """
SELECT s.id FROM complaints_clockstep s
  JOIN complaints_complaintclock c ON c.id = s.clock_id
  JOIN complaints_complaint o ON o.id = c.complaint_id
 WHERE s.id = ANY(%(ids)s) AND s.told_at IS NULL AND s.dropped_at IS NULL AND s.at <= %(now)s
   AND c.met_at IS NULL AND c.dropped_at IS NULL AND o.status = ANY(%(open)s)
 ORDER BY s.at, s.id
   FOR UPDATE OF s SKIP LOCKED FOR SHARE OF o SKIP LOCKED
"""


class _Cases:
    """How cases are told of."""

    due_sql, claim_sql, parameters = _DUE, _CLAIM, {"open": sorted(OPEN)}
    kind, action = REMINDER.code, TOLD

    def __init__(self) -> None:
        self.audience = Audience()

    def rows(self, ids: Sequence[int]) -> QuerySet[ClockStep]:
        rows = ClockStep.objects.filter(pk__in=ids).select_related(
            "clock__complaint__community__work_calendar", "clock__complaint__topic", "clock__complaint__handler",
            "clock__complaint__team__leader",
        )  # fmt: skip
        # Free text and the encrypted number are not looked at: reading them costs more than the rest.
        rows = rows.defer("clock__complaint__facts", "clock__complaint__result", "clock__complaint__phone")
        return rows.prefetch_related("clock__complaint__team__members")

    def share(self, steps: Sequence[ClockStep]) -> None:
        """There are never thousands of them at once: they come with all they need."""

    def telling_time(self, step: ClockStep, now: datetime) -> datetime:
        case = step.clock.complaint
        return now if case.level in AT_ONCE else telling_time(case, now)

    def people(self, step: ClockStep) -> list[User]:
        return self.audience.of(step.clock.complaint, step.clock.clock, step.level)

    def notes(self, step: ClockStep, people: Sequence[User], now: datetime) -> list[Note]:
        sentence, url = sentence_of(step, now), step.clock.complaint.get_absolute_url()
        level = BELL.get(Step(step.level), InboxItem.Level.URGENT)
        return [Note(person.pk, sentence, url, level, f"complaints.clockstep:{step.pk}") for person in people]

    def subject(self, step: ClockStep) -> Complaint:
        return step.clock.complaint

    def facts(self, step: ClockStep, people: list[User]) -> dict[str, Any]:
        return {
            "clock": Clock(step.clock.clock).label,
            "level": Step(step.level).label,
            "told": "、".join(person.display_name for person in people),
        }

    def follow(self, steps: list[Any], now: datetime) -> int:
        """督办 by the region, which is told of what is at twice its time."""
        return supervision.demand_answers([step for step in steps if step.level == Step.REGION], now)


def send_reminders(*, hold: Callable[[], None] = lambda: None, batch: int = BATCH) -> Told:
    """Tells every step that is due now."""
    return tell_all(_Cases(), hold=hold, batch=batch)


def sentence_of(step: ClockStep, now: datetime) -> str:
    """As it stands now, not as it was planned."""
    case, clock = step.clock.complaint, Clock(step.clock.clock).label
    words = case.headline
    if now <= step.clock.due_at:
        return _("%(clock)s时限剩 %(left)s：%(case)s") % {
            "clock": clock, "case": words, "left": span(step.clock.due_at - now),
        }  # fmt: skip
    late = {"clock": clock, "case": words, "late": span(now - step.clock.due_at)}
    if step.level == Step.REGION:
        return _("%(clock)s超时 %(late)s，已督办：%(case)s") % late
    return _("%(clock)s超时 %(late)s：%(case)s") % late
