"""The life of a case: every pair of state and action (DOMAIN 2.3), who may take each way, and what no way leads around."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.states import move
from complaints.models import Answer, Complaint, ComplaintClock
from complaints.policies import available_actions, may
from complaints.services import answering, approvals, closing, groups, handling, intake, orders, routing
from complaints.states import TRANSITIONS, Action, ApprovalKind, Clock, Ending, Kind, Level, MajorReason, Status
from core.errors import BadValue, BusinessError, InvalidTransition, OutOfScope
from core.models import LogEntry
from owners.models import TimelineEntry
from tests.factories.audit import UserFactory, user_with
from tests.factories.complaints import ComplaintFactory, clerk, lead, manager, topic_of
from tests.factories.owners import word
from tests.factories.properties import CommunityFactory, TeamFactory, UnitFactory
from tests.factories.workorders import kind_of
from tests.support.races import race

PAIRS = [(status, action) for status in Status for action in Action]
EVERYTHING = {way.permission for way in TRANSITIONS.values()} | {"complaints.view_complaint", "complaints.close_major"}


def complain(unit=None, *, by=None, topic="noise_fitout", **values):
    unit = unit or UnitFactory()
    fields = {
        "source": "phone", "complainant": "王建国", "facts": "楼上装修，中午也在打孔", "topic": topic_of(topic),
        "category": word("complaint_category", "noise"),
    } | values  # fmt: skip
    return intake.create_complaint(by=by or lead(unit.community), unit=unit, **fields)


def at_work(unit=None, *, level="normal", handler=None, **values):
    """(case in hand, its handler, the supervisor)."""
    case = complain(unit, **values)
    boss = lead(case.community)
    handler = handler or clerk(case.community)
    routing.accept_complaint(case, by=boss, level=level, responsibility="property")
    routing.assign_complaint(case, by=boss, handler=handler)
    return case, handler, boss


def answered(**values):
    case, handler, boss = at_work(**values)
    if case.is_major:
        plan = approvals.ask_approval(case, by=handler, kind=ApprovalKind.PLAN, text="约谈施工方")
        approvals.decide_approval(plan, by=manager(case.community), agree=True)
    handling.report_complaint(case, by=handler, report=handling.Report("已与装修户约定施工时间"))
    case.refresh_from_db()
    answering.answer_complaint(case, by=handler, way="phone", text="装修户已同意午休停工")
    return case, handler, boss


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "action"), PAIRS)
def test_every_pair_of_state_and_action_moves_or_is_refused_with_what_is_allowed(status, action):
    case = ComplaintFactory(status=status)
    actor = user_with(*EVERYTHING)
    way, now = TRANSITIONS[action], timezone.now()
    values = {"accepted_at": case.accepted_at or now}
    if way.target in {Status.CALLING, Status.CLOSED}:
        values["answered_at"] = now
    ends = way.target == Status.CLOSED
    values |= {"closed_at": now if ends else None, "ending": Ending.SATISFIED if ends else ""}
    if status in way.sources:
        move(case, action, by=actor, transitions=TRANSITIONS, policy=may, **values)
        assert Complaint.objects.get(pk=case.pk).status == way.target
    else:
        allowed = [str(Action(name).label) for name in available_actions(actor, case)]
        with pytest.raises((InvalidTransition, BusinessError)) as refused:
            move(case, action, by=actor, transitions=TRANSITIONS, policy=may, **values)
        assert Complaint.objects.get(pk=case.pk).status == status
        if allowed and isinstance(refused.value, InvalidTransition):
            assert refused.value.fix == "现在可以：" + "、".join(allowed)


@pytest.mark.django_db
@pytest.mark.parametrize("action", list(Action))
def test_nobody_takes_a_way_without_its_permission_or_from_elsewhere(action):
    way = TRANSITIONS[action]
    case = ComplaintFactory(status=next(iter(way.sources)))
    bystander = user_with("complaints.view_complaint", communities=[case.community])
    stranger = user_with(*EVERYTHING, communities=[CommunityFactory()])
    for actor in (bystander, stranger):
        with pytest.raises(OutOfScope):
            move(case, action, by=actor, transitions=TRANSITIONS, policy=may)


@pytest.mark.django_db
class TestLoop:
    def test_r54_the_seven_steps_leave_seven_entries_and_the_household_reads_them(self):
        case, _handler, boss = answered()
        closing.close_complaint(case, by=boss, ending="satisfied", words="满意")
        case.refresh_from_db()
        assert (case.status, case.ending, case.next_due_at) == (Status.CLOSED, "satisfied", None)
        codes = (
            LogEntry.objects.filter(object_type="complaints.complaint").order_by("pk").values_list("action", flat=True)
        )
        acts = ("created", "accepted", "assigned", "reported", "answered", "closed")
        assert list(codes) == [f"complaints.complaint.{act}" for act in acts]
        lines = TimelineEntry.objects.filter(unit=case.unit, kind="complaint").count()
        assert lines == len(acts)

    def test_r50_nothing_is_closed_without_an_answer_not_even_by_the_database(self):
        case, _handler, boss = at_work()
        with pytest.raises(InvalidTransition):
            closing.close_complaint(case, by=boss, ending="satisfied")
        with pytest.raises(IntegrityError), transaction.atomic():
            Complaint.objects.filter(pk=case.pk).update(status="closed", closed_at=timezone.now(), ending="satisfied")
        assert list(Complaint.objects.unanswered()) == [case]

    def test_the_first_word_stops_the_clock_of_the_first_answer_and_the_result_that_of_completion(self):
        case, handler, _boss = at_work()
        answering.tell_customer(case, by=handler, way="phone", text="已安排人上门")
        handling.report_complaint(case, by=handler, report=handling.Report("约定了时间"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=handler, way="phone", text="装修户同意午休停工")
        met = set(ComplaintClock.objects.filter(complaint=case, met_at__isnull=False).values_list("clock", "late"))
        assert met == {(Clock.ACCEPT, False), (Clock.FIRST_ANSWER, False), (Clock.COMPLETION, False)}
        assert Answer.objects.filter(complaint=case, final=True).count() == 1

    def test_dissatisfied_twice_is_major_by_itself(self):
        case, handler, boss = answered()
        closing.redo_complaint(case, by=boss, reason="中午还在打孔")
        case.refresh_from_db()
        assert (case.status, case.redo_count, case.level) == (Status.WORKING, 1, Level.NORMAL)
        handling.report_complaint(case, by=handler, report=handling.Report("再次约谈"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=handler, way="visit", text="已书面承诺")
        closing.redo_complaint(case, by=boss, reason="还是没改")
        case.refresh_from_db()
        assert (case.redo_count, case.level, case.major_reasons) == (2, Level.MAJOR, [MajorReason.AGAIN])
        rounds = ComplaintClock.objects.filter(complaint=case, clock=Clock.COMPLETION).values_list("round", flat=True)
        assert sorted(rounds) == [0, 1, 2]
        assert case.clocks.filter(clock=Clock.PROGRESS, met_at__isnull=True, dropped_at__isnull=True).count() == 1

    def test_taking_back_keeps_the_customers_word(self):
        case = complain()
        with pytest.raises(BadValue, match="原话"):
            closing.withdraw_complaint(case, by=lead(case.community), words=" ")
        closing.withdraw_complaint(case, by=lead(case.community), words="邻居已道歉，不用处理了")
        case.refresh_from_db()
        assert (case.status, case.ending, case.ending_note) == ("closed", "withdrawn", "邻居已道歉，不用处理了")
        assert not case.clocks.filter(met_at__isnull=True, dropped_at__isnull=True).exists()

    @pytest.mark.parametrize(("days", "allowed"), [(29, True), (31, False)])
    def test_reopened_within_thirty_days_by_the_supervisor(self, days, allowed):
        case, _handler, boss = answered()
        closing.close_complaint(case, by=boss, ending="satisfied")
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            if not allowed:
                with pytest.raises(BusinessError, match="超过 30 天"):
                    closing.reopen_complaint(case, by=boss, reason="又开始了")
                return
            closing.reopen_complaint(case, by=boss, reason="又开始了")
        case.refresh_from_db()
        assert (case.status, case.reopen_count, case.closed_at, case.ending) == ("working", 1, None, "")

    def test_a_transfer_takes_it_from_the_handler_and_needs_a_new_one(self):
        case, _handler, boss = at_work()
        with pytest.raises(BadValue, match="第三方单位"):
            routing.reroute_complaint(case, by=boss, responsibility="third_party", reason="供电问题")
        routing.reroute_complaint(
            case, by=boss, responsibility="third_party", third_party="供电公司", reason="供电问题"
        )
        case.refresh_from_db()
        assert (case.status, case.handler, case.third_party) == (Status.ROUTING, None, "供电公司")


@pytest.mark.django_db
class TestMajor:
    def test_r51_a_major_case_needs_an_approved_plan_and_somebody_above_to_close_it(self):
        case, handler, boss = at_work(level="major")
        with pytest.raises(BusinessError, match="须先经项目经理同意"):
            handling.report_complaint(case, by=handler, report=handling.Report("处理了"))
        plan = approvals.ask_approval(case, by=handler, kind=ApprovalKind.PLAN, text="约谈施工方")
        with pytest.raises(BusinessError, match="不能审批自己的申请"):
            approvals.decide_approval(plan, by=handler, agree=True)
        head = manager(case.community)
        approvals.decide_approval(plan, by=head, agree=True)
        handling.report_complaint(case, by=handler, report=handling.Report("处理了"))
        case.refresh_from_db()
        assert case.plan == "约谈施工方"
        answering.answer_complaint(case, by=handler, way="visit", text="已处理")
        with pytest.raises(BusinessError, match="项目经理或区域品质"):
            closing.close_complaint(case, by=boss, ending="satisfied")
        closing.close_complaint(case, by=head, ending="satisfied")
        assert Complaint.objects.get(pk=case.pk).status == "closed"

    def test_the_handler_never_closes_his_own_major_case_whatever_he_may(self):
        unit = UnitFactory()
        head = manager(unit.community)
        case, _handler, _boss = at_work(unit, level="major", handler=head)
        plan = approvals.ask_approval(case, by=head, kind=ApprovalKind.PLAN, text="约谈")
        approvals.decide_approval(plan, by=manager(unit.community), agree=True)
        handling.report_complaint(case, by=head, report=handling.Report("处理了"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=head, way="phone", text="已处理")
        with pytest.raises(BusinessError, match="不能关闭自己的重大投诉"):
            closing.close_complaint(case, by=head, ending="satisfied")
        with pytest.raises(IntegrityError), transaction.atomic():
            Complaint.objects.filter(pk=case.pk).update(
                status="closed", closed_at=timezone.now(), ending="satisfied", closed_by=head
            )

    def test_money_of_a_thousand_makes_it_major_and_is_paid_only_with_leave(self):
        case, handler, _boss = at_work()
        row = approvals.ask_approval(case, by=handler, kind="compensation", text="赔地板", amount=Decimal("1000"))
        case.refresh_from_db()
        assert (case.level, case.major_reasons, case.compensation) == (Level.MAJOR, ["amount"], Decimal(0))
        approvals.decide_approval(row, by=manager(case.community), agree=True)
        case.refresh_from_db()
        assert case.compensation == Decimal("1000")

    def test_a_word_a_day_is_owed_and_each_starts_the_next(self):
        with time_machine.travel(datetime(2026, 11, 23, 2, tzinfo=UTC), tick=False) as clock:
            case, handler, _boss = at_work(level="major")
            clock.shift(timedelta(hours=20))
            handling.add_progress(case, by=handler, text="已联系施工方")
            turns = case.clocks.filter(clock=Clock.PROGRESS).order_by("turn").values_list("turn", "late", "due_at")
            start = datetime(2026, 11, 23, 2, tzinfo=UTC)
            assert list(turns) == [
                (0, False, start + timedelta(hours=24)), (1, False, start + timedelta(hours=44)),
            ]  # fmt: skip

    def test_three_households_on_one_matter_are_a_major_group(self):
        community = CommunityFactory()
        cases = [complain(UnitFactory(building__community=community)) for _n in range(3)]
        boss = lead(community)
        with pytest.raises(BadValue, match="至少要 3 户"):
            groups.make_group(cases[:2], by=boss, title="装修噪音")
        groups.make_group(cases, by=boss, title="装修噪音")
        assert list(Complaint.objects.values_list("level", "major_reasons")) == [("major", ["group"])] * 3


@pytest.mark.django_db
class TestClocks:
    @pytest.mark.parametrize(
        ("received", "level", "clock", "due"),
        [
            # T11: three working days from 2026-09-30, the first being the next working day.
            ((2026, 9, 30, 10, 0), "normal", Clock.COMPLETION, (2026, 10, 10, 18, 0)),
            # T12: seven working days from 2026-04-29.
            ((2026, 4, 29, 10, 0), "major", Clock.COMPLETION, (2026, 5, 12, 18, 0)),
            # T8: an hour's work after closing on Friday; two hours are 11:00.
            ((2026, 11, 20, 18, 0), "normal", Clock.FIRST_ANSWER, (2026, 11, 23, 11, 0)),
            # T1: half an hour round the clock.
            ((2026, 9, 30, 23, 40), "major", Clock.FIRST_ANSWER, (2026, 10, 1, 0, 10)),
            ((2026, 11, 21, 20, 0), "minor", Clock.COMPLETION, (2026, 11, 22, 20, 0)),
        ],
    )
    def test_r49_deadlines_follow_level_and_calendar(self, received, level, clock, due):
        zone = timezone.get_default_timezone()
        with time_machine.travel(datetime(*received, tzinfo=zone), tick=False):
            case = complain()
            routing.accept_complaint(case, by=lead(case.community), level=level, responsibility="property")
        assert timezone.localtime(case.clocks.get(clock=clock).due_at) == datetime(*due, tzinfo=zone)


@pytest.mark.django_db
class TestWho:
    def test_an_anonymous_case_has_no_name_no_number_no_flat_and_ends_with_a_public_answer(self):
        community = CommunityFactory()
        boss = lead(community)
        case = intake.create_complaint(
            by=boss, community=community, anonymous=True, complainant="张三", phone="13912345678", source="phone",
            facts="保安脱岗", topic=topic_of("guard_absent"), category=word("complaint_category", "security"),
        )  # fmt: skip
        assert (case.complainant, case.phone, case.unit, case.phone_index) == ("", "", None, None)
        assert "139" not in str(LogEntry.objects.latest("pk").changes)
        routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
        routing.assign_complaint(case, by=boss, handler=boss)
        handling.report_complaint(case, by=boss, report=handling.Report("已处罚"))
        case.refresh_from_db()
        with pytest.raises(BadValue, match="公示"):
            answering.answer_complaint(case, by=boss, way="phone", text="已处罚")
        answering.answer_complaint(case, by=boss, way="notice", text="已处罚")
        with pytest.raises(BadValue, match="匿名"):
            closing.close_complaint(case, by=boss, ending="satisfied")
        closing.close_complaint(case, by=boss, ending="anonymous")

    def test_a_confidential_case_is_hidden_from_whom_it_is_about(self):
        unit = UnitFactory()
        accused, boss, plain = lead(unit.community), lead(unit.community), clerk(unit.community)
        team = TeamFactory(community=unit.community)
        member = lead(unit.community)
        team.members.add(member)
        case = complain(unit, by=boss, confidential=True, accused_people=[accused], accused_team=team)

        def seen(user):
            return Complaint.objects.visible_to(user, "complaints.view_complaint").filter(pk=case.pk).exists()

        assert [seen(user) for user in (boss, accused, member, plain)] == [True, False, False, False]
        assert not TimelineEntry.objects.filter(unit=unit, kind="complaint").exists()
        routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
        with pytest.raises(BadValue, match="被投诉的人"):
            routing.assign_complaint(case, by=boss, handler=accused)

    def test_the_same_flat_and_class_within_ninety_days_is_a_repeat(self):
        unit = UnitFactory()
        now = timezone.now()
        for days in (100, 80, 3):
            complain(unit, at=now - timedelta(days=days))
        complain(unit, topic="pets")
        assert complain(unit).repeat_count == 2

    def test_r48_a_suggestion_ends_with_a_reason_the_proposer_reads(self):
        case, handler, _boss = at_work(kind=Kind.SUGGESTION)
        assert case.number.startswith("JY")
        with pytest.raises(BadValue, match="采纳"):
            handling.report_complaint(case, by=handler, report=handling.Report("研究过了"))
        with pytest.raises(BadValue, match="理由"):
            handling.report_complaint(case, by=handler, report=handling.Report("研究过了", outcome="declined"))
        report = handling.Report("研究过了", outcome="declined", outcome_reason="场地不够，明年改造时再议")
        handling.report_complaint(case, by=handler, report=report)
        assert Complaint.objects.get(pk=case.pk).outcome_reason == "场地不够，明年改造时再议"

    def test_r55_a_case_raises_an_order_linked_both_ways(self):
        case, handler, _boss = at_work()
        order = orders.raise_order(case, by=handler, kind=kind_of("tap"), description="水龙头漏水")
        assert (order.source, order.complaint_link.complaint, case.order_links.get().order) == (
            "complaint",
            case,
            order,
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_assign_at_once_one_does_and_the_other_hears_who():
    case = complain()
    boss, other = lead(case.community), lead(case.community)
    routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
    hands = [clerk(case.community), clerk(case.community)]

    def assign(by, handler):
        return lambda: routing.assign_complaint(Complaint.objects.get(pk=case.pk), by=by, handler=handler)

    results = race(assign(boss, hands[0]), assign(other, hands[1]))
    failed = [result for result in results if isinstance(result, Exception)]
    assert len(failed) == 1 and isinstance(failed[0], (InvalidTransition, BusinessError))
    assert Complaint.objects.get(pk=case.pk).handler in hands


def test_numbers_say_what_kind_it_is():
    assert intake.PREFIXES == {"complaint": "TS", "suggestion": "JY", "praise": "BY"}


@pytest.mark.django_db
def test_a_stranger_is_nobodys_handler():
    case = complain()
    with pytest.raises(OutOfScope):
        routing.accept_complaint(case, by=UserFactory(), level="normal", responsibility="property")
