"""How a case may end at the desk: a call that is still to be made is not skipped, and silence is no satisfaction."""

from datetime import timedelta

from django.utils import timezone

from complaints.models import Complaint
from complaints.queries.residents import judgement_of
from complaints.states import REOPEN_DAYS, Ending, Status
from owners.models import CallBackTask
from owners.states import CallBackStatus

_SAID: dict[str, str] = {
    CallBackStatus.SATISFIED: Ending.SATISFIED, CallBackStatus.BASICALLY: Ending.BASICALLY,
    CallBackStatus.MISSED: Ending.UNREACHED, CallBackStatus.REFUSED: Ending.REFUSED,
}  # fmt: skip


def call_back_of(case: Complaint) -> CallBackTask | None:
    """The call about the present round."""
    rows = CallBackTask.objects.filter(source_type=Complaint._meta.label_lower, source_id=case.pk, round=case.round)
    return rows.first()


def reopens(case: Complaint) -> bool:
    """Within its days, and only what somebody had taken in hand (services.closing)."""
    if case.accepted_at is None or case.handler_id is None:
        return False
    return case.closed_at is None or timezone.now() <= case.closed_at + timedelta(days=REOPEN_DAYS)


def endings_for(case: Complaint, task: CallBackTask | None) -> list[str]:
    """What the call came to; without one, what the customer said himself. Empty while the call waits, unless he who would be called has
    said it on his own page already: of a major case that does not end it, and he is not asked a second time."""
    if case.anonymous:
        return [Ending.ANONYMOUS]
    if task is None:
        return [Ending.SATISFIED, Ending.BASICALLY]
    said = _SAID.get(task.status) or (judgement_of(case) if case.status == Status.CALLING else "")
    return [said] if said else []
