"""Sample calls of days gone by, about what was done then: as the services would have left them (their log cannot be written for those
days)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from audit.models import User
from owners.models import CallBackAttempt, CallBackTask, ContactRecord
from owners.services.call_backs import APART, MOST_CALLS, TO_CALL, contact_of
from owners.services.contacts import write_contact
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
        if task.unit is not None:
            facts = {"unit": task.unit, "community_id": task.community_id, "at": moment, "handler": by}
            write_contact(ContactRecord(**facts, **contact_of(task, attempt)))
    return task
