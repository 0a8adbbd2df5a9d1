"""Calling back (R72): planned by the floors above after something was done, or by a plan; called by somebody who did not do it, three
times at most."""

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
from owners import call_back_sources, signals
from owners.models import CallBackAttempt, CallBackFollow, CallBackTask, ContactWay, Owner
from owners.models.call_backs import RAISED
from owners.queries.call_backs import ASSIGN, reaches
from owners.services.contacts import record_contact
from owners.services.portrait import verify_owner
from owners.states import CallBackCause, CallBackOutcome, CallBackStatus, CallWay, outcomes_of
from properties.models import Unit

CALLED = log.declare("owners.callbacktask.called", lazy("登记了回访"))
LED = log.declare("owners.callbacktask.led", lazy("由回访转出"))
MOST_CALLS = 3
# Three calls within an hour are one call: nobody was at the telephone.
APART = timedelta(hours=2)
# 完工后 24–72 h (DOMAIN 2.6): two days from when it may be called.
TO_CALL = timedelta(days=2)
_WAYS: dict[str, str] = {
    CallWay.PHONE: ContactWay.CALL_OUT, CallWay.MESSAGE: ContactWay.MESSAGE, CallWay.VISIT: ContactWay.VISIT,
}  # fmt: skip
_SUBJECTS: dict[str, str] = {CallBackCause.VERIFY: "verification", CallBackCause.CARE: "care"}


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
            "title": title[:120], "cause": cause, "planned_at": due_at, "due_at": due_at, "late_at": due_at + TO_CALL,
            "community_id": community_id, "building_id": building_id, "unit": unit, "owner": owner,
            "handlers": sorted(set(handlers)),
        },
    )  # fmt: skip
    if not made and cause == CallBackCause.LOW:
        waiting = CallBackTask.objects.filter(pk=found.pk, status=CallBackStatus.WAITING)
        sooner = {name: models.functions.Least(name, models.Value(due_at)) for name in ("planned_at", "due_at")}
        waiting.update(cause=cause, late_at=models.functions.Least("late_at", models.Value(due_at + TO_CALL)), **sooner)
        found.refresh_from_db()
    return found


@transaction.atomic
def record_call_back(
    task: CallBackTask, *, by: Any, outcome: str, text: str = "", way: str = CallWay.PHONE, follow: str = ""
) -> CallBackTask:
    """One call. Reached, or the third time nobody answered, it is closed. `follow` is what an unhappy household leads to, one of
    call_back_sources.follows; the first of them when nobody has chosen. Raises BadValue, BusinessError."""
    _hold(task.source_type, task.source_id)
    task = CallBackTask.objects.select_for_update(of=("self",)).select_related("unit", "owner", "plan").get(pk=task.pk)
    now = timezone.now()
    follow = _checked(task, by, outcome, text, follow, now)
    attempt = CallBackAttempt(task=task, at=now, by_id=by.actor_id, way=way, outcome=outcome, text=text)
    save(attempt)
    task.attempts += 1
    _close_or_wait(task, attempt, by, now)
    task.follow = follow
    task.save()
    if task.unit is not None:
        _note_contact(task, attempt, by)
    if task.status == CallBackStatus.CONFIRMED and task.owner is not None:
        verify_owner(task.owner, by=by, remark=_("回访核验：%(title)s") % {"title": task.title})
    log.record(CALLED, task, by=by, changes={"outcome": attempt.get_outcome_display(), "attempts": task.attempts})
    if not task.is_waiting:
        signals.call_back_closed.send(CallBackTask, task=task, attempt=attempt, by=by, follow=follow)
    return task


def _checked(task: CallBackTask, by: Any, outcome: str, text: str, follow: str, now: datetime) -> str:
    """What follows, "" when nothing does."""
    if not task.is_waiting:
        raise BusinessError(_("这条回访已结束：%(state)s") % {"state": task.get_status_display()})
    if by.actor_id in task.handlers:
        raise BusinessError(_("做这件事的人不能自己回访"), _("请换一位同事拨打"))
    if task.assignee_id not in (None, by.actor_id) and not reaches(by, ASSIGN, task):
        raise BusinessError(_("这条回访由%(who)s负责") % {"who": task.assignee})
    if outcome not in outcomes_of(task.cause):
        raise BadValue(_("请选择这类回访的结果"), field="outcome")
    if outcome == CallBackOutcome.NO_ANSWER and task.due_at > now:
        at = formats.date_format(timezone.localtime(task.due_at), "DATETIME_FORMAT")
        raise BusinessError(_("三次回访要在不同时间，请在 %(at)s 后再打") % {"at": at}, field="outcome")
    if outcome == CallBackOutcome.UNSATISFIED and not text.strip():
        raise BadValue(_("请写下业主不满意的原因"), field="text")
    if outcome == CallBackOutcome.CHANGED and not text.strip():
        raise BadValue(_("请写下哪些信息变了"), field="text")
    offered = [choice.code for choice in call_back_sources.follows(task, by)]
    if outcome != CallBackOutcome.UNSATISFIED or not offered:
        return ""
    if follow and follow not in offered:
        raise BadValue(_("现在不能这样处理，请重新选择"), field="follow")
    return follow or offered[0]


def withdraw_call_backs(source: models.Model) -> int:
    """Those that still wait need not be made any more (返工: it is done again, and asked about then)."""
    rows = CallBackTask.objects.filter(
        source_type=source._meta.label_lower, source_id=source.pk, status=CallBackStatus.WAITING
    )
    return rows.update(status=CallBackStatus.WITHDRAWN, closed_at=timezone.now())


@transaction.atomic
def note_follow(task: CallBackTask, made: models.Model, *, by: Any, label: str) -> CallBackFollow:
    """A floor above has made something of what was heard; both pages show the other."""
    row = CallBackFollow(
        task=task, source_type=made._meta.label_lower, source_id=made.pk, label=label[:60], by_id=user_id(by)
    )
    save(row)
    CallBackTask.objects.filter(pk=task.pk, follow="").update(follow=RAISED)
    log.record(LED, task, by=by, changes={"to": label})
    return row


def _close_or_wait(task: CallBackTask, attempt: CallBackAttempt, by: Any, now: datetime) -> None:
    if attempt.outcome == CallBackOutcome.NO_ANSWER:
        task.due_at = _next_try(task, now + APART)
        if task.attempts < MOST_CALLS:
            return
        task.status = CallBackStatus.MISSED
    else:
        task.status = CallBackStatus(attempt.outcome)
    task.closed_at, task.closed_by_id, task.result, task.way = now, user_id(by), attempt.text, attempt.way


def _next_try(task: CallBackTask, at: datetime) -> datetime:
    """A plan says between which hours people are called."""
    if task.plan is None:
        return at
    local = timezone.localtime(at)
    start = local.replace(hour=task.plan.window_from.hour, minute=task.plan.window_from.minute, second=0, microsecond=0)
    if local.time() >= task.plan.window_until:
        return start + timedelta(days=1)
    return max(local, start)


def _note_contact(task: CallBackTask, attempt: CallBackAttempt, by: Any) -> None:
    """On the file of the household as a conversation, which is where people look for it."""
    assert task.unit is not None
    record_contact(task.unit, by=by, **contact_of(task, attempt))


def contact_of(task: CallBackTask, attempt: CallBackAttempt) -> dict[str, Any]:
    """How a call reads as a conversation with the household."""
    result = "，".join(part for part in (str(attempt.get_outcome_display()), attempt.text) if part)
    return {
        "way": _WAYS[attempt.way], "owner": task.owner, "content": _("回访：%(title)s") % {"title": task.title}, "result": result[:200],
        "subject": DictItem.objects.get(type__code="contact_subject", code=_SUBJECTS.get(task.cause, "call_back")),
        "source_type": task._meta.label_lower, "source_id": task.pk,
    }  # fmt: skip
