"""整改措施 that are told of (R57, R71): their owner on the day they are to be done by and when that day is over, the supervisor when three
working days more have passed; step by step, as core.services.telling says."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from complaints.models import Complaint, ImprovementStep
from complaints.queries.audience import Audience
from complaints.states import ImproveStep
from complaints.working import service_clock
from core import inbox_kinds, log
from core.models import InboxItem
from core.services.inbox import Note
from core.services.telling import BATCH, Told, tell_all

TOLD = log.declare("complaints.complaint.improvement_reminded", lazy("发出整改提醒"))
REMINDER = inbox_kinds.declare(
    "complaints.improvement", lazy("整改措施到期和过期"), demands=True, permission="complaints.view_complaint"
)
SUPERVISOR_AFTER = 3  # working days
BELL = {ImproveStep.DUE: InboxItem.Level.INFO, ImproveStep.OVERDUE: InboxItem.Level.WARNING}

_DUE = """
SELECT id, at FROM complaints_improvementstep
 WHERE told_at IS NULL AND dropped_at IS NULL AND at <= %(now)s AND (at, id) > (%(at)s, %(id)s)
 ORDER BY at, id LIMIT %(batch)s
"""
_CLAIM = """
SELECT s.id FROM complaints_improvementstep s JOIN complaints_complaint o ON o.id = s.complaint_id
 WHERE s.id = ANY(%(ids)s) AND s.told_at IS NULL AND s.dropped_at IS NULL AND s.at <= %(now)s
   AND o.improvement_due IS NOT NULL AND o.improved_on IS NULL
 ORDER BY s.at, s.id
   FOR UPDATE OF s SKIP LOCKED FOR SHARE OF o SKIP LOCKED
"""


def plan(case: Complaint, *, before: date | None) -> None:
    """The steps of the day the case names now, in place of those of the day `before`; what was told of the same day is not told again.
    Whoever calls holds the case's row locked."""
    same = case.improvement_due == before
    steps = case.improvement_steps.filter(told_at__isnull=True) if same else case.improvement_steps.all()
    steps.delete()
    if case.improvement_due is None or case.improved_on is not None:
        return
    told = set(case.improvement_steps.values_list("level", flat=True))
    clock, due = service_clock(case.community), case.improvement_due
    days = {
        ImproveStep.DUE: due, ImproveStep.OVERDUE: due + timedelta(days=1),
        ImproveStep.SUPERVISOR: clock.add_working_days(due, SUPERVISOR_AFTER + 1),
    }  # fmt: skip
    ImprovementStep.objects.bulk_create(
        ImprovementStep(complaint=case, level=level, at=clock.next_working_moment(_morning(day)))
        for level, day in days.items()
        if level not in told
    )


def drop(case: Complaint) -> None:
    case.improvement_steps.filter(told_at__isnull=True, dropped_at__isnull=True).update(dropped_at=timezone.now())


def send_reminders(*, hold: Callable[[], None] = lambda: None, batch: int = BATCH) -> Told:
    """Tells every step that is due now."""
    return tell_all(_Improvements(), hold=hold, batch=batch)


class _Improvements:
    """How improvements are told of. The case itself may be closed long since."""

    due_sql, claim_sql = _DUE, _CLAIM
    kind, action = REMINDER.code, TOLD

    def __init__(self) -> None:
        self.audience = Audience()
        self.parameters: dict[str, Any] = {}

    def rows(self, ids: Sequence[int]) -> QuerySet[ImprovementStep]:
        rows = ImprovementStep.objects.filter(pk__in=ids).select_related(
            "complaint__community__work_calendar", "complaint__topic", "complaint__handler", "complaint__team__leader"
        )
        rows = rows.defer("complaint__facts", "complaint__result", "complaint__phone")
        return rows.prefetch_related("complaint__team__members")

    def share(self, steps: Sequence[ImprovementStep]) -> None:
        """They come with all they need."""

    def telling_time(self, step: ImprovementStep, now: datetime) -> datetime:
        """At work, however grave the case was: what is left of it can wait for the morning."""
        return service_clock(step.complaint.community).next_working_moment(now)

    def people(self, step: ImprovementStep) -> list[User]:
        case = step.complaint
        if step.level == ImproveStep.DUE and days_late(case, timezone.localdate()) > 0:
            # After a standstill the next step says it, and once is enough.
            return []
        if step.level == ImproveStep.SUPERVISOR:
            return self.audience.supervisors_of(case)
        # Months may have passed: whoever has left answers for nothing any more.
        gone = case.handler is not None and not case.handler.is_active
        return self.audience.supervisors_of(case) if gone else self.audience.hands_of(case)

    def notes(self, step: ImprovementStep, people: Sequence[User], now: datetime) -> list[Note]:
        sentence, url = sentence_of(step, timezone.localdate(now)), step.complaint.get_absolute_url()
        level = str(BELL.get(ImproveStep(step.level), InboxItem.Level.URGENT))
        return [Note(person.pk, sentence, url, level, f"complaints.improvementstep:{step.pk}") for person in people]

    def subject(self, step: ImprovementStep) -> Complaint:
        return step.complaint

    def facts(self, step: ImprovementStep, people: list[User]) -> dict[str, Any]:
        told = "、".join(person.display_name for person in people)
        return {"level": step.get_level_display(), "improvement_due": step.complaint.improvement_due, "told": told}

    def follow(self, steps: list[ImprovementStep], now: datetime) -> int:
        return 0


def sentence_of(step: ImprovementStep, today: date) -> str:
    """As it stands now, not as it was planned."""
    case, late = step.complaint, days_late(step.complaint, today)
    if late <= 0:
        return _("整改今天到期：%(case)s") % {"case": case.headline}
    return _("整改已过期 %(n)d 天：%(case)s") % {"n": late, "case": case.headline}


def days_late(case: Complaint, today: date) -> int:
    """What is claimed has a day (_CLAIM)."""
    assert case.improvement_due is not None
    return (today - case.improvement_due).days


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
