"""交接班 on the workbench: what waits for this person's signature."""

from typing import Any

from workorders.models import Handover
from workorders.queries.shifts import groups_of, waiting_for

SIGN = "workorders.sign_handover"
SHOWN = 4  # lines of a kind; the others stand on its page


def to_take(user: Any, community: Any = None) -> Any:
    """Handed over by somebody else: the red count of the menu."""
    rows = waiting_for(user).exclude(given_by=user)
    return rows.filter(community=community) if community is not None else rows


def card(user: Any, community: Any = None) -> dict[str, Any] | None:
    """The first that waits, with its lines; {} where nothing waits, None for whoever signs nothing."""
    if not user.has_perm(SIGN):
        return None
    row: Handover | None = to_take(user, community).order_by("pk").first()
    return (
        {"handover": row, "groups": [(label, lines[:SHOWN]) for label, lines in groups_of(row.lines)]}
        if row is not None
        else {}
    )
