"""The dispatcher's choice: the ranking proposes, a person decides, and says why where he decides otherwise."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import User
from core.errors import BadValue
from properties.models import Team
from workorders.models import WorkOrder
from workorders.queries.suggestions import choice_for
from workorders.services import dispatch


def dispatch_chosen(
    order: WorkOrder, *, by: Any, to: User | None = None, team: Team | None = None, helpers: Iterable[User] = (),
    reason: str = "", first: int | None = None,
) -> WorkOrder:  # fmt: skip
    """Dispatches to whom the person chose. `first` is who stood first when he looked: the ranking may have changed since, and he
    owes no reason for that. Raises BadValue when a reason is owed, and what dispatch_order raises."""
    if to is not None and not reason.strip():
        _ask_reason(order, to, first)
    return dispatch.dispatch_order(order, by=by, to=to, team=team, helpers=helpers, reason=reason.strip())


def _ask_reason(order: WorkOrder, to: User, first: int | None) -> None:
    choice = choice_for(order, timezone.now())
    person = next((row for row in choice.people if row.repairer.user_id == to.pk), None)
    if person is not None and person.duty.is_off:
        raise BadValue(_("%(person)s 现在休息，请填写为什么派给他") % {"person": to}, field="reason")
    best = choice.first
    if best is None or to.pk in {first, best.repairer.user_id}:
        return
    raise BadValue(_("没有选排在第一的 %(person)s，请填写理由") % {"person": best.user}, field="reason")
