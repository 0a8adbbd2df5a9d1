"""Few stars for a repair: the rule that holds where it was done, and what was said with them."""

from django.utils.translation import gettext as _

from complaints.models import LowRatingRule
from workorders.models import Rating, WorkOrder


def rule_of(community_id: int) -> LowRatingRule:
    """The community's own, else that of all; what the house begins with where nobody has written one down."""
    return LowRatingRule.objects.holding_in(community_id).own_first().first() or LowRatingRule()


def rating_words(order: WorkOrder, rating: Rating | None) -> str:
    """What the owner said of the work with his stars."""
    if rating is None:
        return _("%(order)s（%(kind)s）：") % {"order": order.number, "kind": order.kind}
    said = "，".join(part for part in (rating.why, rating.text) if part)
    words = {"order": order.number, "kind": order.kind, "n": rating.stars, "said": said}
    return _("%(order)s（%(kind)s）业主评价 %(n)d 星：%(said)s") % words
