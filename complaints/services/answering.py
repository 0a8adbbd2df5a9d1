"""⑥ What the customer is told (R50, R54): the first word, words in between, the result. Without the last nothing ends."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.states import move
from complaints import signals
from complaints.models import Answer, Complaint
from complaints.policies import may
from complaints.services import clocks
from complaints.services.marks import note
from complaints.states import TRANSITIONS, Action, AnswerWay, Clock
from core import log
from core.actors import user_id
from core.changes import save
from core.errors import BadValue, BusinessError

TOLD = log.declare("complaints.complaint.customer_told", lazy("回复了客户"))
ANSWERED = log.declare("complaints.complaint.answered", lazy("向客户反馈了处理结果"))


@transaction.atomic
def tell_customer(case: Complaint, *, by: Any, way: str, text: str, reply: str = "") -> Answer:
    """A word in between; the first one stops the clock of the first answer."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.is_open:
        raise BusinessError(_("已关闭，要再联系客户请先重启"))
    row = _write(case, by, way, text, reply, final=False)
    log.record(TOLD, case, by=by, changes={"way": row.get_way_display(), "text": text, "reply": reply})
    note(case, _("已回复客户"))
    return row


@transaction.atomic
def answer_complaint(case: Complaint, *, by: Any, way: str, text: str, reply: str = "") -> Complaint:
    """⑥ 处理结果反馈客户: from here on it waits for the call back. Raises BadValue."""
    now = timezone.now()
    if case.anonymous and way != AnswerWay.NOTICE:
        raise BadValue(_("匿名投诉无法联系本人，请选择“公示（匿名）”"), field="way")
    change = move(case, Action.ANSWER, by=by, transitions=TRANSITIONS, policy=may, answered_at=now)
    case.refresh_from_db()
    row = _write(case, by, way, text, reply, final=True)
    log.record(ANSWERED, case, by=by, changes=change | {"way": row.get_way_display(), "text": text, "reply": reply})
    clocks.meet(case, Clock.COMPLETION, Clock.CITY_END, at=now)
    clocks.end(case, Clock.PROGRESS, at=now)
    note(case, _("已反馈处理结果"), "" if case.confidential else text)
    signals.complaint_answered.send(Complaint, complaint=case)
    return case


def _write(case: Complaint, by: Any, way: str, text: str, reply: str, *, final: bool) -> Answer:
    if way not in AnswerWay.values:
        raise BadValue(_("请选择反馈方式"), field="way")
    if way == AnswerWay.APP and case.owner_id is None:
        raise BadValue(_("投诉人没有住户档案，业主端收不到，请选择其他方式"), field="way")
    if not text.strip():
        raise BadValue(_("请填写告知客户的内容"), field="text")
    now = timezone.now()
    row = Answer(complaint=case, at=now, by_id=user_id(by), way=way, text=text, reply=reply, final=final)
    save(row)
    if case.first_answer_at is None:
        case.first_answer_at = now
        case.save(update_fields=["first_answer_at"])
        clocks.meet(case, Clock.FIRST_ANSWER, at=now)
    return row
