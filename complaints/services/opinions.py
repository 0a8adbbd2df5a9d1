"""舆情 (R62): writing down what was said in public, what the keywords make of it, what was done about it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.queries.people import role_holders
from audit.services.seeds import MANAGER
from audit.states import move
from complaints.models import Complaint, KeywordRule, OpinionEntry
from complaints.models.opinions import WORDS_LENGTH
from complaints.queries.classes import category_of
from complaints.queries.opinions import suggested
from complaints.services.intake import create_complaint
from complaints.states import OPINION_TRANSITIONS, Level, MajorReason, OpinionAction, Source
from core import changes, inbox_kinds, log
from core.actors import user_id
from core.errors import BadValue, BusinessError, OutOfScope
from core.models import DictItem, InboxItem
from core.services.inbox import notify
from properties.models import Community
from properties.services import guards

CREATED = log.declare("complaints.opinionentry.created", lazy("登记了舆情"))
CHANGED = log.declare("complaints.opinionentry.changed", lazy("修改了舆情"))
HANDLED = log.declare("complaints.opinionentry.handled", lazy("登记了舆情处置结果"))
IGNORED = log.declare("complaints.opinionentry.ignored", lazy("舆情无需处置"))
REOPENED = log.declare("complaints.opinionentry.reopened", lazy("重新处置舆情"))
RAISED = log.declare("complaints.opinionentry.complaint_raised", lazy("舆情转出投诉"))
WORD_CREATED = log.declare("complaints.keywordrule.created", lazy("登记了舆情关键词"))
WORD_CHANGED = log.declare("complaints.keywordrule.changed", lazy("修改了舆情关键词"))
WORD_DISABLED = log.declare("complaints.keywordrule.disabled", lazy("停用了舆情关键词"))
WORD_RESTORED = log.declare("complaints.keywordrule.restored", lazy("恢复了舆情关键词"))
GRAVE = inbox_kinds.declare(
    "complaints.opinion", lazy("重大舆情"), demands=True, permission="complaints.view_opinionentry"
)


@transaction.atomic
def create_opinion(
    *, by: Any, community: Community, posted_at: datetime, level: str = "", topic: DictItem | None = None, **values: Any
) -> OpinionEntry:
    """Level and class left open are those the keywords suggest. A grave one is told to the project manager at once. Raises BadValue."""
    now = timezone.now()
    if posted_at > now:
        raise BadValue(_("发布时间不能晚于现在"), field="posted_at")
    found = suggested(f"{values.get('title', '')}\n{values.get('text', '')}")
    row = OpinionEntry(
        community=community, posted_at=posted_at, found_at=now, found_by_id=user_id(by), level=level or found.level,
        topic=topic or found.topic, words="、".join(found.words)[:WORDS_LENGTH], **values,
    )  # fmt: skip
    changes.save(row)
    guards.require_in_scope(row, by=by, permission="complaints.add_opinionentry")
    log.record(CREATED, row, by=by, changes={
        "platform": row.platform, "level": row.get_level_display(), "topic": row.topic, "words": row.words,
    })  # fmt: skip
    if row.level == Level.MAJOR:
        _tell_managers(row, by)
    return row


@transaction.atomic
def change_opinion(row: OpinionEntry, *, by: Any, **values: Any) -> OpinionEntry:
    """Words and suggestions are those of the text as it stands; what somebody has chosen stays."""
    row = OpinionEntry.objects.select_for_update(of=("self",)).get(pk=row.pk)
    was_major = row.level == Level.MAJOR
    values["words"] = "、".join(suggested(f"{values['title']}\n{values['text']}").words)[:WORDS_LENGTH]
    guards.write_change(row, values, action=CHANGED, by=by)
    if row.level == Level.MAJOR and not was_major:
        _tell_managers(row, by)
    return row


def handle_opinion(row: OpinionEntry, *, by: Any, result: str) -> OpinionEntry:
    return _decide(row, OpinionAction.HANDLE, HANDLED, by, result)


def ignore_opinion(row: OpinionEntry, *, by: Any, result: str) -> OpinionEntry:
    return _decide(row, OpinionAction.IGNORE, IGNORED, by, result)


@transaction.atomic
def reopen_opinion(row: OpinionEntry, *, by: Any, reason: str) -> OpinionEntry:
    values: dict[str, Any] = {"result": "", "handled_at": None, "handled_by_id": None}
    change = move(row, OpinionAction.REOPEN, by=by, transitions=OPINION_TRANSITIONS, **values)
    log.record(REOPENED, row, by=by, changes=change, reason=reason)
    return row


@transaction.atomic
def turn_into_complaint(
    row: OpinionEntry, *, by: Any, topic: DictItem, facts: str, level: str = Level.NORMAL
) -> Complaint:
    """A case without a complainant: what was said in public was said to everybody. A grave one begins as 重大. Raises BadValue."""
    row = OpinionEntry.objects.select_for_update(of=("self",)).select_related("community").get(pk=row.pk)
    if row.complaint_id is not None:
        raise BusinessError(_("已转出 %(case)s") % {"case": row.complaint})
    if not (
        by.has_perm("complaints.add_complaint")
        and by.access.scope("complaints.add_complaint").covers_community(row.community_id)
    ):
        raise OutOfScope(_("你没有做这件事的权限"))
    reasons = [MajorReason.EXPOSED] if level == Level.MAJOR else []
    case = create_complaint(
        by=by, community=row.community, anonymous=True, source=Source.OPINION, topic=topic, category=category_of(topic),
        facts=facts, level=level, major_reasons=reasons,
    )  # fmt: skip
    row.complaint = case
    row.save(update_fields=["complaint"])
    log.record(RAISED, row, by=by, changes={"complaint": case.number})
    return case


@transaction.atomic
def _decide(row: OpinionEntry, action: str, code: str, by: Any, result: str) -> OpinionEntry:
    if not result.strip():
        raise BadValue(_("请填写处置结果"), field="result")
    values: dict[str, Any] = {"result": result.strip(), "handled_at": timezone.now(), "handled_by_id": user_id(by)}
    change = move(row, action, by=by, transitions=OPINION_TRANSITIONS, **values)
    log.record(code, row, by=by, changes=change | {"result": result})
    return row


def _tell_managers(row: OpinionEntry, by: Any) -> None:
    sentence = _("重大舆情：%(title)s（%(platform)s）") % {"title": row.title, "platform": row.platform}
    for person in role_holders(MANAGER, [row.community_id]):
        if person.pk == user_id(by):
            continue
        notify(person, sentence, kind=GRAVE.code, url=row.get_absolute_url(), level=InboxItem.Level.URGENT)


# --- Keywords --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def create_keyword(*, by: Any, **values: Any) -> KeywordRule:
    row = KeywordRule(**values)
    changes.save(row)
    log.record(WORD_CREATED, row, by=by, changes=guards.named(values, row))
    return row


def change_keyword(row: KeywordRule, *, by: Any, **values: Any) -> KeywordRule:
    guards.write_change(row, values, action=WORD_CHANGED, by=by)
    return row


def disable_keyword(row: KeywordRule, *, by: Any, reason: str = "") -> KeywordRule:
    guards.stop(row, action=WORD_DISABLED, by=by, reason=reason)
    return row


def restore_keyword(row: KeywordRule, *, by: Any) -> KeywordRule:
    guards.restart(row, action=WORD_RESTORED, by=by)
    return row
