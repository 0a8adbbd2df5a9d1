"""Whose a call is, what it can come to, and the figures (回访率, 回访满意率) by a worked example."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from core.errors import BadValue, BusinessError, OutOfScope
from core.models import InboxItem, LogEntry
from owners.filters import CallBackFilter
from owners.models import CallBackTask, ContactRecord, TimelineEntry
from owners.queries import call_report
from owners.queries.call_scripts import script_of
from owners.services.call_assigning import assign_call_backs, release_call_back, take_call_back
from owners.services.call_backs import record_call_back
from owners.states import CallBackOutcome, CallBackStatus, CallWay
from owners.visibility import Eyes
from tests.factories.audit import UserFactory, grant_to, user_with
from tests.factories.owners import CallBackPlanFactory, CallBackTaskFactory, OwnerFactory
from tests.factories.properties import BuildingFactory, CommunityFactory, TeamFactory, UnitFactory
from tests.support.races import race

pytestmark = pytest.mark.django_db
CALL, VIEW = "owners.call_callbacktask", "owners.view_callbacktask"
PLAN = "owners.callbackplan"


def planned(cause="periodic", **values):
    """A call of a plan, to a household with a file."""
    unit = values.pop("unit", None) or UnitFactory()
    plan = values.pop("plan", None) or CallBackPlanFactory(community=unit.community, cause=cause)
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    values = {"owner": owner, "title": plan.name, "source_type": PLAN, "source_id": plan.pk, "round": 1} | values
    return CallBackTaskFactory(unit=unit, plan=plan, cause=cause, **values)


def caller(task, *more):
    return user_with(CALL, VIEW, *more, communities=[task.community])


class TestOutcomes:
    def test_a_refusal_ends_it_and_needs_no_words(self):
        task = planned()
        done = record_call_back(task, by=caller(task), outcome=CallBackOutcome.REFUSED)
        assert (done.status, done.way, done.attempts) == (CallBackStatus.REFUSED, CallWay.PHONE, 1)

    def test_it_stands_on_the_file_of_the_household_as_it_was_made(self):
        task = planned("care")
        record_call_back(task, by=caller(task), outcome=CallBackOutcome.SATISFIED, text="一切都好", way=CallWay.VISIT)
        contact = ContactRecord.objects.get()
        assert (contact.way, contact.subject.code, contact.result) == ("visit", "care", "满意，一切都好")
        line = TimelineEntry.objects.get(unit=task.unit, source_type="owners.contactrecord")
        assert "一切都好" in line.detail

    def test_a_verification_finds_something_and_asks_for_no_satisfaction(self):
        task = planned("verify")
        with pytest.raises(BadValue):
            record_call_back(task, by=caller(task), outcome=CallBackOutcome.SATISFIED)
        with pytest.raises(BadValue, match="哪些信息变了"):
            record_call_back(task, by=caller(task), outcome=CallBackOutcome.CHANGED)
        with pytest.raises(BadValue):
            record_call_back(planned(), by=user_with(CALL), outcome=CallBackOutcome.CONFIRMED)

    def test_what_is_confirmed_is_marked_on_the_file_and_what_has_changed_is_not(self):
        task, other = planned("verify"), planned("verify")
        by = caller(task)
        record_call_back(task, by=by, outcome=CallBackOutcome.CONFIRMED)
        task.owner.refresh_from_db()
        assert (task.owner.verified_on, task.owner.verified_by) == (timezone.localdate(), by)
        assert LogEntry.objects.filter(action="owners.owner.verified", object_id=task.owner_id).exists()
        record_call_back(other, by=caller(other), outcome=CallBackOutcome.CHANGED, text="换了手机号")
        other.owner.refresh_from_db()
        assert other.owner.verified_on is None

    def test_the_next_try_falls_into_the_hours_of_the_plan(self):
        task = planned()
        evening = timezone.make_aware(datetime(2026, 11, 23, 19, 0))
        CallBackTask.objects.update(due_at=evening)
        with time_machine.travel(evening, tick=False):
            record_call_back(task, by=caller(task), outcome=CallBackOutcome.NO_ANSWER)
        task.refresh_from_db()
        assert timezone.localtime(task.due_at) == timezone.make_aware(datetime(2026, 11, 24, 9, 0))
        assert task.planned_at < task.due_at

    def test_the_words_to_say_know_the_household_as_the_caller_may_see_it(self):
        task = planned()
        sees = Eyes(user_with(VIEW, visibility={"name": "plain"}))
        assert script_of(task, sees).startswith("王建国您好，我是")
        task.plan.script = "{称呼}：{项目}{房号}，{事由}"
        hidden = Eyes(user_with(VIEW, visibility="hidden"))
        assert script_of(task, hidden) == f"业主：{task.community.name}{task.unit.label}，{task.title}"

    def test_no_number_is_read_aloud(self):
        task = CallBackTaskFactory(title="HYH-BX20261122-0001 水龙头，3栋2单元1502")
        sees = Eyes(user_with(VIEW))
        assert "对“水龙头”的评价" in script_of(task, sees)
        task.title = "HYH-TS20261122-0001（保密）"
        assert "TS2026" not in script_of(task, sees)


class TestWhose:
    def test_taken_once_released_and_taken_again(self):
        task = planned()
        one, two = caller(task), caller(task)
        take_call_back(task, by=one)
        with pytest.raises(BusinessError, match="已由"):
            take_call_back(task, by=two)
        with pytest.raises(BusinessError, match="负责"):
            record_call_back(task, by=two, outcome=CallBackOutcome.SATISFIED)
        with pytest.raises(BusinessError, match="负责"):
            release_call_back(task, by=two, reason="他不在")
        release_call_back(task, by=one, reason="今天请假")
        assert take_call_back(task, by=two).assignee == two

    def test_who_did_it_takes_nothing(self):
        task = CallBackTaskFactory()
        by = caller(task)
        CallBackTask.objects.filter(pk=task.pk).update(handlers=[by.pk])
        with pytest.raises(BusinessError, match="不能自己回访"):
            take_call_back(task, by=by)

    def test_whoever_leads_may_call_for_somebody_else_where_he_leads(self):
        task = planned(assignee=None)
        take_call_back(task, by=caller(task))
        elsewhere = user_with(CALL, communities=[task.community])
        with pytest.raises(BusinessError, match="负责"):
            record_call_back(task, by=elsewhere, outcome=CallBackOutcome.SATISFIED)
        grant_to(elsewhere, "owners.assign_callbacktask", communities=[CommunityFactory()])
        with pytest.raises(BusinessError, match="负责"):
            record_call_back(task, by=elsewhere, outcome=CallBackOutcome.SATISFIED)
        boss = caller(task, "owners.assign_callbacktask")
        assert record_call_back(task, by=boss, outcome=CallBackOutcome.SATISFIED).closed_by == boss

    def test_given_to_a_colleague_who_hears_of_it_once(self):
        community = CommunityFactory()
        tasks = [planned(unit=UnitFactory(building__community=community)) for _each in range(3)]
        foreign, over = planned(), planned(unit=UnitFactory(building__community=community))
        CallBackTask.objects.filter(pk=over.pk).update(status="satisfied", closed_at=timezone.now())
        person, boss = user_with(CALL, communities=[community]), user_with("owners.assign_callbacktask")
        CallBackTask.objects.filter(pk=tasks[0].pk).update(handlers=[person.pk])
        shared = assign_call_backs([*tasks, foreign, over], by=boss, to=person)
        assert [task.pk for task in shared.given] == [tasks[1].pk, tasks[2].pk]
        reasons = [why for _task, why in shared.skipped]
        assert len(reasons) == 3
        assert any("数据范围" in why for why in reasons)
        item = InboxItem.objects.get(user_id=person.pk)
        assert (item.kind, "2 户" in item.sentence) == ("owners.call_back", True)
        with pytest.raises(OutOfScope):
            assign_call_backs(tasks, by=boss, to=user_with(VIEW))

    def test_a_steward_is_given_the_calls_of_his_own_buildings(self):
        building = BuildingFactory()
        mine, other = (
            planned(unit=UnitFactory(building=building)),
            planned(unit=UnitFactory(building__community=building.community)),
        )
        steward = user_with(CALL, buildings=[building])
        shared = assign_call_backs([mine, other], by=user_with("owners.assign_callbacktask"), to=steward)
        assert [task.pk for task in shared.given] == [mine.pk]

    def test_what_a_colleague_has_taken_is_not_mine_to_call_now(self):
        task = planned()
        me, colleague = caller(task), caller(task)
        ready = CallBackTask.objects.all()
        assert list(ready.ready_for(me)) == [task]
        take_call_back(task, by=colleague)
        assert list(ready.ready_for(me)) == []
        assert list(ready.ready_for(colleague)) == [task]

    def test_late_is_what_waits_past_its_last_moment(self):
        task = planned(late_at=timezone.now() - timedelta(minutes=1))
        assert (list(CallBackTask.objects.all().late()), task.is_late) == ([task], True)
        record_call_back(task, by=caller(task), outcome=CallBackOutcome.SATISFIED)
        assert not CallBackTask.objects.all().late().exists()


class TestFigures:
    """120 owed: 60 满意, 20 基本满意, 10 不满意, 5 拒访, 5 无法接通, 20 not called yet; 5 verifications besides, 4 of them made.
    回访率 = (60 + 20 + 10 + 5 + 5 + 4) / 125 = 83.20; 接通率 = 99 / 104 = 95.19; 回访满意率 = 80 / 95 = 84.21."""

    COUNTS = (
        ("periodic", "satisfied", 60), ("periodic", "basically", 20), ("low", "unsatisfied", 10), ("periodic", "refused", 5),
        ("periodic", "missed", 5), ("periodic", "waiting", 20), ("verify", "confirmed", 3), ("verify", "changed", 1),
        ("verify", "waiting", 1), ("periodic", "withdrawn", 7),
    )  # fmt: skip

    @pytest.fixture
    def community(self):
        unit = UnitFactory()
        at = timezone.make_aware(datetime(2026, 11, 10, 10, 0))
        number = iter(range(1, 1000))
        CallBackTask.objects.bulk_create(
            CallBackTask(
                community=unit.community, source_type="workorders.workorder", source_id=next(number), title="回访", cause=cause,
                status=status, planned_at=at, due_at=at, closed_at=None if status == "waiting" else at,
            )
            for cause, status, count in self.COUNTS
            for _each in range(count)
        )  # fmt: skip
        return unit.community

    def ask(self, by="cause", start=date(2026, 11, 1), end=date(2026, 11, 30)):
        return call_report.Asked(call_report.BY_CODE[by], start, end)

    def test_the_rates_of_the_worked_example(self, community):
        whole = call_report.report(user_with(VIEW), self.ask()).whole
        assert (whole.owed, whole.completed, whole.reached, whole.asked, whole.happy) == (125, 104, 99, 95, 80)
        assert (whole.rate, whole.reach, whole.satisfaction) == (Decimal("83.20"), Decimal("95.19"), Decimal("84.21"))

    def test_nothing_to_count_gives_no_rate(self, community):
        whole = call_report.report(user_with(VIEW), self.ask(start=date(2025, 1, 1), end=date(2025, 1, 31))).whole
        assert (whole.owed, whole.rate, whole.reach, whole.satisfaction) == (0, None, None, None)
        lines = {line.label: line for line in call_report.report(user_with(VIEW), self.ask()).lines}
        assert lines["信息核验"].satisfaction is None
        assert lines["评价 3 星及以下"].is_few

    @pytest.mark.parametrize("by", ["cause", "community", "caller", "team", "month"])
    def test_lines_add_up_and_days_are_counted_in_shanghai(self, community, by):
        found = call_report.report(user_with(VIEW), self.ask(by))
        assert sum(line.owed for line in found.lines) == found.whole.owed == 125
        eve = timezone.make_aware(datetime(2026, 10, 31, 23, 30))
        CallBackTask.objects.filter(status="basically").update(planned_at=eve)
        assert call_report.report(user_with(VIEW), self.ask(by)).whole.owed == 105

    def test_a_call_counts_once_for_the_team_of_whoever_called_or_is_to(self, community):
        """甲 leads A and is in B: A, which is first. 乙 is in B and, elsewhere, in C: B here. 丙 is in none, D is no longer in use."""
        first, second, third = UserFactory(), UserFactory(), UserFactory()
        TeamFactory(community=community, name="A 客服", leader=first)
        TeamFactory(community=community, name="B 管家", members=[first, second])
        TeamFactory(community=community, name="0 旧班组", members=[second], disabled_at=timezone.now())
        TeamFactory(name="0 别处", members=[second, third])
        tasks = CallBackTask.objects.filter(community=community)
        tasks.filter(status="satisfied").update(closed_by=first, assignee=second)
        tasks.filter(status="basically").update(closed_by=second)
        tasks.filter(status="waiting", cause="periodic").update(assignee=second)
        tasks.filter(status="unsatisfied").update(closed_by=third)
        reader = user_with(VIEW)
        found = call_report.report(reader, self.ask("team"))
        lines = {line.label.removeprefix(f"{community.name} "): line for line in found.lines}
        assert {label: (line.owed, line.completed) for label, line in lines.items()} == {
            "A 客服": (60, 60), "B 管家": (40, 20), "不在班组的和还没有人的": (25, 24),
        }  # fmt: skip
        assert lines["B 管家"].rate == Decimal("50.00")
        for line in found.lines:
            listed = CallBackFilter({"group": "owed"} | line.query, tasks, user=reader).qs
            assert listed.count() == line.owed, line.label

    def test_only_what_the_reader_may_see_is_counted(self, community):
        stranger = user_with(VIEW, communities=[CommunityFactory()])
        assert call_report.report(stranger, self.ask()).whole.owed == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_it_at_once_one_has_it():
    task = planned()
    people = [caller(task), caller(task)]
    outcomes = race(*(lambda by=by: take_call_back(task, by=by) for by in people))
    assert sorted(type(item).__name__ for item in outcomes) == ["BusinessError", "CallBackTask"]
    assert LogEntry.objects.filter(action="owners.callbacktask.taken").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_call_at_once_one_writes_it_down():
    task = planned()
    people = [caller(task), caller(task)]
    outcomes = race(*(lambda by=by: record_call_back(task, by=by, outcome=CallBackOutcome.SATISFIED) for by in people))
    assert sorted(type(item).__name__ for item in outcomes) == ["BusinessError", "CallBackTask"]
    assert (ContactRecord.objects.count(), CallBackTask.objects.get().calls.count()) == (1, 1)
