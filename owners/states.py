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
    """回访 (R72): how it stands. MISSED after three calls nobody answered."""

    WAITING = "waiting", _("待回访")
    SATISFIED = "satisfied", _("满意")
    BASICALLY = "basically", _("基本满意")
    UNSATISFIED = "unsatisfied", _("不满意")
    MISSED = "missed", _("未接通")
    WITHDRAWN = "withdrawn", _("不再需要")


CALL_BACK_COLOURS: dict[str, str] = {
    CallBackStatus.WAITING: "orange",
    CallBackStatus.SATISFIED: "green",
    CallBackStatus.BASICALLY: "green",
    CallBackStatus.UNSATISFIED: "red",
    CallBackStatus.MISSED: "grey",
    CallBackStatus.WITHDRAWN: "grey",
}


class CallBackCause(TextChoices):
    LOW = "low", _("评价 3 星及以下")
    SAMPLE = "sample", _("抽查")
    COMPLAINT = "case", _("投诉建议")


class CallBackOutcome(TextChoices):
    """What one call came to."""

    SATISFIED = "satisfied", _("接通，满意")
    BASICALLY = "basically", _("接通，基本满意")
    UNSATISFIED = "unsatisfied", _("接通，不满意")
    NO_ANSWER = "no_answer", _("无人接听")
