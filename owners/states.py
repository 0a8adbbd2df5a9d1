"""States of what owners ask for (R26): data only."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
TRANSITIONS: dict[str, tuple[str, str, str]] = {
    CorrectionAction.ADOPT: (CorrectionStatus.WAITING, CorrectionStatus.ADOPTED, "owners.review_correction"),
    CorrectionAction.REJECT: (CorrectionStatus.WAITING, CorrectionStatus.REJECTED, "owners.review_correction"),
    CorrectionAction.WITHDRAW: (CorrectionStatus.WAITING, CorrectionStatus.WITHDRAWN, ""),
}

CORRECTION_COLOURS: dict[str, str] = {
    CorrectionStatus.WAITING: "orange",
    CorrectionStatus.ADOPTED: "green",
    CorrectionStatus.REJECTED: "red",
    CorrectionStatus.WITHDRAWN: "grey",
}
