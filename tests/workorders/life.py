"""What the state machine of the orders expects, written down a second time and on its own: who may do what, when, and what it does.
Nothing here is read from workorders/states.py but which ways it opens to owners."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from core.actors import SYSTEM
from core.models import DictItem
from owners.actors import OwnerByLink
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import CommunityFactory, TeamFactory, UnitFactory
from tests.factories.workorders import chief, desk, repairer
from workorders.services import after, dispatch, intake, pausing, work
from workorders.states import TRANSITIONS

LEADS, HANDS = frozenset({"lead", "chief"}), frozenset({"a", "b", "m"})
ANYBODY = ("lead", "chief", "a", "b", "m", "far", "owner", "system")
CHECKS = 1  # of a door


@dataclass
class Facts:
    """An order as it should be. `asked` is who waits for an answer to his request, `left` the lines of the checklist."""

    pk: int
    status: str = "waiting"
    assignee: str = ""
    team: bool = False
    round: int = 0
    left: int = CHECKS
    arrived: bool = False
    asked: str = ""
    requests: int = 0
    stars: int | None = None
    logged: int = 1
    reworks: int = 0
    urgency: str = "normal"

    def lies_with(self, who: str) -> bool:
        return self.assignee == who or (not self.assignee and self.team and who == "m")

    def done_by(self, who: str) -> bool:
        """The repairer himself, or somebody who may act for him."""
        return self.lies_with(who) or who in LEADS or who == "system"


@dataclass(frozen=True)
class Act:
    """`states` in which it is possible; `may` who; `ready` what else has to be so; `do` the service; `then` what it makes of it.
    `jump` names the action of the table, for acts that change the state."""

    states: frozenset[str]
    may: Callable[[Facts, str], bool]
    do: Callable[[Any, Any, Any], Any]
    then: Callable[[Facts, str], None]
    ready: Callable[[Facts, str], bool] = field(default=lambda facts, who: True)
    jump: str = ""

    def possible(self, facts: Facts, who: str) -> bool:
        return facts.status in self.states and self.may(facts, who) and self.ready(facts, who)


def world() -> SimpleNamespace:
    """People of every kind around one community; made once, since examples only move orders."""
    community = CommunityFactory(work_calendar=WorkCalendarFactory())
    unit = UnitFactory(building__community=community)
    owner = OwnerFactory(units=[unit], phones=["13800138000"])
    people = {"lead": desk(community), "chief": chief(community), "far": desk(CommunityFactory())}
    people |= {name: repairer(community, "electric") for name in sorted(HANDS)}
    team = TeamFactory(community=community, members=[people["m"]])
    return SimpleNamespace(
        community=community, unit=unit, owner=owner, team=team, users=people,
        actors=people | {"owner": OwnerByLink(owner), "system": SYSTEM},
        words={code: word(code, item) for code, item in _WORDS}, door=DictItem.objects.get(type__code="repair_kind", code="home_door"),
    )  # fmt: skip


_WORDS = (
    ("return_reason", "not_mine"), ("suspend_reason", "away"), ("cancel_reason", "withdrawn"), ("close_reason", "repair_fund"),
)  # fmt: skip


def _states(*names: str) -> frozenset[str]:
    return frozenset(names)


def _desk(facts: Facts, who: str) -> bool:
    return who in LEADS or who == "system"


def _desk_or_owner(action: str) -> Callable[[Facts, str], bool]:
    """The desk, and whoever reported where the table opens the way to him."""
    opened = bool(TRANSITIONS[action].owner_field)
    return lambda facts, who: _desk(facts, who) or (opened and who == "owner")


def _own(facts: Facts, who: str) -> bool:
    return facts.done_by(who)


def _sets(**values: Any) -> Callable[[Facts, str], None]:
    def apply(facts: Facts, who: str) -> None:
        for name, value in values.items():
            setattr(facts, name, value)

    return apply


def _take(facts: Facts, who: str) -> None:
    facts.status, facts.assignee = "working", facts.assignee or who


def _ask(facts: Facts, who: str) -> None:
    facts.asked, facts.requests = who, facts.requests + 1


def _rework(facts: Facts, who: str) -> None:
    facts.status, facts.round, facts.reworks = "working", facts.round + 1, facts.reworks + 1
    facts.left, facts.arrived, facts.stars = CHECKS, False, None


def _tick(facts: Facts, who: str) -> None:
    facts.left = max(0, facts.left - 1)


def _latest_request(order: Any) -> Any:
    return order.suspensions.order_by("-pk").first()


def _tick_next(world: Any, order: Any, by: Any) -> Any:
    check = order.checks.filter(done_at__isnull=True).first() or order.checks.first()
    return work.tick_check(check, by=by)


def _today() -> Any:
    return timezone.localdate()


def _other(order: Any, world: Any) -> Any:
    """Whom a transfer goes to: whoever of 甲 and 乙 does not have it (as the row says, not as the page did)."""
    now = type(order).objects.get(pk=order.pk)
    return world.users["b" if now.assignee_id == world.users["a"].pk else "a"]


def _transferred(facts: Facts, who: str) -> None:
    facts.status, facts.assignee, facts.team = "dispatched", "b" if facts.assignee == "a" else "a", False
    facts.asked = ""


def rate(stars: int) -> Act:
    return Act(
        _states("done", "archived"), lambda facts, who: not facts.lies_with(who),
        lambda w, o, by: after.rate_order(o, by=by, stars=stars, via="phone", why="没修好"),
        _sets(stars=stars), ready=lambda facts, who: facts.stars is None,
    )  # fmt: skip


def _answered(facts: Facts, who: str) -> bool:
    return bool(facts.asked) and facts.asked != who


ACTS: dict[str, Act] = {
    "dispatch": Act(_states("waiting"), _desk, lambda w, o, by: dispatch.dispatch_order(o, by=by, to=w.users["a"]),
                    _sets(status="dispatched", assignee="a"), jump="dispatch"),
    "to_team": Act(_states("waiting"), _desk, lambda w, o, by: dispatch.dispatch_order(o, by=by, team=w.team),
                   _sets(status="dispatched", team=True)),
    "claim": Act(_states("waiting"), lambda facts, who: who in HANDS, lambda w, o, by: dispatch.claim_order(o, by=by), _take, jump="claim"),
    "accept": Act(_states("dispatched"), _own, lambda w, o, by: dispatch.accept_order(o, by=by), _take,
                  ready=lambda facts, who: bool(facts.assignee) or who == "m", jump="accept"),
    "return": Act(_states("dispatched"), _own,
                  lambda w, o, by: dispatch.return_order(o, by=by, reason=w.words["return_reason"]),
                  _sets(status="waiting", assignee="", team=False), jump="return"),
    "transfer": Act(_states("dispatched", "working"), _desk,
                    lambda w, o, by: dispatch.transfer_order(o, by=by, reason="改派", to=_other(o, w)), _transferred, jump="transfer"),
    "arrive": Act(_states("working"), _own, lambda w, o, by: work.arrive(o, by=by), _sets(arrived=True),
                  ready=lambda facts, who: not facts.arrived),
    "tick": Act(_states("working"), _own, _tick_next, _tick),
    "await_parts": Act(_states("working"), _own,
                       lambda w, o, by: pausing.await_parts(o, by=by, part="闭门器", expected_on=_today()),
                       _sets(status="parts"), jump="await_parts"),
    "parts_arrived": Act(_states("parts"), _own, lambda w, o, by: pausing.parts_arrived(o, by=by), _sets(status="working"),
                         jump="parts_arrived"),
    "ask": Act(_states("working"), _own,
               lambda w, o, by: pausing.ask_suspension(
                   o, by=by, reason=w.words["suspend_reason"], resume_on=_today() + timedelta(days=1)),
               _ask, ready=lambda facts, who: not facts.asked and who != "system"),
    "approve": Act(_states("working"), _desk, lambda w, o, by: pausing.approve_suspension(_latest_request(o), by=by),
                   _sets(status="suspended", asked=""), ready=_answered),
    "refuse": Act(_states("working", "parts"), _desk, lambda w, o, by: pausing.refuse_suspension(_latest_request(o), by=by, answer="先修"),
                  _sets(asked=""), ready=_answered),
    "withdraw": Act(_states("working", "parts"), lambda facts, who: facts.asked == who,
                    lambda w, o, by: pausing.withdraw_suspension(_latest_request(o), by=by), _sets(asked="")),
    "resume": Act(_states("suspended"), _own, lambda w, o, by: pausing.resume(o, by=by), _sets(status="working"), jump="resume"),
    "complete": Act(_states("working"), _own, lambda w, o, by: work.complete_order(o, by=by, finish=work.Finish("换了闭门器")),
                    _sets(status="done", arrived=True, asked=""), ready=lambda facts, who: not facts.left, jump="complete"),
    "rework": Act(_states("done"), _desk_or_owner("rework"), lambda w, o, by: after.rework_order(o, by=by, reason="又关不上了"), _rework,
                  jump="rework"),
    "archive": Act(_states("done"), _desk, lambda w, o, by: after.archive_order(o, by=by), _sets(status="archived"), jump="archive"),
    "cancel": Act(_states("waiting", "dispatched"), _desk_or_owner("cancel"),
                  lambda w, o, by: after.cancel_order(o, by=by, reason=w.words["cancel_reason"]),
                  _sets(status="cancelled"), jump="cancel"),
    "close": Act(_states("working"), lambda facts, who: who in {"chief", "system"},
                 lambda w, o, by: after.close_order(o, by=by, reason=w.words["close_reason"], detail="", told=True),
                 _sets(status="closed", asked=""), jump="close"),
    "rate_well": rate(5),
    "rate_badly": rate(1),
}  # fmt: skip
# The jumps in the words and the order of the table, as a refusal lists them. 挂起 is a jump of the supervisor's answer.
LISTED = (
    ("dispatch", "派单"), ("claim", "抢单"), ("accept", "接单"), ("return", "退单"), ("transfer", "转单"), ("await_parts", "缺料待备件"),
    ("parts_arrived", "备件到料"), ("suspend", "挂起"), ("resume", "恢复处理"), ("complete", "完工"), ("rework", "返工"),
    ("archive", "归档"), ("cancel", "取消"), ("close", "无法处理，关闭"),
)  # fmt: skip


def listed(facts: Facts, who: str) -> str:
    """What a refusal says this person may do with the order now. The machine has no permissions: nothing is offered to it."""
    if who in {"system", "far"}:
        return ""
    by_jump = {act.jump: act for act in ACTS.values() if act.jump}
    by_jump["suspend"] = Act(_states("working"), _desk, ACTS["approve"].do, ACTS["approve"].then)
    words = [label for name, label in LISTED if facts.status in by_jump[name].states and by_jump[name].may(facts, who)]
    return "现在可以：" + "、".join(words) if words else ""


def report(world: Any) -> Any:
    return intake.create_order(
        by=world.users["lead"], unit=world.unit, owner=world.owner, kind=world.door, source="hotline", paid=False,
        reporter_name="王建国", description="入户门关不上",
    )  # fmt: skip
