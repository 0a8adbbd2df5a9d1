"""The life of an announcement: written, reviewed by somebody else, published, withdrawn, corrected (R58, DOMAIN 2.4)."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.states import move
from core import log
from core.actors import SYSTEM, user_id
from core.changes import assign, save
from core.errors import BadValue, BusinessError
from core.models import InboxItem
from core.services import jobs
from core.services.numbering import daily_number
from notices.models import AudienceRule, Delivery, Notice
from notices.policies import may
from notices.queries.audience import recipients
from notices.queries.owners import SOURCE
from notices.seeds import PLANNED
from notices.services import staff
from notices.states import EDITABLE, TRANSITIONS, Action, Outcome, Reason, Status
from properties.models import Community

MATERIALISE = "notices.materialise"

CREATED = log.declare("notices.notice.created", lazy("起草了通知"))
CHANGED = log.declare("notices.notice.changed", lazy("修改了通知"))
DISCARDED = log.declare("notices.notice.discarded", lazy("删除了通知草稿"))
SUBMITTED = log.declare("notices.notice.submitted", lazy("提交了通知审核"))
RECALLED = log.declare("notices.notice.recalled", lazy("收回了通知"))
APPROVED = log.declare("notices.notice.approved", lazy("审核通过了通知"))
REJECTED = log.declare("notices.notice.rejected", lazy("驳回了通知"))
PUBLISHED = log.declare("notices.notice.published", lazy("发布了通知"))
PUBLISHED_URGENTLY = log.declare("notices.notice.published_urgently", lazy("未经审核紧急发布了通知"))
WITHDRAWN = log.declare("notices.notice.withdrawn", lazy("撤回了通知"))
EXPIRED = log.declare("notices.notice.expired", lazy("通知到期"))
PINNED = log.declare("notices.notice.pinned", lazy("置顶了通知"))
UNPINNED = log.declare("notices.notice.unpinned", lazy("取消了通知置顶"))


@transaction.atomic
def create_notice(
    *, by: Any, communities: Iterable[Community], correction_of: Notice | None = None, **values: Any
) -> Notice:
    """A draft in these communities. Raises BadValue when a value cannot be right."""
    ids = sorted({community.pk for community in communities})
    if not ids:
        raise BadValue(_("请至少选一个项目"), field="communities")
    number = daily_number("TZ", timezone.localdate(), community_id=0)
    notice = Notice(number=number, community_ids=ids, author_id=by.actor_id, correction_of=correction_of, **values)
    _check(notice)
    save(notice)
    log.record(CREATED, notice, by=by, changes={"title": notice.title, "number": number})
    return notice


@transaction.atomic
def change_notice(notice: Notice, *, by: Any, communities: Iterable[Community] | None = None, **values: Any) -> Notice:
    """Writes while it is a draft or rejected; the row is locked, so that nobody submits or publishes half a change."""
    lock_editable(notice)
    if communities is not None:
        values["community_ids"] = sorted({community.pk for community in communities})
    changes = assign(notice, values)
    if not changes:
        return notice
    _check(notice)
    if "community_ids" in changes:
        _check_rules(notice)
    notice.updated_at = timezone.now()
    save(notice, [*values, "updated_at"])
    if "body" in changes:
        changes["body"] = [f"{len(text)}" for text in changes["body"]]
    log.record(CHANGED, notice, by=by, changes=changes)
    return notice


@transaction.atomic
def discard_notice(notice: Notice, *, by: Any) -> Notice:
    """Throws a draft away; nothing of it has ever been sent."""
    lock_editable(notice)
    log.record(DISCARDED, notice, by=by, changes={"title": notice.title, "number": notice.number})
    kept, notice_pk = notice, notice.pk
    AudienceRule.objects.filter(notice=notice).delete()
    notice.delete()
    kept.pk = notice_pk
    return kept


@transaction.atomic
def submit_notice(notice: Notice, *, by: Any) -> Notice:
    """To review: whoever may approve in all its communities finds it in the inbox."""
    _check_complete(notice)
    now = timezone.now()
    change = move(
        notice, Action.SUBMIT, by=by, transitions=TRANSITIONS, policy=may,
        submitted_at=now, review_note="", reviewer=None, reviewed_at=None,
    )  # fmt: skip
    log.record(SUBMITTED, notice, by=by, changes=change)
    for person in staff.reviewers(notice, but=user_id(by)):
        sentence = _("待审核：%(title)s") % {"title": notice.title}
        staff.tell(person, notice, sentence, f"submitted:{now.timestamp()}", staff.REVIEW.code)
    return notice


@transaction.atomic
def recall_notice(notice: Notice, *, by: Any) -> Notice:
    """Back to a draft, to be written on and reviewed anew."""
    change = move(
        notice, Action.RECALL, by=by, transitions=TRANSITIONS, policy=may, reviewer=None, reviewed_at=None
    )  # fmt: skip
    log.record(RECALLED, notice, by=by, changes=change)
    return notice


@transaction.atomic
def approve_notice(notice: Notice, *, by: Any, note: str = "") -> Notice:
    return _review(notice, Action.APPROVE, APPROVED, by, note)


@transaction.atomic
def reject_notice(notice: Notice, *, by: Any, note: str) -> Notice:
    return _review(notice, Action.REJECT, REJECTED, by, note)


def _review(notice: Notice, action: Action, code: str, by: Any, note: str) -> Notice:
    now = timezone.now()
    change = move(
        notice, action, by=by, transitions=TRANSITIONS, policy=may,
        reviewer_id=by.actor_id, reviewed_at=now, review_note=note,
    )  # fmt: skip
    log.record(code, notice, by=by, changes=change, reason=note)
    words = {"title": notice.title, "note": f"：{note}" if note else ""}
    sentence = _("审核通过：%(title)s%(note)s") if action == Action.APPROVE else _("被驳回：%(title)s%(note)s")
    staff.tell(notice.author, notice, sentence % words, f"reviewed:{now.timestamp()}", staff.REVIEWED.code)
    return notice


@transaction.atomic
def publish_notice(notice: Notice, *, by: Any = SYSTEM) -> Notice:
    """From here on the text is frozen. A visible job writes the deliveries, then they are sent."""
    return _publish(notice, Action.PUBLISH, PUBLISHED, by)


@transaction.atomic
def publish_urgently(notice: Notice, *, by: Any, reason: str) -> Notice:
    """Without review, for what cannot wait; why stands in the log, and those who review learn of it at once."""
    _check_complete(notice)
    _publish(notice, Action.PUBLISH_URGENTLY, PUBLISHED_URGENTLY, by, reason)
    for person in staff.reviewers(notice, but=user_id(by)):
        sentence = _("未经审核已紧急发布：%(title)s") % {"title": notice.title}
        staff.tell(person, notice, sentence, "urgent", staff.REVIEW.code, InboxItem.Level.URGENT)
    return notice


def _publish(notice: Notice, action: Action, code: str, by: Any, reason: str = "") -> Notice:
    now = timezone.now()
    if not recipients(notice).exists():
        raise BusinessError(_("发送范围里没有住户"), _("请检查发送范围；拟稿人须仍有这些项目的权限"))
    change = move(notice, action, by=by, transitions=TRANSITIONS, policy=may, published_at=now)
    asker = by if user_id(by) else notice.author
    jobs.enqueue(
        MATERIALISE,
        by=asker,
        args={"notice": notice.pk},
        title=_("发布通知“%(title)s”") % {"title": notice.title},
        dedup_key=f"{MATERIALISE}:{notice.pk}",
        community_id=notice.community_id,
    )
    log.record(code, notice, by=by, changes=change, reason=reason)
    return notice


@transaction.atomic
def withdraw_notice(notice: Notice, *, by: Any, reason: str) -> Notice:
    """Nobody is sent it any more; what is out stays on record. Whoever opens it reads that it was withdrawn."""
    now = timezone.now()
    change = move(
        notice, Action.WITHDRAW, by=by, transitions=TRANSITIONS, policy=may, withdrawn_at=now, withdraw_reason=reason
    )  # fmt: skip
    waiting = Delivery.objects.filter(source_type=SOURCE, source_id=notice.pk, status=Outcome.WAITING)
    waiting.update(status=Outcome.SKIPPED, reason=Reason.WITHDRAWN)
    log.record(WITHDRAWN, notice, by=by, changes=change, reason=reason)
    return notice


@transaction.atomic
def expire_notice(notice: Notice) -> Notice:
    change = move(notice, Action.EXPIRE, by=SYSTEM, transitions=TRANSITIONS)
    log.record(EXPIRED, notice, by=SYSTEM, changes=change)
    return notice


@transaction.atomic
def pin_notice(notice: Notice, *, by: Any) -> Notice:
    """To the top of the owners' lists. No change of the text: what has been published may be pinned and let go at any time."""
    return _pin(notice, True, PINNED, by)


@transaction.atomic
def unpin_notice(notice: Notice, *, by: Any) -> Notice:
    return _pin(notice, False, UNPINNED, by)


def _pin(notice: Notice, pinned: bool, code: str, by: Any) -> Notice:
    rows = Notice.objects.filter(pk=notice.pk, status=Status.PUBLISHED, pinned=not pinned)
    if not rows.update(pinned=pinned):
        raise BusinessError(_("通知没有发布，或者已经是这样了"), _("请刷新页面"))
    notice.pinned = pinned
    log.record(code, notice, by=by, changes={"pinned": [not pinned, pinned]})
    return notice


@transaction.atomic
def correct_notice(notice: Notice, *, by: Any) -> Notice:
    """A correction (更正通知): a new draft for the same people that names what it corrects."""
    if not notice.is_frozen:
        raise BusinessError(_("还没有发布的通知可以直接修改"))
    fields = (
        "notice_type", "body", "affected_from", "affected_until", "urgency", "channels", "fallback_hours", "receipt_wanted",
    )  # fmt: skip
    values = {name: getattr(notice, name) for name in fields}
    title = _("更正：%(title)s") % {"title": notice.title}
    places = Community.objects.filter(pk__in=notice.community_ids)
    made = create_notice(by=by, communities=places, correction_of=notice, title=title[:50], **values)
    rules = AudienceRule.objects.filter(notice=notice)
    AudienceRule.objects.bulk_create([_copied(rule, made) for rule in rules])
    return made


def _copied(rule: AudienceRule, notice: Notice) -> AudienceRule:
    rule.pk, rule._state.adding, rule.notice = None, True, notice
    return rule


def lock_editable(notice: Notice) -> None:
    """Holds the row to the end of the transaction and refuses unless it may still be written."""
    current = Notice.objects.select_for_update().values_list("status", flat=True).filter(pk=notice.pk).first()
    if current not in EDITABLE:
        raise BusinessError(_("只有草稿和被驳回的通知可以修改"), _("请先收回；已发布的请发更正通知"))
    notice.status = current


def _check(notice: Notice) -> None:
    if (notice.affected_from is None) != (notice.affected_until is None):
        raise BadValue(_("影响开始和影响结束要一起填写"), field="affected_until")
    if bool(notice.offer_title) != bool(notice.offer):
        raise BadValue(_("服务推荐的标题和内容要一起填写"), field="offer" if notice.offer_title else "offer_title")
    if notice.expires_at and notice.publish_at and notice.expires_at <= notice.publish_at:
        raise BadValue(_("有效期须晚于定时发布的时间"), field="expires_at")


def _check_rules(notice: Notice) -> None:
    """A place that is left over from a community which was taken away would look as if it were told, and is not."""
    for rule in AudienceRule.objects.filter(notice=notice).select_related("community", "building__community", "unit"):
        place = rule.building or rule.unit
        community_id = place.community_id if place is not None else rule.community_id
        if community_id is not None and community_id not in notice.community_ids:
            words = {"rule": rule}
            raise BadValue(_("发送范围里还有“%(rule)s”") % words, _("请先从发送范围里去掉它"), field="communities")


def _check_complete(notice: Notice) -> None:
    """What may be missing from a draft and not from what is published."""
    if notice.notice_type.attribute(PLANNED) and notice.affected_from is None:
        raise BadValue(_("这类通知须填写影响开始和影响结束"), field="affected_from")
    if "【" in notice.title + notice.body + notice.offer:
        raise BadValue(_("标题或正文里还有没替换的【】"), _("请填好后再提交"), field="body")
