"""Dispatch (R38, R39): to a person or a team, one or many at once, out of the pool, on to somebody else, back to the desk."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.models import User
from audit.states import move
from core import log
from core.actors import SYSTEM, user_id
from core.errors import BadValue, BusinessError, InvalidTransition, OutOfScope
from core.models import DictItem
from core.services.inbox import notify
from properties.models import Team
from workorders.models import Repairer, WorkOrder
from workorders.policies import acts_for, available_actions, is_mine, may
from workorders.queries.board import once_in_pool
from workorders.services import clocks
from workorders.services.marks import note
from workorders.services.messages import tell_owner
from workorders.services.rows import drop_request, hold
from workorders.states import TRANSITIONS, Action, Clock, MessageKind, Status

DISPATCHED = log.declare("workorders.workorder.dispatched", lazy("派了单"))
CLAIMED = log.declare("workorders.workorder.claimed", lazy("抢了单"))
ACCEPTED = log.declare("workorders.workorder.accepted", lazy("接了单"))
RETURNED = log.declare("workorders.workorder.returned", lazy("退了单"))
TRANSFERRED = log.declare("workorders.workorder.transferred", lazy("转了单"))


@dataclass
class Outcome:
    """What became of many orders dispatched at once: those that went, and those that did not, each with its reason."""

    sent: list[WorkOrder] = field(default_factory=list)
    skipped: list[tuple[WorkOrder, str]] = field(default_factory=list)


@transaction.atomic
def dispatch_order(
    order: WorkOrder, *, by: Any, to: User | None = None, team: Team | None = None, helpers: Iterable[User] = (), reason: str = ""
) -> WorkOrder:  # fmt: skip
    """Gives a waiting order to a person or a team. `reason` is why somebody other than the first suggestion was chosen, or how the
    automatic choice came about. Raises BadValue, InvalidTransition (naming who was quicker and whom he chose)."""
    _check_hands(order, to, team)
    now = timezone.now()
    try:
        change = move(
            order, Action.DISPATCH, by=by, transitions=TRANSITIONS, policy=may,
            assignee_id=to.pk if to else None, team_id=team.pk if team else None, dispatched_at=now,
            dispatched_by_id=user_id(by),
        )  # fmt: skip
    except InvalidTransition as error:
        raise _already_gone(order, error) from None
    order.refresh_from_db()
    _set_helpers(order, helpers)
    log.record(DISPATCHED, order, by=by, changes=change | _hands(order), reason=reason)
    clocks.meet(order, Clock.RESPONSE, at=now)
    note(order, _("已派单"))
    tell_owner(order, MessageKind.DISPATCHED)
    _tell_hands(order, _("新工单：%(order)s"))
    return order


def dispatch_orders(
    orders: Iterable[WorkOrder], *, by: Any, to: User | None = None, team: Team | None = None
) -> Outcome:
    """Many at once: each in a transaction of its own, so that one that is no longer waiting holds up none of the others."""
    outcome = Outcome()
    for order in orders:
        try:
            outcome.sent.append(dispatch_order(order, by=by, to=to, team=team))
        except BusinessError as error:
            outcome.skipped.append((order, error.sentence))
    return outcome


@transaction.atomic
def claim_order(order: WorkOrder, *, by: Any) -> WorkOrder:
    """抢单: dispatched to oneself and accepted in one act. Of two who press at once one has it, the other is told who."""
    if by.actor_type != "user":
        raise OutOfScope(_("抢单的只能是维修人员本人"))
    now = timezone.now()
    try:
        change = move(
            order, Action.CLAIM, by=by, transitions=TRANSITIONS, policy=may, assignee_id=by.actor_id,
            dispatched_at=now, dispatched_by_id=by.actor_id, accepted_at=now,
        )  # fmt: skip
    except (InvalidTransition, OutOfScope) as error:
        raise _missed(order, by, error) from None
    order.refresh_from_db()
    log.record(CLAIMED, order, by=by, changes=change | _hands(order))
    clocks.meet(order, Clock.RESPONSE, at=now)
    note(order, _("维修人员已接单"))
    tell_owner(order, MessageKind.DISPATCHED)
    return order


@transaction.atomic
def accept_order(order: WorkOrder, *, by: Any) -> WorkOrder:
    """接单. Of a team's order the person who accepts becomes its repairer."""
    hold(order)
    values: dict[str, Any] = {"accepted_at": timezone.now()}
    if order.assignee_id is None and order.status == Status.DISPATCHED:
        if not is_mine(by, order):
            raise BusinessError(_("这张工单派给了班组，请由班组成员接单，或转给具体的人"))
        values["assignee_id"] = by.actor_id
    change = move(order, Action.ACCEPT, by=by, transitions=TRANSITIONS, policy=may, **values)
    order.refresh_from_db()
    log.record(ACCEPTED, order, by=by, changes=change | _hands(order) | for_whom(order, by))
    note(order, _("维修人员已接单"))
    return order


@transaction.atomic
def return_order(order: WorkOrder, *, by: Any, reason: DictItem, detail: str = "") -> WorkOrder:
    """退单: back to the desk. The response clock runs on from where it began."""
    hold(order)
    dispatcher, hands, mine = order.dispatched_by, _hands(order), for_whom(order, by)
    whom = _whom(order, mine)
    change = move(
        order, Action.RETURN, by=by, transitions=TRANSITIONS, policy=may,
        assignee_id=None, team_id=None, dispatched_at=None, dispatched_by_id=None,
    )  # fmt: skip
    order.refresh_from_db()
    order.helpers.clear()
    why = f"{reason}：{detail}" if detail else str(reason)
    log.record(RETURNED, order, by=by, changes=change | hands | mine | whom, reason=why)
    clocks.reopen(order, Clock.RESPONSE)
    if dispatcher is not None:
        _tell(dispatcher, order, _("被退单：%(order)s"), f"returned:{timezone.now().timestamp()}")
    return order


@transaction.atomic
def transfer_order(
    order: WorkOrder, *, by: Any, reason: str, to: User | None = None, team: Team | None = None
) -> WorkOrder:  # fmt: skip
    """转单: somebody else shall do it; he has to accept it anew. The clocks run on."""
    if not reason.strip():
        raise BadValue(_("请说明转单原因"), field="reason")
    locked = WorkOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
    _check_hands(locked, to, team)
    if to is not None and to.pk == locked.assignee_id:
        raise BadValue(_("工单已经在 %(person)s 手上") % {"person": to}, field="to")
    before, old = _hands(locked), locked.assignee
    change = move(
        locked, Action.TRANSFER, by=by, transitions=TRANSITIONS, policy=may,
        assignee_id=to.pk if to else None, team_id=team.pk if team else None, dispatched_at=timezone.now(),
        dispatched_by_id=user_id(by), accepted_at=None,
    )  # fmt: skip
    locked.refresh_from_db()
    change |= drop_request(locked)
    after = _hands(locked)
    moved = {
        name: [before.get(name, ""), after.get(name, "")]
        for name in before | after
        if before.get(name) != after.get(name)
    }
    log.record(TRANSFERRED, locked, by=by, changes=change | moved, reason=reason)
    if old is not None and old.pk != user_id(by):
        _tell(old, locked, _("工单已转给别人：%(order)s"), f"transferred:{timezone.now().timestamp()}")
    _tell_hands(locked, _("转来工单：%(order)s"))
    tell_owner(locked, MessageKind.DISPATCHED)
    return locked


def for_whom(order: WorkOrder, by: Any) -> dict[str, str]:
    """代办 as the log says it: for whom the act was done, when it was not the repairer himself."""
    return {"act_for": str(order.assignee or order.team)} if acts_for(by, order) and not is_mine(by, order) else {}


def _whom(order: WorkOrder, mine: dict[str, str]) -> dict[str, int]:
    """For whom it was handed back, by his number: it is his refusal as if he had pressed himself, and names may be alike."""
    return {"act_for_id": order.assignee_id} if mine and order.assignee_id is not None else {}


def _check_hands(order: WorkOrder, to: User | None, team: Team | None) -> None:
    if to is None and team is None:
        raise BadValue(_("请选择维修工或班组"), field="to")
    if to is not None and not Repairer.objects.active().filter(user=to, community=order.community_id).exists():
        raise BadValue(
            _("%(person)s 不是这个项目在用的维修人员") % {"person": to}, _("请在“维修人员”里登记"), field="to"
        )
    if team is not None and (team.community_id != order.community_id or team.disabled_at is not None):
        raise BadValue(_("班组不在这个项目或已停用"), field="team")


def _set_helpers(order: WorkOrder, helpers: Iterable[User]) -> None:
    people = [person for person in helpers if person.pk != order.assignee_id]
    known = set(
        Repairer.objects.active()
        .filter(community=order.community_id, user__in=people)
        .values_list("user_id", flat=True)
    )
    for person in people:
        if person.pk not in known:
            raise BadValue(_("%(person)s 不是这个项目在用的维修人员") % {"person": person}, field="helpers")
    order.helpers.set(people)


def _hands(order: WorkOrder) -> dict[str, str]:
    named = {"assignee": order.assignee, "team": order.team}
    return {name: str(who) for name, who in named.items() if who is not None}


def _already_gone(order: WorkOrder, error: InvalidTransition) -> InvalidTransition:
    """The loser learns who won, when, and whom he chose."""
    words = who_has_it(order)
    if not words:
        return error
    gone = InvalidTransition(words)
    gone.fix = error.fix
    return gone


def _missed(order: WorkOrder, by: Any, error: BusinessError) -> BusinessError:
    """What one may take is what lies in the pool: whoever comes second has lost the right to it with the order, and is told why."""
    if isinstance(error, InvalidTransition):
        return _already_gone(order, error)
    seen = once_in_pool(by, order.pk)
    if seen is None:
        return error
    allowed = [str(Action(name).label) for name in available_actions(by, seen)]
    return _already_gone(order, InvalidTransition(_("这张工单已不在抢单池里"), allowed))


def who_has_it(order: WorkOrder) -> str:
    """已由 张三 于 10:02 派给 李四; '' when it lies with nobody."""
    now = WorkOrder.objects.select_related("assignee", "team", "dispatched_by").filter(pk=order.pk).first()
    if now is None or now.dispatched_at is None or now.status not in {Status.DISPATCHED, Status.WORKING}:
        return ""
    at = formats.date_format(timezone.localtime(now.dispatched_at), "H:i")
    words = {"who": now.dispatched_by or SYSTEM.actor_label, "at": at, "whom": now.assignee or now.team}
    if now.dispatched_by_id is not None and now.dispatched_by_id == now.assignee_id:
        return _("已由 %(who)s 于 %(at)s 抢到") % words
    return _("已由 %(who)s 于 %(at)s 派给 %(whom)s") % words


def _tell_hands(order: WorkOrder, sentence: str) -> None:
    people = [order.assignee] if order.assignee else list(order.team.members.all()) if order.team else []
    for person in people:
        if person is not None:
            _tell(person, order, sentence, f"hands:{timezone.now().timestamp()}")


def _tell(person: User, order: WorkOrder, sentence: str, act: str) -> None:
    text = sentence % {"order": order.headline}
    notify(person, text, url=order.door, dedup_key=f"workorders:{order.pk}:{person.pk}:{act}")
