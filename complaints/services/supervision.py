"""督办 (R56, DOMAIN 2.2): somebody demands that a case be dealt with by a day; whoever is responsible answers. What is at twice its time
is demanded by itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from complaints.models import CaseSupervision, ClockStep, Complaint
from complaints.policies import may_answer
from complaints.queries.audience import Audience
from complaints.services.clocks import AT_ONCE, telling_time
from complaints.states import Clock
from core import inbox_kinds, log
from core.actors import SYSTEM, user_id
from core.changes import save
from core.errors import BadValue, BusinessError
from core.models import InboxItem
from core.services.inbox import notify

DEMANDED = log.declare("complaints.complaint.supervised", lazy("督办"))
ANSWERED = log.declare("complaints.complaint.supervision_answered", lazy("回复了督办"))
SUPERVISED = inbox_kinds.declare(
    "complaints.supervised", lazy("投诉督办"), demands=True, permission="complaints.view_complaint"
)
# How long whoever is responsible has to answer a demand that came by itself.
ANSWER_AT_ONCE, ANSWER_WITHIN = timedelta(hours=1), timedelta(hours=4)


@transaction.atomic
def supervise_complaint(case: Complaint, *, by: Any, demand: str, due_at: datetime) -> CaseSupervision:
    """A demand on an open case; whoever has it in hand, or takes cases in there, hears of it. Raises BadValue, BusinessError."""
    locked = Complaint.objects.select_for_update(of=("self",)).select_related(
        "handler", "team__leader", "topic", "community"
    ).get(pk=case.pk)  # fmt: skip
    if not locked.is_open:
        raise BusinessError(_("已关闭，不用再督办"))
    if not demand.strip():
        raise BadValue(_("请写明督办要求"), field="demand")
    if due_at <= timezone.now():
        raise BadValue(_("要求完成时间须晚于现在"), field="due_at")
    row = CaseSupervision(complaint=locked, demanded_by_id=user_id(by), demand=demand, due_at=due_at)
    save(row)
    log.record(DEMANDED, locked, by=by, changes={"demand": demand, "due_at": _moment(due_at)})
    sentence = _("督办：%(case)s，要求 %(due)s 前完成") % {"case": locked.headline, "due": _moment(due_at)}
    for person in Audience().hands_of(locked):
        if person.pk != user_id(by):
            notify(person, sentence, kind=SUPERVISED.code, url=locked.get_absolute_url(), level=InboxItem.Level.URGENT)
    return row


@transaction.atomic
def reply_supervision(supervision: CaseSupervision, *, by: Any, reply: str) -> CaseSupervision:
    """The answer, once; whoever demanded hears of it. Raises BadValue, BusinessError."""
    row = CaseSupervision.objects.select_for_update(of=("self",)).select_related(
        "complaint__topic", "complaint__community", "demanded_by"
    ).get(pk=supervision.pk)  # fmt: skip
    # Read after the row has been waited for: a join would still be that of before.
    if row.replied_at is not None:
        raise BusinessError(_("这条督办已由 %(who)s 回复") % {"who": row.replied_by or _("系统")})
    allowed = may_answer(by, row)
    if not allowed:
        raise BusinessError(getattr(allowed, "reason", ""))
    if not reply.strip():
        raise BadValue(_("请填写回复"), field="reply")
    row.reply, row.replied_by_id, row.replied_at = reply, user_id(by), timezone.now()
    save(row, ["reply", "replied_by", "replied_at"])
    log.record(ANSWERED, row.complaint, by=by, changes={"answer": reply})
    if row.demanded_by is not None:
        sentence = _("督办已回复：%(case)s") % {"case": row.complaint.headline}
        notify(row.demanded_by, sentence, kind=SUPERVISED.code, url=row.complaint.get_absolute_url())
    return row


def end_demands(case: Complaint) -> int:
    """The case is over: nobody owes a word on what was demanded of it."""
    rows = CaseSupervision.objects.filter(complaint=case, replied_at__isnull=True)
    return rows.update(reply=_("投诉已关闭"), replied_at=timezone.now())


def demand_answers(steps: Sequence[ClockStep], now: datetime) -> int:
    """One demand for a case, however many of its clocks are at twice their time; none while another of these waits for its answer."""
    waiting = CaseSupervision.objects.filter(replied_at__isnull=True).exclude(level="")
    asked = set(
        waiting.filter(complaint__in=[step.clock.complaint_id for step in steps]).values_list("complaint_id", flat=True)
    )
    first = {step.clock.complaint_id: step for step in reversed(steps) if step.clock.complaint_id not in asked}
    rows = [_demand(step, now) for step in first.values()]
    CaseSupervision.objects.bulk_create(rows)
    lines = [(row.complaint, {"demand": row.demand, "due_at": _moment(row.due_at)}) for row in rows]
    log.record_many(DEMANDED, lines, by=SYSTEM)
    return len(rows)


def _demand(step: ClockStep, now: datetime) -> CaseSupervision:
    case = step.clock.complaint
    due = now + ANSWER_AT_ONCE if case.level in AT_ONCE else telling_time(case, now + ANSWER_WITHIN)
    words = {"clock": Clock(step.clock.clock).label, "due": _moment(step.clock.due_at)}
    demand = _("%(clock)s已超时一倍（应在 %(due)s 前），请说明原因并尽快处理") % words
    return CaseSupervision(complaint=case, demand=demand, due_at=due, level=step.level)


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")
