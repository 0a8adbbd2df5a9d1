"""Whose a call-back is: taken by whoever has time, or given by whoever leads; taken once, however many press at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import inbox_kinds, log
from core.errors import BusinessError, OutOfScope
from core.models import InboxItem
from core.services.inbox import notify
from owners.models import CallBackTask
from owners.queries.call_backs import ASSIGN, CALL, reaches

TAKEN = log.declare("owners.callbacktask.taken", lazy("认领了回访"))
RELEASED = log.declare("owners.callbacktask.released", lazy("退回了回访"))
ASSIGNED = log.declare("owners.callbacktask.assigned", lazy("分配了回访"))
GIVEN = inbox_kinds.declare("owners.call_back", lazy("分配给我的回访"), demands=True, permission=CALL)
MINE = "owners:callback_list"


@dataclass
class Shared:
    """What became of many: `given`, and `skipped` with the reason of each."""

    given: list[CallBackTask] = field(default_factory=list)
    skipped: list[tuple[CallBackTask, str]] = field(default_factory=list)


@transaction.atomic
def take_call_back(task: CallBackTask, *, by: Any) -> CallBackTask:
    """认领. Of two who take it at once one has it and the other is told who. Raises BusinessError."""
    row = _locked(task)
    if row.assignee_id == by.actor_id:
        return row
    why = why_not(row, by)
    if why or row.assignee_id is not None:
        raise BusinessError(why or _("已由%(who)s认领") % {"who": row.assignee})
    _give(row, by, TAKEN, by)
    return row


@transaction.atomic
def release_call_back(task: CallBackTask, *, by: Any, reason: str) -> CallBackTask:
    """退回: anybody may take it again. Raises BusinessError."""
    row = _locked(task)
    if not row.is_waiting or row.assignee_id is None:
        raise BusinessError(_("这条回访现在不用退回"))
    if row.assignee_id != by.actor_id and not reaches(by, ASSIGN, row):
        raise BusinessError(_("这条回访由%(who)s负责") % {"who": row.assignee})
    take_from(row, by=by, reason=reason)
    return row


def take_from(row: CallBackTask, *, by: Any, reason: str = "") -> None:
    """Nobody has it in hand any more."""
    before, row.assignee = row.assignee, None
    row.save(update_fields=["assignee"])
    log.record(RELEASED, row, by=by, changes={"assignee": [before, None]}, reason=reason)


@transaction.atomic
def assign_call_backs(tasks: Sequence[CallBackTask], *, by: Any, to: Any) -> Shared:
    """分配, one or many, to a colleague who may call where they stand and may open what they are about; he is told once. Raises
    OutOfScope."""
    if not to.has_perm(CALL):
        raise OutOfScope(_("%(who)s不能登记回访") % {"who": to})
    shared, keys = Shared(), [task.pk for task in tasks]
    rows = CallBackTask.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    locked = list(rows.select_related("assignee").order_by("pk"))
    # Asked with the rows locked: what becomes confidential meanwhile has to wait for them, or was waited for.
    his = set(CallBackTask.objects.visible_to(to, CALL).filter(pk__in=keys).values_list("pk", flat=True))
    for row in locked:
        why = why_not(row, to) if row.pk in his else _why_not_his(row, to)
        if why:
            shared.skipped.append((row, why))
        elif row.assignee_id != to.pk:
            _give(row, to, ASSIGNED, by)
            shared.given.append(row)
    if shared.given and to.pk != by.actor_id:
        _tell(to, shared.given)
    return shared


def why_not(task: CallBackTask, person: Any) -> str:
    """Why he cannot have it, "" when he can."""
    if not task.is_waiting:
        return _("已结束：%(state)s") % {"state": task.get_status_display()}
    return _("做这件事的人不能自己回访") if person.actor_id in task.handlers else ""


def _why_not_his(row: CallBackTask, person: Any) -> str:
    """Of what is closed to him not the reason: that it is about him is for those to know who may open it."""
    where = _("不在%(who)s的数据范围内") if not reaches(person, CALL, row) else _("不能分配给%(who)s")
    return where % {"who": person}


def _locked(task: CallBackTask) -> CallBackTask:
    return CallBackTask.objects.select_for_update(of=("self",)).select_related("assignee").get(pk=task.pk)


def _give(row: CallBackTask, to: Any, action: str, by: Any) -> None:
    before, row.assignee = row.assignee, to
    row.save(update_fields=["assignee"])
    log.record(action, row, by=by, changes={"assignee": [before, to]})


def _tell(person: Any, given: list[CallBackTask]) -> None:
    url = given[0].get_absolute_url() if len(given) == 1 else mine_url()
    sentence = (
        _("分配给您的回访：%(title)s") % {"title": given[0].title}
        if len(given) == 1
        else _("分配给您 %(n)d 户回访") % {"n": len(given)}
    )
    notify(person, sentence, kind=GIVEN.code, url=url, level=InboxItem.Level.INFO)


def mine_url() -> str:
    return f"{reverse(MINE)}?mine=me&status=waiting"
