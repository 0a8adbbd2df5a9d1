"""回访计划 (R72): whom a plan calls, that a round is begun once, and what starting, pausing and ending do."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.services.demo import create_demo_accounts
from core.errors import BadValue, BusinessError, InvalidTransition, OutOfScope
from core.models import InboxItem, Job, LogEntry
from owners.models import CallBackPlan, CallBackRound, CallBackTask, Owner
from owners.queries.call_plans import months_after, next_round, select
from owners.seeding import calls
from owners.services import call_plans, call_rounds
from owners.services.call_backs import record_call_back
from owners.states import CallBackCause, CallBackOutcome, CallBackStatus, PlanHands, PlanStatus
from tests.factories.audit import user_with
from tests.factories.owners import (
    CallBackPlanFactory,
    CallBackTaskFactory,
    OwnerFactory,
    OwnerTagFactory,
    TenureFactory,
    word,
)
from tests.factories.properties import BuildingFactory, CommunityFactory, UnitFactory
from tests.support.races import race

pytestmark = pytest.mark.django_db
KEEP = ("owners.add_callbackplan", "owners.change_callbackplan", "owners.view_callbackplan", "owners.call_callbacktask")


def household(community, *, phone="13800138000", **values):
    unit = UnitFactory(building__community=community, **values)
    return OwnerFactory(phones=[phone] if phone else [], units=[unit]), unit


def leader(community, *more):
    return user_with(*KEEP, *more, communities=[community])


def running(community, **values):
    boss = leader(community)
    plan = CallBackPlanFactory(community=community, keeper=boss, **values)
    return call_plans.start_plan(plan, by=boss), boss


def chosen(plan, number=1):
    found = select(plan, number, timezone.localdate())
    return [pick.unit_id for pick in found.picks], found.left_out


class TestWhom:
    def test_everybody_with_a_number_and_nobody_without(self):
        community = CommunityFactory()
        _owner, unit = household(community)
        household(community, phone="")
        household(CommunityFactory())
        assert chosen(CallBackPlanFactory(community=community)) == ([unit.pk], Counter(without_phone=1))

    def test_parking_spaces_and_stopped_rooms_are_no_households(self):
        community = CommunityFactory()
        household(community, kind="parking")
        household(community, disabled_at=timezone.now())
        assert chosen(CallBackPlanFactory(community=community)) == ([], Counter())

    def test_of_a_household_the_primary_contact_is_called(self):
        community = CommunityFactory()
        _first, unit = household(community)
        second = OwnerFactory(phones=["13900139000"])
        TenureFactory(owner=second, unit=unit, role="co_owner", is_primary_contact=True)
        found = select(CallBackPlanFactory(community=community), 1, timezone.localdate())
        assert [(pick.unit_id, pick.owner_id) for pick in found.picks] == [(unit.pk, second.pk)]

    def test_somebody_with_two_homes_is_called_once(self):
        community = CommunityFactory()
        owner, _unit = household(community)
        TenureFactory(owner=owner, unit=UnitFactory(building__community=community))
        units, left_out = chosen(CallBackPlanFactory(community=community))
        assert (len(units), left_out) == (1, Counter(same_person=1))

    def test_tags_relations_use_age_and_verification_narrow(self):
        community, today = CommunityFactory(), timezone.localdate()
        owner, unit = household(community, usage="own")
        other, _unit = household(community, usage="let", phone="13900139000")
        OwnerTagFactory(owner=owner, tag=word("owner_tag", "elder"))
        OwnerTagFactory(owner=other, tag=word("owner_tag", "elder"), expires_on=today - timedelta(days=1))
        Owner.objects.filter(pk=owner.pk).update(birth_year=today.year - 70)
        Owner.objects.filter(pk=other.pk).update(verified_on=today)
        for values in ({"usages": ["own"]}, {"age_from": 60}, {"unverified_months": 12}):
            assert chosen(CallBackPlanFactory(community=community, **values))[0] == [unit.pk], values
        tagged = CallBackPlanFactory(community=community)
        tagged.tags.add(word("owner_tag", "elder"))
        assert chosen(tagged)[0] == [unit.pk]
        assert chosen(CallBackPlanFactory(community=community, roles=["tenant"]))[0] == []
        housed = CallBackPlanFactory(community=community)
        housed.buildings.add(BuildingFactory(community=community))
        assert chosen(housed)[0] == []

    def test_a_draw_is_exact_and_the_same_when_asked_again(self):
        community = CommunityFactory()
        for _each in range(10):
            household(community)
        plan = CallBackPlanFactory(community=community, sample_percent=25)
        first = chosen(plan)
        assert (len(first[0]), first[1]) == (3, Counter(not_drawn=7))
        assert chosen(plan) == first
        assert len(chosen(CallBackPlanFactory(community=community, sample_number=4))[0]) == 4
        rounds = {tuple(chosen(plan, number)[0]) for number in range(1, 9)}
        assert len(rounds) > 1, "each round draws anew"

    @pytest.mark.parametrize(("days", "left"), [(29, 0), (31, 1)])
    def test_who_was_called_lately_by_any_plan_is_left_out(self, days, left):
        community = CommunityFactory()
        owner, unit = household(community)
        plan = CallBackPlanFactory(community=community, rest_days=30)
        before = timezone.now() - timedelta(days=days)
        CallBackTaskFactory(
            unit=unit, owner=owner, plan=CallBackPlanFactory(community=community), status="missed", closed_at=before
        )
        assert len(chosen(plan)[0]) == left

    def test_who_is_still_to_be_called_is_not_called_for_a_second_plan(self):
        community = CommunityFactory()
        owner, unit = household(community)
        task = CallBackTaskFactory(unit=unit, owner=owner, plan=CallBackPlanFactory(community=community))
        plan = CallBackPlanFactory(community=community, rest_days=0)
        assert chosen(plan) == ([], Counter(resting=1))
        CallBackTask.objects.filter(pk=task.pk).update(status="withdrawn", closed_at=timezone.now())
        assert chosen(plan)[0] == [unit.pk]


class TestDays:
    def test_months_keep_the_day_where_there_is_one(self):
        assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
        assert months_after(date(2026, 12, 31), 2) == date(2027, 2, 28)
        assert months_after(date(2026, 3, 31), -1) == date(2026, 2, 28)
        assert months_after(date(2026, 11, 30), 1) == date(2026, 12, 30)

    def test_a_rhythm_counts_from_its_first_day(self):
        plan = CallBackPlan(first_on=date(2026, 1, 31), every_months=1)
        assert next_round(plan, date(2026, 1, 30)) == date(2026, 1, 31)
        assert next_round(plan, date(2026, 1, 31)) == date(2026, 2, 28)
        assert next_round(plan, date(2026, 2, 28)) == date(2026, 3, 31)
        quarterly = CallBackPlan(first_on=date(2026, 1, 15), every_months=3)
        assert next_round(quarterly, date(2026, 8, 1)) == date(2026, 10, 15)
        assert next_round(CallBackPlan(first_on=date(2026, 1, 15)), date(2026, 8, 1)) is None


class TestRounds:
    def test_a_round_calls_everybody_once_and_says_so(self):
        community = CommunityFactory()
        owner, unit = household(community)
        plan, boss = running(community, every_months=3)
        assert Job.objects.filter(kind=call_plans.BEGIN).exists(), "its day is today: it begins at once"
        with time_machine.travel(timezone.localtime().replace(hour=10, minute=0), tick=False):
            assert call_rounds.begin_due_rounds() == {"rounds": 1, "households": 1, "ended": 0}
            assert call_rounds.begin_due_rounds() == {"rounds": 0, "households": 0, "ended": 0}
        task, plan = CallBackTask.objects.get(), CallBackPlan.objects.get()
        assert (task.plan, task.round, task.unit, task.owner, task.cause) == (
            plan,
            1,
            unit,
            owner,
            CallBackCause.PERIODIC,
        )
        assert timezone.localtime(task.late_at).time() == time(20, 0)
        assert (plan.rounds, plan.next_on) == (1, months_after(timezone.localdate(), 3))
        assert CallBackRound.objects.get().households == 1
        assert InboxItem.objects.filter(user_id=boss.pk, kind="owners.call_plan").count() == 1
        entry = LogEntry.objects.get(action="owners.callbackplan.round_begun")
        assert entry.actor_type == "system"

    def test_after_a_standstill_one_round_is_made_and_no_more(self):
        community = CommunityFactory()
        household(community)
        today = timezone.localdate()
        plan, _boss = running(community, every_months=1, first_on=today)
        CallBackPlan.objects.filter(pk=plan.pk).update(
            first_on=months_after(today, -5), next_on=months_after(today, -5)
        )
        assert call_rounds.begin_due_rounds()["rounds"] == 1
        plan.refresh_from_db()
        assert plan.next_on > today
        assert CallBackTask.objects.count() == 1

    def test_drafts_paused_and_ended_plans_call_nobody(self):
        community = CommunityFactory()
        household(community)
        for status in (PlanStatus.DRAFT, PlanStatus.PAUSED, PlanStatus.ENDED):
            CallBackPlanFactory(community=community, status=status, next_on=timezone.localdate())
        assert call_rounds.begin_due_rounds()["rounds"] == 0

    def test_calls_go_to_whom_the_plan_says_if_he_may_call(self):
        community = CommunityFactory()
        mine, _unit = household(community)
        other, _unit = household(community, phone="13900139000")
        steward, stranger = leader(community), user_with()
        Owner.objects.filter(pk=mine.pk).update(keeper=steward)
        Owner.objects.filter(pk=other.pk).update(keeper=stranger)
        running(community, hands=PlanHands.FILE)
        call_rounds.begin_due_rounds()
        assert {task.owner_id: task.assignee_id for task in CallBackTask.objects.all()} == {
            mine.pk: steward.pk,
            other.pk: None,
        }
        assert InboxItem.objects.filter(user_id=steward.pk, kind="owners.call_back").count() == 1
        assert not InboxItem.objects.filter(user_id=stranger.pk).exists()

    def test_a_plan_of_one_round_ends_with_its_last_call(self):
        community = CommunityFactory()
        household(community)
        plan, boss = running(community)
        call_rounds.begin_due_rounds()
        plan.refresh_from_db()
        assert plan.status == PlanStatus.RUNNING
        CallBackTask.objects.update(due_at=timezone.now())
        record_call_back(CallBackTask.objects.get(), by=boss, outcome=CallBackOutcome.SATISFIED)
        assert call_rounds.begin_due_rounds()["ended"] == 1
        plan.refresh_from_db()
        assert (plan.status, plan.end_reason) == (PlanStatus.ENDED, "全部回访完成")

    def test_when_the_hours_are_over_it_begins_tomorrow(self):
        plan = CallBackPlan(window_from=time(9, 0), window_until=time(20, 0), days=3)
        at = timezone.make_aware(datetime(2026, 11, 23, 21, 0))
        start, end = call_rounds.hours(plan, at)
        assert (timezone.localtime(start).day, timezone.localtime(start).hour) == (24, 9)
        assert (timezone.localtime(end).day, timezone.localtime(end).hour) == (26, 20)


class TestLife:
    def test_pausing_stops_rounds_and_resuming_makes_up_for_none(self):
        community = CommunityFactory()
        household(community)
        today = timezone.localdate()
        plan, boss = running(community, every_months=1, first_on=today)
        call_rounds.begin_due_rounds()
        plan = call_plans.pause_plan(CallBackPlan.objects.get(), by=boss, reason="入户登记")
        assert (plan.next_on, CallBackTask.objects.get().status) == (None, CallBackStatus.WAITING)
        with time_machine.travel(timezone.now() + timedelta(days=70), tick=False):
            plan = call_plans.resume_plan(plan, by=boss)
            assert plan.next_on >= timezone.localdate()
            assert plan.next_on <= months_after(timezone.localdate(), 1)

    def test_ending_takes_back_what_still_waits(self):
        community = CommunityFactory()
        household(community)
        plan, boss = running(community)
        call_rounds.begin_due_rounds()
        call_plans.end_plan(plan, by=boss, reason="不做了")
        assert CallBackTask.objects.get().status == CallBackStatus.WITHDRAWN
        with pytest.raises(InvalidTransition):
            call_plans.resume_plan(CallBackPlan.objects.get(), by=boss)
        with pytest.raises(BusinessError, match="已结束"):
            call_plans.change_plan(CallBackPlan.objects.get(), by=boss, name="别的")

    def test_sensitive_tags_are_for_those_who_may_see_them_and_stay_when_others_change_the_plan(self):
        community = CommunityFactory()
        alone = word("owner_tag", "living_alone")
        knows, boss = leader(community, "owners.view_sensitive_tag"), leader(community)
        fields = {
            "community": community, "name": "关怀", "cause": CallBackCause.CARE, "first_on": timezone.localdate(),
            "window_from": time(9, 0), "window_until": time(18, 0), "keeper": boss,
        }  # fmt: skip
        with pytest.raises(OutOfScope):
            call_plans.create_plan(by=boss, tags=[alone], **fields)
        plan = call_plans.create_plan(by=knows, tags=[alone], **fields)
        call_plans.change_plan(plan, by=boss, name="冬季关怀")
        assert list(plan.tags.all()) == [alone]

    def test_the_keeper_may_call_there_and_buildings_are_of_the_community(self):
        community = CommunityFactory()
        boss = leader(community)
        plan = CallBackPlanFactory(community=community, keeper=boss)
        with pytest.raises(BadValue, match="不能登记回访"):
            call_plans.change_plan(plan, by=boss, keeper=user_with())
        with pytest.raises(BadValue, match="不在这个项目"):
            call_plans.change_plan(plan, by=boss, buildings=[BuildingFactory()])

    def test_who_has_a_single_building_opens_no_plan_of_the_community(self):
        community = CommunityFactory()
        plan = CallBackPlanFactory(community=community)
        steward = user_with("owners.view_callbackplan", buildings=[BuildingFactory(community=community)])
        assert not CallBackPlan.objects.visible_to(steward, "owners.view_callbackplan").exists()
        assert CallBackPlan.objects.visible_to(leader(community), "owners.view_callbackplan").get() == plan


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_begin_one_round():
    community = CommunityFactory()
    for _each in range(3):
        household(community)
    plan, _boss = running(community)
    outcomes = race(*(lambda: call_rounds.begin_round(plan.pk, today=timezone.localdate()) for _each in range(2)))
    assert sorted(type(row).__name__ for row in outcomes) == ["CallBackRound", "NoneType"]
    assert (CallBackRound.objects.count(), CallBackTask.objects.count()) == (1, 3)


def test_the_sample_has_a_plan_in_every_state_and_is_written_once():
    with pytest.raises(LookupError):
        calls.load(1)
    community = CommunityFactory()
    create_demo_accounts("Zhongshan-88-lu", reset=False)
    for _each in range(40):
        household(community)
    assert calls.load(1)[community.code] > 20
    assert set(CallBackPlan.objects.values_list("status", flat=True)) == set(PlanStatus.values)
    assert CallBackTask.objects.filter(status=CallBackStatus.UNSATISFIED).exists()
    assert CallBackRound.objects.order_by("planned_on").first().planned_on < timezone.localdate() - timedelta(days=30)
    assert calls.load(1) == {}
