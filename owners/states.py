"""States of what owners ask for (R26): data only."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from audit.states import Transition

REVIEW = "owners.review_correction"


class CorrectionStatus(TextChoices):
    WAITING = "waiting", _("待审核")
    ADOPTED = "adopted", _("已采纳")
    REJECTED = "rejected", _("已驳回")
    WITHDRAWN = "withdrawn", _("已撤回")


class CorrectionAction(TextChoices):
    ADOPT = "adopt", _("采纳")
    REJECT = "reject", _("驳回")
    WITHDRAW = "withdraw", _("撤回")


# Every decision is made once, on a request that still waits. Staff decide by permission, the person himself may take it back.
_WAITING = frozenset({CorrectionStatus.WAITING})
TRANSITIONS: dict[str, Transition] = {
    CorrectionAction.ADOPT: Transition(_WAITING, CorrectionStatus.ADOPTED, REVIEW),
    CorrectionAction.REJECT: Transition(_WAITING, CorrectionStatus.REJECTED, REVIEW),
    CorrectionAction.WITHDRAW: Transition(_WAITING, CorrectionStatus.WITHDRAWN, owner_field="owner_id"),
}

CORRECTION_COLOURS: dict[str, str] = {
    CorrectionStatus.WAITING: "orange",
    CorrectionStatus.ADOPTED: "green",
    CorrectionStatus.REJECTED: "red",
    CorrectionStatus.WITHDRAWN: "grey",
}


class CallBackStatus(TextChoices):
    """回访 (R72): how it stands. MISSED after three calls nobody answered; the two of a verification (信息核验) say what was found."""

    WAITING = "waiting", _("待回访")
    SATISFIED = "satisfied", _("满意")
    BASICALLY = "basically", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")
    CONFIRMED = "confirmed", _("信息一致")
    CHANGED = "changed", _("信息有变化")
    REFUSED = "refused", _("拒访")
    MISSED = "missed", _("无法接通")
    WITHDRAWN = "withdrawn", _("不再需要")


CALL_BACK_COLOURS: dict[str, str] = {
    CallBackStatus.WAITING: "orange",
    CallBackStatus.SATISFIED: "green",
    CallBackStatus.BASICALLY: "green",
    CallBackStatus.UNSATISFIED: "red",
    CallBackStatus.CONFIRMED: "green",
    CallBackStatus.CHANGED: "blue",
    CallBackStatus.REFUSED: "grey",
    CallBackStatus.MISSED: "grey",
    CallBackStatus.WITHDRAWN: "grey",
}

# What the figures count (DOMAIN 2.6). 回访率 = 已完成 / 应回访: completed is whatever ended with one of the five results, three missed
# calls too; owed is everything but what is no longer needed. 回访满意率 = (满意 + 基本满意) / 接通: somebody answered and was asked how
# satisfied he is. Who answers and refuses to talk was reached, so nobody raises the rate by writing 拒访 for 不满意; a verification asks
# for no satisfaction and is in neither part.
HAPPY = frozenset({CallBackStatus.SATISFIED, CallBackStatus.BASICALLY})
VERIFIED = frozenset({CallBackStatus.CONFIRMED, CallBackStatus.CHANGED})
REACHED = HAPPY | VERIFIED | {CallBackStatus.UNSATISFIED, CallBackStatus.REFUSED}
COMPLETED = REACHED | {CallBackStatus.MISSED}


class CallBackCause(TextChoices):
    LOW = "low", _("评价 3 星及以下")
    SAMPLE = "sample", _("抽查")
    COMPLAINT = "case", _("投诉建议")
    PERIODIC = "periodic", _("定期回访")
    CARE = "care", _("关怀回访")
    VERIFY = "verify", _("信息核验")


PLANNED = (CallBackCause.PERIODIC, CallBackCause.CARE, CallBackCause.VERIFY)


class CallBackOutcome(TextChoices):
    """What one call came to."""

    SATISFIED = "satisfied", _("满意")
    BASICALLY = "basically", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")
    CONFIRMED = "confirmed", _("信息一致")
    CHANGED = "changed", _("信息有变化")
    NO_ANSWER = "no_answer", _("无法接通")
    REFUSED = "refused", _("拒访")


_ENDS = (CallBackOutcome.NO_ANSWER, CallBackOutcome.REFUSED)
_OPINIONS = (CallBackOutcome.SATISFIED, CallBackOutcome.BASICALLY, CallBackOutcome.UNSATISFIED, *_ENDS)
_FINDINGS = (CallBackOutcome.CONFIRMED, CallBackOutcome.CHANGED, *_ENDS)


def outcomes_of(cause: str) -> tuple[CallBackOutcome, ...]:
    """What a call of this cause can come to: a verification finds something, every other asks for an opinion."""
    return _FINDINGS if cause == CallBackCause.VERIFY else _OPINIONS


class CallWay(TextChoices):
    PHONE = "phone", _("电话")
    MESSAGE = "message", _("短信")
    VISIT = "visit", _("上门")


class PlanStatus(TextChoices):
    """回访计划 (R72)."""

    DRAFT = "draft", _("草稿")
    RUNNING = "running", _("进行中")
    PAUSED = "paused", _("已暂停")
    ENDED = "ended", _("已结束")


class PlanAction(TextChoices):
    START = "start", _("启用")
    PAUSE = "pause", _("暂停")
    RESUME = "resume", _("恢复")
    END = "end", _("结束")


_PLAN = "owners.change_callbackplan"
_ALIVE = frozenset({PlanStatus.DRAFT, PlanStatus.RUNNING, PlanStatus.PAUSED})
PLAN_TRANSITIONS: dict[str, Transition] = {
    PlanAction.START: Transition(frozenset({PlanStatus.DRAFT}), PlanStatus.RUNNING, _PLAN),
    PlanAction.RESUME: Transition(frozenset({PlanStatus.PAUSED}), PlanStatus.RUNNING, _PLAN),
    PlanAction.PAUSE: Transition(frozenset({PlanStatus.RUNNING}), PlanStatus.PAUSED, _PLAN),
    PlanAction.END: Transition(_ALIVE, PlanStatus.ENDED, _PLAN),
}
PLAN_COLOURS: dict[str, str] = {
    PlanStatus.DRAFT: "grey",
    PlanStatus.RUNNING: "blue",
    PlanStatus.PAUSED: "orange",
    PlanStatus.ENDED: "grey",
}


class PlanHands(TextChoices):
    """Whose the calls of a round are."""

    POOL = "pool", _("大家认领")
    KEEPER = "keeper", _("计划责任人")
    FILE = "file", _("住户的档案责任人")
