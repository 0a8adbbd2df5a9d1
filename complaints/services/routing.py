"""受理判级、派工、转办、升级 (R49, R51, R53): how grave it is, whose it is, who does it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from audit.states import move
from complaints.models import Complaint
from complaints.policies import may, may_lower, promised, unfit
from complaints.queries.warranty import warranty_test, warranty_words
from complaints.services import clocks
from complaints.services.marks import note
from complaints.services.partners import promise_of, promise_spent, promised_day
from complaints.states import (
    ESCALATE_AT_REDO,
    MAJOR_AMOUNT,
    TRANSITIONS,
    Action,
    Clock,
    Level,
    MajorReason,
    Responsibility,
    Status,
)
from core import inbox_kinds, log
from core.actors import user_id
from core.errors import BadValue, BusinessError
from core.models import InboxItem
from core.services.inbox import notify
from owners.services.call_backs import hold_call_backs, withdraw_call_backs
from properties.models import Team

ACCEPTED = log.declare("complaints.complaint.accepted", lazy("受理判级"))
ASSIGNED = log.declare("complaints.complaint.assigned", lazy("派了工"))
TAKEN = log.declare("complaints.complaint.taken", lazy("自己接办"))
REROUTED = log.declare("complaints.complaint.rerouted", lazy("转办"))
RAISED = log.declare("complaints.complaint.level_changed", lazy("调整了级别"))
KNOWN = log.declare("complaints.complaint.acknowledged", lazy("知悉重大投诉"))
MINE = inbox_kinds.declare(
    "complaints.mine", lazy("交给我的投诉建议"), demands=True, permission="complaints.view_complaint"
)


@transaction.atomic
def accept_complaint(
    case: Complaint, *, by: Any, level: str, responsibility: str = "", major_reasons: Iterable[str] = (), third_party: str = "",
    warranty_part: str = "", partner_due: date | None = None,
) -> Complaint:  # fmt: skip
    """② 受理: the level and whose it is. Any reason of 重大 makes it so whatever level was chosen; what was taken in as 重大 stays so until
    somebody from above lowers it and says why (change_level). A part of the building says by its warranty whose it is, unless somebody
    says otherwise. Raises BadValue."""
    case.refresh_from_db(from_queryset=Complaint.objects.select_for_update(of=("self",)))
    reasons = _reasons(case, major_reasons)
    level = _level(level, reasons)
    if case.status == Status.NEW and case.is_major and level != Level.MAJOR:
        raise BadValue(_("登记时已是重大投诉，请按重大受理；不属实的，受理后由项目经理或区域品质降级"), field="level")
    tested = warranty_test(case, warranty_part)
    responsibility = responsibility or (tested.responsibility if tested else "")
    third_party = _responsible(responsibility, third_party)
    partner_due = promised_day(case, responsibility, partner_due)
    now = timezone.now()
    change = move(
        case, Action.ACCEPT, by=by, transitions=TRANSITIONS, policy=may, level=level, major_reasons=reasons,
        responsibility=responsibility, third_party=third_party, accepted_at=now, accepted_by_id=user_id(by),
        warranty_part=warranty_part, warranty_until=tested.until if tested else None, partner_due=partner_due,
    )  # fmt: skip
    case.refresh_from_db()
    log.record(ACCEPTED, case, by=by, changes=change | _verdict(case))
    clocks.meet(case, Clock.ACCEPT, at=now)
    clocks.judged(case, at=now)
    note(case, _("已受理：%(level)s，责任归属%(who)s") % {
        "level": case.get_level_display(), "who": case.get_responsibility_display(),
    })  # fmt: skip
    return case


@transaction.atomic
def assign_complaint(
    case: Complaint, *, by: Any, handler: User, team: Team | None = None, note_text: str = ""
) -> Complaint:
    """③ 派工: somebody answers for it by name. Raises BadValue."""
    if team is not None and team.community_id != case.community_id:
        raise BadValue(_("部门不在这个项目"), field="team")
    if why := unfit(case, handler):
        raise BadValue(why, field="handler")
    change = move(
        case, Action.ASSIGN, by=by, transitions=TRANSITIONS, policy=may, handler_id=handler.pk,
        team_id=team.pk if team else None, assigned_at=timezone.now(),
    )  # fmt: skip
    case.refresh_from_db()
    log.record(
        ASSIGNED, case, by=by, changes=change | {"handler": str(handler), "team": str(team or "")}, reason=note_text
    )
    clocks.refresh(case)
    note(case, _("已派工"))
    if handler.pk != user_id(by):
        words = {"case": case.headline, "level": case.get_level_display()}
        notify(
            handler, _("交给你处理：%(case)s（%(level)s）") % words, kind=MINE.code, url=case.get_absolute_url(),
            level=InboxItem.Level.URGENT if case.is_major else InboxItem.Level.WARNING,
        )  # fmt: skip
    return case


@transaction.atomic
def take_complaint(case: Complaint, *, by: Any) -> Complaint:
    """Whoever may work on it sees it through himself, as far as it is not 重大. Raises BusinessError."""
    change = move(
        case, Action.TAKE, by=by, transitions=TRANSITIONS, policy=may, handler_id=user_id(by), team_id=None,
        assigned_at=timezone.now(),
    )  # fmt: skip
    case.refresh_from_db()
    log.record(TAKEN, case, by=by, changes=change)
    clocks.refresh(case)
    note(case, _("已派工"))
    return case


@transaction.atomic
def reroute_complaint(
    case: Complaint,
    *,
    by: Any,
    responsibility: str,
    reason: str,
    third_party: str = "",
    partner_due: date | None = None,
) -> Complaint:
    """转办: somebody else has to put it right. It waits to be assigned anew, the clocks run on. What was answered already begins a round
    of its own, as after 重启: it is owed, answered and called about once more."""
    if not reason.strip():
        raise BadValue(_("请说明转办原因"), field="reason")
    hold_call_backs(case)
    case.refresh_from_db(from_queryset=Complaint.objects.select_for_update(of=("self",)))
    answered = case.status == Status.CALLING
    anew = {"reopen_count": case.reopen_count + 1} if answered else {}
    third_party = _responsible(responsibility, third_party)
    partner_due, spent = promised_day(case, responsibility, partner_due), promise_spent(case)
    before = case.get_responsibility_display()
    change = move(
        case, Action.REROUTE, by=by, transitions=TRANSITIONS, policy=may, responsibility=responsibility,
        third_party=third_party, handler_id=None, team_id=None, assigned_at=None, partner_due=partner_due, **anew,
    )  # fmt: skip
    case.refresh_from_db()
    now_with = case.get_responsibility_display()
    told = change | {"responsibility": [before, now_with]} | spent | promise_of(case) | anew
    log.record(REROUTED, case, by=by, changes=told, reason=reason)
    if answered:
        clocks.start_round(case, at=timezone.now())
        withdraw_call_backs(case)
    clocks.refresh(case)
    note(case, _("转办：%(who)s") % {"who": now_with})
    return case


@transaction.atomic
def change_level(case: Complaint, *, by: Any, level: str, reason: str, major_reasons: Iterable[str] = ()) -> Complaint:
    """升级, or a level set right; what is owed counts by the new one, from the same beginning. Raises BadValue, BusinessError."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.is_open or case.accepted_at is None:
        raise BusinessError(_("受理之后、关闭之前才能调整级别"))
    if not reason.strip():
        raise BadValue(_("请说明调整级别的原因"), field="reason")
    reasons = _reasons(case, major_reasons)
    chosen = _level(level, reasons)
    if chosen == case.level and reasons == case.major_reasons:
        return case
    if case.is_major and chosen != Level.MAJOR and not (allowed := may_lower(by, case)):
        raise BusinessError(getattr(allowed, "reason", ""), field="level")
    before = case.get_level_display()
    case.level, case.major_reasons = chosen, reasons
    case.save(update_fields=["level", "major_reasons"])
    log.record(
        RAISED,
        case,
        by=by,
        changes={"level": [before, case.get_level_display()], "major_reasons": _words(reasons)},
        reason=reason,
    )
    clocks.judged(case, at=timezone.now())
    note(case, _("级别调整为%(level)s") % {"level": case.get_level_display()})
    return case


@transaction.atomic
def acknowledge(case: Complaint, *, by: Any) -> Complaint:
    """The project manager knows of the major case (30 分钟上报)."""
    case = Complaint.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if not case.clocks.filter(clock=Clock.REPORT_UP, met_at__isnull=True, dropped_at__isnull=True).exists():
        raise BusinessError(_("这件事不需要再确认知悉"))
    log.record(KNOWN, case, by=by)
    clocks.meet(case, Clock.REPORT_UP, at=timezone.now())
    return case


def _reasons(case: Complaint, given: Iterable[str]) -> list[str]:
    """What was said, with what the case knows of itself."""
    known = {reason for reason in given if reason in MajorReason.values}
    if case.group_id is not None and MajorReason.GROUP in case.major_reasons:
        known.add(MajorReason.GROUP)
    if case.redo_count >= ESCALATE_AT_REDO and MajorReason.AGAIN in case.major_reasons:
        known.add(MajorReason.AGAIN)
    if promised(case) >= MAJOR_AMOUNT:
        known.add(MajorReason.AMOUNT)
    return sorted(known)


def _level(level: str, reasons: list[str]) -> str:
    if level not in Level.values:
        raise BadValue(_("请选择级别"), field="level")
    return Level.MAJOR if reasons else level


def _responsible(responsibility: str, third_party: str) -> str:
    if responsibility not in Responsibility.values:
        raise BadValue(_("请选择责任归属"), field="responsibility")
    if responsibility != Responsibility.THIRD_PARTY:
        return ""
    if not third_party.strip():
        raise BadValue(_("请写明第三方单位，如供电公司"), field="third_party")
    return third_party.strip()


def _words(reasons: list[str]) -> str:
    return "、".join(str(MajorReason(reason).label) for reason in reasons)


def _verdict(case: Complaint) -> dict[str, Any]:
    return {
        "level": case.get_level_display(), "responsibility": case.get_responsibility_display(),
        "major_reasons": _words(case.major_reasons), "third_party": case.third_party,
        "warranty": warranty_words(case), **promise_of(case),
    }  # fmt: skip
