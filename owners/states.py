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
