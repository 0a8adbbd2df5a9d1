"""The life of an order: every pair of state and action (DOMAIN 2.2), and who may take each way."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from audit.states import move
from core.errors import BadValue, BusinessError, InvalidTransition
from core.models import InboxItem, LogEntry
from owners.actors import OwnerByLink
from tests.factories.audit import UserFactory, grant_to, user_with
from tests.factories.owners import OwnerFactory, word
from tests.factories.properties import CommunityFactory, TeamFactory, UnitFactory
from tests.factories.workorders import (
    MaterialFactory,
    PriceItemFactory,
    RepairerFactory,
    WorkOrderFactory,
    chief,
    desk,
    kind_of,
    repairer,
)
from tests.support.races import race
from workorders.models import OrderClock, Pause, WorkOrder
from workorders.policies import available_actions, may
from workorders.services import after, dispatch, intake, materials, pausing, work
from workorders.states import TRANSITIONS, Action, Clock, Status

PAIRS = [(status, action) for status in Status for action in Action]


def report(unit=None, *, by=None, code="tap", **values):
    unit = unit or UnitFactory()
    fields = {"source": "hotline", "reporter_name": "王建国", "description": "厨房水龙头漏水"} | values
    return intake.create_order(by=by or desk(unit.community), unit=unit, kind=kind_of(code), **fields)


def in_work(unit=None, code="lamp"):
    """(order in hand and at work, its repairer)."""
    order = report(unit, code=code, paid=False)
    person = repairer(order.community, "plumbing")
    dispatch.dispatch_order(order, by=desk(order.community), to=person)
    dispatch.accept_order(order, by=person)
    order.checks.update(done_at=timezone.now())
    return order, person


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "action"), PAIRS)
def test_every_pair_of_state_and_action_moves_or_is_refused_with_what_is_allowed(status, action):
    order = WorkOrderFactory(status=status)
    actor = user_with(
        *{way.permission for way in TRANSITIONS.values()}, "workorders.act_for_workorder", "workorders.view_workorder"
    )
    if action == Action.CLAIM:
        RepairerFactory(user=actor, community=order.community)
    way = TRANSITIONS[action]
    values = {"assignee": actor} if way.target in {Status.DISPATCHED, Status.WORKING} else {}
    values |= {"paused_at": timezone.now() if way.target in {Status.PARTS, Status.SUSPENDED} else None}
    values |= {"completed_at": timezone.now()} if way.target == Status.DONE else {}
    if status in way.sources:
        move(order, action, by=actor, transitions=TRANSITIONS, policy=may, **values)
        assert WorkOrder.objects.get(pk=order.pk).status == way.target
    else:
        allowed = [str(Action(name).label) for name in available_actions(actor, order)]
        with pytest.raises((InvalidTransition, BusinessError)) as refused:
            move(order, action, by=actor, transitions=TRANSITIONS, policy=may, **values)
        assert WorkOrder.objects.get(pk=order.pk).status == status
        if allowed and isinstance(refused.value, InvalidTransition):
            assert refused.value.fix == "现在可以：" + "、".join(allowed)


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "action"), PAIRS)
def test_an_owner_calls_off_and_has_redone_what_he_reported_and_goes_no_other_way(status, action):
    me, other = OwnerFactory(), OwnerFactory()
    order = WorkOrderFactory(status=status, owner=me)
    way = TRANSITIONS[action]
    mine = action in {Action.CANCEL, Action.REWORK} and status in way.sources
    assert (action in available_actions(OwnerByLink(me), order)) is mine
    assert available_actions(OwnerByLink(other), order) == []
    with pytest.raises(BusinessError):
        move(order, action, by=OwnerByLink(other), transitions=TRANSITIONS, policy=may)
    if mine:
        move(order, action, by=OwnerByLink(me), transitions=TRANSITIONS, policy=may)
    else:
        with pytest.raises(BusinessError):
            move(order, action, by=OwnerByLink(me), transitions=TRANSITIONS, policy=may)
    assert WorkOrder.objects.get(pk=order.pk).status == (way.target if mine else status)


@pytest.mark.django_db
class TestLife:
    def test_r37_r44_from_the_call_to_the_archive(self):
        unit = UnitFactory()
        clerk, lead = desk(unit.community), chief(unit.community)
        order = report(unit, by=clerk, code="lamp", paid=False)
        assert (order.status, order.urgency, order.area, str(order.category)) == ("waiting", "normal", "indoor", "电气")
        assert {row.clock for row in order.clocks.all()} == {"response", "arrival", "completion"}
        person = repairer(unit.community, "electric")
        dispatch.dispatch_order(order, by=clerk, to=person)
        assert OrderClock.objects.get(order=order, clock=Clock.RESPONSE).met_at is not None
        dispatch.accept_order(order, by=person)
        work.arrive(order, by=person)
        with pytest.raises(BusinessError, match="还有 2 个检查项"):
            work.complete_order(order, by=person, finish=work.Finish("换了灯管"))
        for check in order.checks.all():
            work.tick_check(check, by=person)
        work.complete_order(order, by=person, finish=work.Finish("换了灯管", word("fault_cause", "ageing")))
        after.rate_order(order, by=clerk, stars=5, via="phone", text="很快")
        after.archive_order(order, by=lead)
        order.refresh_from_db()
        assert (order.status, order.stars, order.next_due_at) == (Status.ARCHIVED, 5, None)
        codes = list(
            LogEntry.objects.filter(object_type="workorders.workorder").order_by("pk").values_list("action", flat=True)
        )
        acts = ("created", "dispatched", "accepted", "arrived", "checked", "checked", "completed", "rated", "archived")
        assert codes == [f"workorders.workorder.{act}" for act in acts]

    def test_r39_an_order_goes_only_to_a_repairer_of_its_community(self):
        order = report()
        with pytest.raises(BadValue, match="不是这个项目在用的维修人员"):
            dispatch.dispatch_order(order, by=desk(order.community), to=UserFactory())
        with pytest.raises(BadValue, match="班组不在这个项目"):
            dispatch.dispatch_order(order, by=desk(order.community), team=TeamFactory())

    def test_a_team_order_is_taken_by_a_member_and_by_nobody_else(self):
        order = report(code="lamp")
        member, other = repairer(order.community), repairer(order.community)
        team = TeamFactory(community=order.community)
        team.members.add(member)
        dispatch.dispatch_order(order, by=desk(order.community), team=team)
        with pytest.raises(BusinessError):
            dispatch.accept_order(order, by=other)
        dispatch.accept_order(order, by=member)
        assert order.assignee == member

    def test_handing_back_gains_no_time(self):
        order, lead = report(code="lamp"), None
        lead = desk(order.community)
        person = repairer(order.community)
        due = OrderClock.objects.get(order=order, clock=Clock.RESPONSE).due_at
        dispatch.dispatch_order(order, by=lead, to=person)
        dispatch.return_order(order, by=person, reason=word("return_reason", "not_mine"), detail="要电工")
        row = OrderClock.objects.get(order=order, clock=Clock.RESPONSE)
        assert (order.status, order.assignee, row.met_at, row.due_at) == (Status.WAITING, None, None, due)
        assert LogEntry.objects.get(action=dispatch.RETURNED).reason == "非本专业：要电工"

    def test_a_transfer_asks_for_acceptance_anew(self):
        order, person = in_work()
        second = repairer(order.community)
        moved = dispatch.transfer_order(order, by=chief(order.community), to=second, reason="改派电工")
        assert (moved.status, moved.assignee, moved.accepted_at) == (Status.DISPATCHED, second, None)
        entry = LogEntry.objects.get(action=dispatch.TRANSFERRED)
        assert entry.changes["assignee"] == [str(person), str(second)]

    def test_waiting_for_parts_moves_what_is_still_owed(self):
        order, person = in_work()
        pausing.await_parts(order, by=person, part="灯管", expected_on=timezone.localdate())
        assert order.refresh_from_db() is None and order.paused_at is not None
        before = OrderClock.objects.get(order=order, clock=Clock.COMPLETION).due_at
        with time_machine.travel(timezone.now() + timedelta(hours=3)):
            pausing.parts_arrived(order, by=person)
        row = OrderClock.objects.get(order=order, clock=Clock.COMPLETION)
        pause = Pause.objects.get()
        assert row.due_at - before == pause.ended_at - pause.started_at >= timedelta(hours=3)
        assert order.status == Status.WORKING

    def test_suspension_is_asked_for_and_changes_nothing_until_granted_by_another(self):
        order, person = in_work()
        tomorrow = timezone.localdate() + timedelta(days=1)
        request = pausing.ask_suspension(order, by=person, reason=word("suspend_reason", "away"), resume_on=tomorrow)
        order.refresh_from_db()
        assert order.status == Status.WORKING
        grant_to(person, "workorders.approve_suspension", "workorders.view_workorder", communities=[order.community])
        with pytest.raises(BusinessError, match="不能审批自己"):
            pausing.approve_suspension(request, by=person)
        pausing.approve_suspension(request, by=chief(order.community))
        order.refresh_from_db()
        assert (order.status, order.paused_at is not None) == (Status.SUSPENDED, True)
        pausing.resume(order, by=person)
        assert order.status == Status.WORKING

    def test_rework_raises_the_counter_and_gets_new_deadlines(self):
        order, person = in_work()
        work.complete_order(order, by=person, finish=work.Finish("换了"))
        after.rework_order(order, by=desk(order.community), reason="又不亮了")
        assert (order.status, order.rework_count, order.assignee) == (Status.WORKING, 1, person)
        assert set(order.clocks.filter(round=1).values_list("clock", flat=True)) == {"arrival", "completion"}

    def test_a_duplicate_is_cancelled_and_keeps_the_link(self):
        unit = UnitFactory()
        first, second = report(unit), report(unit)
        after.cancel_order(
            second, by=desk(unit.community), reason=word("cancel_reason", "duplicate"), duplicate_of=first
        )
        assert (second.status, second.duplicate_of) == (Status.CANCELLED, first)

    def test_nobody_closes_unrepaired_before_the_owner_is_told(self):
        order, _person = in_work()
        reason = word("close_reason", "repair_fund")
        with pytest.raises(BadValue, match="先告知业主"):
            after.close_order(order, by=chief(order.community), reason=reason, detail="", told=False)
        after.close_order(order, by=chief(order.community), reason=reason, detail="屋面大修", told=True)
        assert order.status == Status.CLOSED

    def test_who_did_the_work_writes_no_rating_for_it(self):
        order, person = in_work()
        work.complete_order(order, by=person, finish=work.Finish("换了"))
        with pytest.raises(BusinessError, match="自己工单"):
            after.rate_order(order, by=person, stars=5, via="phone")
        with pytest.raises(BadValue, match="请说明原因"):
            after.rate_order(order, by=desk(order.community), stars=2, via="phone")

    def test_the_desk_acts_for_the_repairer_and_the_log_says_so(self):
        order = report(code="lamp")
        lead, person = chief(order.community), repairer(order.community)
        dispatch.dispatch_order(order, by=lead, to=person)
        dispatch.accept_order(order, by=lead)
        assert LogEntry.objects.get(action=dispatch.ACCEPTED).changes["act_for"] == str(person)
        assert order.assignee == person

    def test_a_repairer_does_not_touch_the_order_of_another(self):
        order, _person = in_work()
        other = repairer(order.community)
        for act in (work.arrive, pausing.parts_arrived):
            with pytest.raises(BusinessError):
                act(order, by=other)


@pytest.mark.django_db
class TestMoney:
    def test_labour_and_two_valves_make_117(self):
        """DOMAIN 2.2: 人工 80.00 + 角阀 2×18.50 = 117.00."""
        order, person = in_work()
        line = materials.use_material(order, by=person, material=MaterialFactory(), quantity=Decimal(2))
        work.complete_order(order, by=person, finish=work.Finish("换角阀", labour_fee=Decimal("80.00")))
        order.refresh_from_db()
        assert (line.amount, order.total) == (Decimal("37.00"), Decimal("117.00"))

    def test_a_stock_that_is_kept_goes_down_and_never_below_nothing(self):
        order, person = in_work()
        valve = MaterialFactory(stock=Decimal(3))
        line = materials.use_material(order, by=person, material=valve, quantity=Decimal(2))
        with pytest.raises(BadValue, match="库存只有 1 个"):
            materials.use_material(order, by=person, material=valve, quantity=Decimal(2))
        materials.drop_material(line, by=person)
        valve.refresh_from_db()
        order.refresh_from_db()
        assert (valve.stock, order.materials_fee) == (Decimal(3), Decimal(0))

    def test_a_paid_repair_takes_consent_first_and_keeps_the_priced_lines(self):
        order, person = in_work()
        WorkOrder.objects.update(paid=True)
        order.refresh_from_db()
        with pytest.raises(BusinessError, match="还没有业主同意的价目"):
            work.complete_order(order, by=person, finish=work.Finish("换龙头"))
        item = PriceItemFactory()
        materials.agree_prices(order, by=person, lines={item: Decimal(2)}, how="现场口头同意")
        item.price = Decimal(99)
        item.save()
        order.refresh_from_db()
        work.complete_order(order, by=person, finish=work.Finish("换龙头"))
        assert order.paid_lines.get().amount == order.labour_fee == Decimal("20.00")


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_dispatchers_the_second_is_told_who_won_and_whom_he_chose(self):
        order = report(code="lamp")
        leads = [desk(order.community), desk(order.community)]
        people = [repairer(order.community), repairer(order.community)]
        outcomes = race(*[
            lambda lead=lead, person=person: dispatch.dispatch_order(WorkOrder.objects.get(pk=order.pk), by=lead, to=person)
            for lead, person in zip(leads, people, strict=True)
        ])  # fmt: skip
        won = next(row for row in outcomes if isinstance(row, WorkOrder))
        lost = next(row for row in outcomes if isinstance(row, InvalidTransition))
        at = timezone.localtime(won.dispatched_at)
        assert lost.sentence == f"已由 {won.dispatched_by} 于 {at:%H:%M} 派给 {won.assignee}"

    def test_of_a_hundred_dispatches_at_once_exactly_one_wins(self):
        order = report(code="lamp")
        leads = [desk(order.community) for _one in range(5)]
        people = [repairer(order.community) for _one in range(5)]
        outcomes = race(*[
            lambda at=at: dispatch.dispatch_order(
                WorkOrder.objects.get(pk=order.pk), by=leads[at % 5], to=people[at // 5 % 5]
            )
            for at in range(100)
        ])  # fmt: skip
        won = [row for row in outcomes if isinstance(row, WorkOrder)]
        lost = {row.sentence for row in outcomes if isinstance(row, InvalidTransition)}
        order.refresh_from_db()
        assert (len(won), len(outcomes), order.status) == (1, 100, Status.DISPATCHED)
        assert (order.assignee, order.dispatched_by) == (won[0].assignee, won[0].dispatched_by)
        at = timezone.localtime(order.dispatched_at)
        assert lost == {f"已由 {order.dispatched_by} 于 {at:%H:%M} 派给 {order.assignee}"}
        assert sum(isinstance(row, InvalidTransition) for row in outcomes) == 99
        assert LogEntry.objects.filter(action=dispatch.DISPATCHED).count() == 1
        assert list(InboxItem.objects.values_list("user_id", flat=True)) == [order.assignee_id]
        assert order.clocks.filter(clock=Clock.RESPONSE, met_at__isnull=False).count() == 1

    def test_of_many_who_grab_an_order_one_has_it(self):
        order = report(code="lamp")
        people = [repairer(order.community) for _one in range(4)]
        outcomes = race(*[
            lambda person=person: dispatch.claim_order(WorkOrder.objects.get(pk=order.pk), by=person) for person in people
        ])  # fmt: skip
        order.refresh_from_db()
        assert [type(row).__name__ for row in outcomes].count("WorkOrder") == 1
        assert order.assignee in people
        assert LogEntry.objects.filter(action=dispatch.CLAIMED).count() == 1


@pytest.mark.django_db
def test_the_scope_of_a_repairer_is_his_own_orders():
    community = CommunityFactory()
    person = repairer(community)
    mine = WorkOrderFactory(unit__building__community=community, status="working", assignee=person)
    WorkOrderFactory(unit__building__community=community, status="working")
    rows = WorkOrder.objects.visible_to(person, "workorders.view_workorder")
    assert list(rows) == [mine]
