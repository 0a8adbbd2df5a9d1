"""What somebody who complains does himself on his own pages (R48, R50): complains, takes it back in his own words, judges what came of
it. `by` is the owner's session, and the log names the person. What he says closes a case or sends it back, as a call would."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import holders_of
from complaints.models import Complaint
from complaints.policies import CLOSE_MAJOR
from complaints.queries.audience import who_may_open
from complaints.queries.classes import category_of
from complaints.queries.residents import JUDGED_CODE, judged_since_answer
from complaints.services import closing
from complaints.services.intake import MOST_FILES, create_complaint
from complaints.services.routing import MINE
from complaints.states import Ending, Source, Status
from core import inbox_kinds, locks, log, rate_limit
from core.errors import BadValue, BusinessError
from core.models import DictItem
from core.services.inbox import Note, notify, notify_many
from core.uid import keyed_uuid
from properties.models import Unit
from workorders.services.calls import first_phone

CAME = inbox_kinds.declare(
    "complaints.came", lazy("业主在手机上提交的投诉建议"), demands=True, permission="complaints.accept_complaint"
)
JUDGED = log.declare(JUDGED_CODE, lazy("业主评价了处理结果"))
A_DAY = 6  # what one person sends
UNHAPPY = "unhappy"
JUDGEMENTS = (
    (Ending.SATISFIED, lazy("满意")), (Ending.BASICALLY, lazy("基本满意")), (UNHAPPY, lazy("不满意")),
)  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """What somebody has filled in. `key` belongs to the form he opened: sent twice it is one case."""

    unit: Unit
    kind: str
    topic: DictItem
    facts: str
    key: str
    demand: str = ""
    confidential: bool = False
    files: Sequence[Any] = ()


def complain(wish: Wish, *, by: Any) -> Complaint:
    """Raises BadValue, QuotaExceeded."""
    uid = keyed_uuid("complaints.complaint", f"{by.owner.pk}:{wish.key}")
    found = Complaint.objects.filter(uid=uid).first()
    if found is not None:
        return found
    if len(wish.files) > MOST_FILES:
        raise BadValue(_("照片最多 %(most)d 张") % {"most": MOST_FILES}, field="photos")
    rate_limit.require(f"complaint:owner:{by.owner.pk}", capacity=A_DAY, seconds=86400, sentence=_("您今天提交得太多"))
    with transaction.atomic():
        locks.hold("complaints.complaint", by.owner.pk)
        return Complaint.objects.filter(uid=uid).first() or _made(uid, wish, by)


def _made(uid: Any, wish: Wish, by: Any) -> Complaint:
    case = create_complaint(
        by=by, uid=uid, unit=wish.unit, owner=by.owner, complainant=str(by.owner.name)[:30], phone=first_phone(by.owner),
        source=Source.APP, kind=wish.kind, category=category_of(wish.topic), topic=wish.topic, facts=wish.facts,
        demand=wish.demand, confidential=wish.confidential, files=wish.files,
    )  # fmt: skip
    people = who_may_open(case, list(holders_of("complaints.accept_complaint", [case.community_id])))
    sentence = _("业主提交了%(kind)s：%(topic)s") % {"kind": case.get_kind_display(), "topic": case.topic}
    url = case.get_absolute_url()
    notify_many(
        [Note(person.pk, sentence, url, "warning", f"complaints.came:{case.pk}:{person.pk}") for person in people],
        kind=CAME.code,
    )
    return case


@transaction.atomic
def withdraw(case: Complaint, *, by: Any, words: str) -> Complaint:
    """His own words are what the record keeps."""
    done = closing.withdraw_complaint(_own(case, by), by=by, words=words)
    _tell(done, _("业主撤回了 %(case)s"))
    return done


@transaction.atomic
def judge(case: Complaint, *, by: Any, judgement: str, words: str = "") -> Complaint:
    """满意 and 基本满意 close what is not 重大: that is closed by somebody above (R51), who is told. 不满意 sends it back to whoever handles
    it. Raises BadValue, InvalidTransition."""
    case = _own(case, by)
    if judgement == UNHAPPY:
        if not words.strip():
            raise BadValue(_("请说说哪里不满意，方便重新处理"), field="words")
        done = closing.redo_complaint(case, by=by, reason=words)
        _tell(done, _("业主不满意，请重新处理：%(case)s"))
        return done
    if judgement not in (Ending.SATISFIED, Ending.BASICALLY):
        raise BadValue(_("请选择是否满意"), field="judgement")
    if case.is_major:
        return _said_of_major(case, by, judgement, words)
    return closing.close_complaint(case, by=by, ending=judgement, words=words)


def _said_of_major(case: Complaint, by: Any, judgement: str, words: str) -> Complaint:
    """His word stands on record for whoever may close it; said once for each answer."""
    case = Complaint.objects.select_for_update(of=("self",)).select_related("handler", "topic").get(pk=case.pk)
    if case.status != Status.CALLING:
        raise BusinessError(_("现在不用评价"))
    if judged_since_answer(case):
        raise BusinessError(_("您已经评价过了"))
    said = str(Ending(judgement).label)
    log.record(JUDGED, case, by=by, changes={"outcome": said}, reason=words)
    sentence = _("业主评价%(said)s，等待关闭：%(case)s") % {"said": said, "case": case.number}
    for person in who_may_open(case, list(holders_of(CLOSE_MAJOR, [case.community_id]))):
        notify(person, sentence, kind=MINE.code, url=case.get_absolute_url())
    return case


def _own(case: Complaint, by: Any) -> Complaint:
    if case.owner_id != by.actor_id:
        raise BusinessError(_("由提交的人自己来做"))
    return case


def _tell(case: Complaint, sentence: str) -> None:
    if case.handler is not None:
        words = sentence % {"case": f"{case.number} {case.topic}"}
        notify(case.handler, words, kind=MINE.code, url=case.get_absolute_url(), level="warning")
