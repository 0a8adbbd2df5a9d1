"""Calling back (R72): planned by the floors above after something was done, called by somebody who did not do it, three times at most."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import locks, log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import DictItem
from owners import signals
from owners.models import CallBackAttempt, CallBackTask, ContactWay, Owner
from owners.services.contacts import record_contact
from owners.states import CallBackCause, CallBackOutcome, CallBackStatus
from properties.models import Unit

CALLED = log.declare("owners.callbacktask.called", lazy("登记了回访"))
MOST_CALLS = 3
# Three calls within an hour are one call: nobody was at the telephone.
APART = timedelta(hours=2)


def hold_call_backs(source: models.Model) -> None:
    """Whoever changes what a call-back is about takes this before any row: a call locks task and source in that order, a change of
    the source the other way round, and each would wait for the other."""
    _hold(source._meta.label_lower, source.pk)


def _hold(source_type: str, source_id: int) -> None:
    locks.hold(f"owners.callbacktask:{source_type}", source_id)


@transaction.atomic
def plan_call_back(
    source: models.Model, *, title: str, cause: str, due_at: datetime, community_id: int, building_id: int | None = None,
    unit: Unit | None = None, owner: Owner | None = None, handlers: Iterable[int] = (), round: int = 0,
) -> CallBackTask:  # fmt: skip
    """One for each source and round. A bad rating brings one that still waits forward and says why."""
    key = {"source_type": source._meta.label_lower, "source_id": source.pk, "round": round}
    found, made = CallBackTask.objects.get_or_create(
        **key,
        defaults={
            "title": title[:120], "cause": cause, "due_at": due_at, "community_id": community_id, "building_id": building_id,
            "unit": unit, "owner": owner, "handlers": sorted(set(handlers)),
        },
    )  # fmt: skip
    if not made and cause == CallBackCause.LOW:
        waiting = CallBackTask.objects.filter(pk=found.pk, status=CallBackStatus.WAITING)
        waiting.update(cause=cause, due_at=models.functions.Least("due_at", models.Value(due_at)))
        found.refresh_from_db()
    return found


@transaction.atomic
def record_call_back(task: CallBackTask, *, by: Any, outcome: str, text: str = "") -> CallBackTask:
    """One call. Reached, or the third time nobody answered, it is closed. Raises BadValue, BusinessError."""
    _hold(task.source_type, task.source_id)
    task = CallBackTask.objects.select_for_update(of=("self",)).select_related("unit", "owner").get(pk=task.pk)
    now = timezone.now()
    if not task.is_waiting:
        raise BusinessError(_("这条回访已结束：%(state)s") % {"state": task.get_status_display()})
    if by.actor_id in task.handlers:
        raise BusinessError(_("做这件事的人不能自己回访"), _("请换一位同事拨打"))
    if outcome == CallBackOutcome.NO_ANSWER and task.due_at > now:
        at = formats.date_format(timezone.localtime(task.due_at), "DATETIME_FORMAT")
        raise BusinessError(_("三次回访要在不同时间，请在 %(at)s 后再打") % {"at": at}, field="outcome")
    if outcome == CallBackOutcome.UNSATISFIED and not text.strip():
        raise BadValue(_("请写下业主不满意的原因"), field="text")
    attempt = CallBackAttempt(task=task, at=now, by_id=by.actor_id, outcome=outcome, text=text)
    save(attempt)
    task.attempts += 1
    _close_or_wait(task, attempt, by, now)
    task.save()
    if task.unit is not None:
        _note_contact(task, attempt, by)
    log.record(CALLED, task, by=by, changes={"outcome": attempt.get_outcome_display(), "attempts": task.attempts})
    if not task.is_waiting:
        signals.call_back_closed.send(CallBackTask, task=task, attempt=attempt, by=by)
    return task


def withdraw_call_backs(source: models.Model) -> int:
    """Those that still wait need not be made any more (返工: it is done again, and asked about then)."""
    rows = CallBackTask.objects.filter(
        source_type=source._meta.label_lower, source_id=source.pk, status=CallBackStatus.WAITING
    )
    return rows.update(status=CallBackStatus.WITHDRAWN, closed_at=timezone.now())


def _close_or_wait(task: CallBackTask, attempt: CallBackAttempt, by: Any, now: datetime) -> None:
    if attempt.outcome == CallBackOutcome.NO_ANSWER:
        task.due_at = now + APART
        if task.attempts < MOST_CALLS:
            return
        task.status = CallBackStatus.MISSED
    else:
        task.status = CallBackStatus(attempt.outcome)
    task.closed_at, task.closed_by_id, task.result = now, user_id(by), attempt.text


def _note_contact(task: CallBackTask, attempt: CallBackAttempt, by: Any) -> None:
    """On the file of the household as a conversation, which is where people look for it."""
    assert task.unit is not None
    subject = DictItem.objects.get(type__code="contact_subject", code="call_back")
    content = _("回访：%(title)s") % {"title": task.title}
    result = "，".join(part for part in (str(attempt.get_outcome_display()), attempt.text) if part)
    record_contact(
        task.unit, by=by, way=ContactWay.CALL_OUT, subject=subject, content=content, owner=task.owner,
        result=result[:200], source_type=task._meta.label_lower, source_id=task.pk,
    )  # fmt: skip
