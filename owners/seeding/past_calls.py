"""Sample calls of days gone by, about what was done then: as the services would have left them (their log cannot be written for those
days)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from audit.models import User
from core.models import DictItem
from owners.models import CallBackAttempt, CallBackTask, ContactRecord, ContactWay, TimelineEntry
from owners.services import timeline
from owners.services.call_backs import APART, MOST_CALLS, TO_CALL
from owners.states import CallBackOutcome, CallBackStatus, CallWay


def called(
    source: Any, *, title: str, cause: str, by: User, at: datetime, outcome: str, text: str = "", handlers: Iterable[int] = (),
    round: int = 0, follow: str = "",
) -> CallBackTask:  # fmt: skip
    """The call that ended at `at`, about something with a place and an owner; nobody answers three times before it is given up."""
    unanswered = outcome == CallBackOutcome.NO_ANSWER
    tries = [at - APART * left for left in reversed(range(MOST_CALLS if unanswered else 1))]
    planned = tries[0] - timedelta(minutes=40)
    task = CallBackTask.objects.create(
        community_id=source.community_id, building_id=source.building_id, unit=source.unit, owner=source.owner,
        source_type=source._meta.label_lower, source_id=source.pk, round=round, title=title[:120], cause=cause,
        handlers=sorted(set(handlers)), status=CallBackStatus.MISSED if unanswered else outcome, planned_at=planned, due_at=planned,
        late_at=planned + TO_CALL, attempts=len(tries), created_at=planned, closed_at=at, closed_by=by, way=CallWay.PHONE,
        result=text, follow=follow,
    )  # fmt: skip
    for moment in tries:
        attempt = CallBackAttempt.objects.create(task=task, at=moment, by=by, outcome=outcome, text=text)
        _told(task, attempt)
    return task


def _told(task: CallBackTask, attempt: CallBackAttempt) -> None:
    """On the household's file, as owners.services.contacts writes it."""
    if task.unit is None:
        return
    content = _("回访：%(title)s") % {"title": task.title}
    result = "，".join(part for part in (str(attempt.get_outcome_display()), attempt.text) if part)
    subject = DictItem.objects.get(type__code="contact_subject", code="call_back")
    row = ContactRecord.objects.create(
        unit=task.unit, community_id=task.community_id, owner=task.owner, at=attempt.at, way=ContactWay.CALL_OUT, subject=subject,
        content=content, result=result[:200], handler=attempt.by, source_type=task._meta.label_lower, source_id=task.pk,
    )  # fmt: skip
    sentence, detail = f"{row.get_way_display()}，{subject}", f"{content}，{result}"
    timeline.note_unit(
        [task.unit.pk],
        sentence,
        owner=task.owner,
        kind=TimelineEntry.Kind.CONTACT,
        detail=detail,
        source=row,
        at=attempt.at,
    )
