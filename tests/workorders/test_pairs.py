"""Every pair of state and action through the service that does it, and every actor who may not: what happens, what a refusal says, and
that it leaves nothing behind."""

import pytest
from django.utils import timezone

from core.errors import BusinessError, InvalidTransition, OutOfScope
from core.models import LogEntry
from tests.factories.workorders import SuspensionRequestFactory, WorkOrderFactory
from tests.workorders.life import ACTS, Facts, listed, world
from workorders.models import WorkOrder
from workorders.states import TRANSITIONS, Action, Status

pytestmark = pytest.mark.django_db
JUMPS = {str(act.jump): act for act in ACTS.values() if act.jump} | {"suspend": ACTS["approve"]}
PAIRS = [(str(status), str(action)) for status in Status for action in Action]
HANDED = frozenset({"dispatched", "working", "parts", "suspended", "done", "archived", "closed"})


@pytest.fixture
def around():
    return world()


def made(around, status: str, action: str) -> tuple[WorkOrder, Facts]:
    """An order in this state, in 乙's hands from 待接单 on; somebody has asked for a suspension where one is to be granted."""
    people = around.users
    order = WorkOrderFactory(
        unit=around.unit, owner=around.owner, status=status, **({"assignee": people["b"]} if status in HANDED else {})
    )
    facts = Facts(order.pk, status=status, assignee="b" if status in HANDED else "", left=0)
    if action == "suspend":
        SuspensionRequestFactory(order=order, asked_by=people["b"])
        facts.asked = "b"
    return order, facts


def row_of(order: WorkOrder) -> dict:
    return WorkOrder.objects.filter(pk=order.pk).values().get()


@pytest.mark.parametrize(("status", "action"), PAIRS)
def test_every_pair_of_state_and_action_through_its_service(around, status, action):
    order, facts = made(around, status, action)
    who = "a" if action == "claim" else "chief"
    before = row_of(order)
    if status in TRANSITIONS[action].sources:
        JUMPS[action].do(around, order, around.actors[who])
        assert WorkOrder.objects.get(pk=order.pk).status == TRANSITIONS[action].target
        assert LogEntry.objects.filter(object_type="workorders.workorder", object_id=order.pk).count() == 1
        return
    with pytest.raises(BusinessError) as refused:
        JUMPS[action].do(around, order, around.actors[who])
    assert (row_of(order), LogEntry.objects.filter(object_id=order.pk).exists()) == (before, False)
    if action == "claim" and status in {"done", "archived", "cancelled", "closed"}:
        assert isinstance(refused.value, OutOfScope), (
            "long out of the pool: whoever takes from it has no part in this order"
        )
    else:
        assert isinstance(refused.value, InvalidTransition)
        assert refused.value.fix == listed(facts, who)
        assert (
            str(Status(status).label) in refused.value.sentence
            or "派给" in refused.value.sentence
            or "抢单池" in refused.value.sentence
        )


# Somebody whom each action is open to, and who is refused whatever the state is good for.
REFUSED = {
    "dispatch": ("a", "far", "owner"), "claim": ("lead", "far", "owner", "system"), "accept": ("a", "far", "owner"),
    "return": ("a", "far", "owner"), "transfer": ("a", "b", "far", "owner"), "await_parts": ("a", "far", "owner"),
    "parts_arrived": ("a", "far", "owner"), "suspend": ("a", "b", "far", "owner"), "resume": ("a", "far", "owner"),
    "complete": ("a", "far", "owner"), "rework": ("a", "b", "far"), "archive": ("a", "b", "far", "owner"),
    "cancel": ("a", "b", "far", "owner"), "close": ("lead", "a", "b", "far", "owner"),
}  # fmt: skip
STRANGERS = [
    (action, who)
    for action, people in REFUSED.items()
    for who in people
    if who != "owner" or not TRANSITIONS[action].owner_field
]


@pytest.mark.parametrize(("action", "who"), STRANGERS)
def test_who_may_not_is_refused_where_the_state_would_allow_it(around, action, who):
    """甲 repairs other orders, 乙 this one, `lead` heads the desk, `far` heads that of another community; owner and machine besides."""
    assert REFUSED.keys() == {str(one) for one in Action}
    for status in sorted(TRANSITIONS[action].sources):
        order, _facts = made(around, str(status), action)
        before = row_of(order)
        with pytest.raises(BusinessError):
            JUMPS[action].do(around, order, around.actors[who])
        assert (row_of(order), LogEntry.objects.filter(object_id=order.pk).exists()) == (before, False)


@pytest.mark.parametrize("act", ["arrive", "tick", "ask"])
@pytest.mark.parametrize("who", ["a", "far", "owner"])
def test_acts_that_change_no_state_ask_for_the_same_right(around, act, who):
    order, _facts = made(around, "working", "")
    order.checks.create(text="试开合")
    with pytest.raises(BusinessError):
        ACTS[act].do(around, order, around.actors[who])
    order.refresh_from_db()
    assert (order.arrived_at, order.suspensions.count()) == (None, 0)
    assert not order.checks.filter(done_at__isnull=False).exists()


@pytest.mark.parametrize("answer", ["approve", "refuse"])
@pytest.mark.parametrize("who", ["a", "b", "far", "owner"])
def test_who_asked_or_has_no_right_answers_no_request(around, answer, who):
    order, _facts = made(around, "working", "suspend")
    with pytest.raises(BusinessError):
        ACTS[answer].do(around, order, around.actors[who])
    assert order.suspensions.get().status == "pending"


class TestByAnOldPage:
    """The order changed between the page somebody looked at and his press."""

    def test_the_former_repairer_does_not_accept_for_the_new_one(self, around):
        order, _facts = made(around, "dispatched", "")
        old = WorkOrder.objects.get(pk=order.pk)
        ACTS["transfer"].do(around, order, around.actors["lead"])
        with pytest.raises(BusinessError, match=r"权限|派给了别人"):
            ACTS["accept"].do(around, old, around.actors["b"])
        assert row_of(order)["status"] == "dispatched"

    def test_a_second_rework_from_an_old_page_counts_on(self, around):
        order, _facts = made(around, "done", "")
        old = WorkOrder.objects.get(pk=order.pk)
        for name, who in (("rework", "lead"), ("complete", "b")):
            ACTS[name].do(around, order, around.actors[who])
        ACTS["rework"].do(around, old, around.actors["lead"])
        assert row_of(order)["rework_count"] == 2

    def test_arrival_said_meanwhile_stays_when_he_completes(self, around):
        order, _facts = made(around, "working", "")
        old = WorkOrder.objects.get(pk=order.pk)
        ACTS["arrive"].do(around, order, around.actors["b"])
        arrived = row_of(order)["arrived_at"]
        ACTS["complete"].do(around, old, around.actors["b"])
        assert row_of(order)["arrived_at"] == arrived < timezone.now()

    @pytest.mark.parametrize("act", ["transfer", "complete", "close"])
    def test_a_request_falls_with_the_work_it_was_asked_for(self, around, act):
        order, _facts = made(around, "working", "suspend")
        ACTS[act].do(around, order, around.actors["chief"])
        request = order.suspensions.get()
        assert (request.status, request.answer) == ("withdrawn", "工单已转出或结束，申请作废")
        with pytest.raises(BusinessError, match="这个申请已处理"):
            ACTS["approve"].do(around, order, around.actors["chief"])
        entry = LogEntry.objects.get(object_type="workorders.workorder", object_id=order.pk)
        assert entry.changes["suspension"] == ["待审批", "已撤回"]
