"""Ends that are none, and those that need somebody above: 转办 after the answer, 撤诉 and 受理 of what is 重大, deadlines and approvals that
nobody owes any more."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from complaints.forms.acts import ways_for
from complaints.models import Complaint
from complaints.queries.closing import call_back_of, endings_for
from complaints.queries.page import neighbours
from complaints.services import answering, approvals, closing, groups, handling, residents, routing
from complaints.states import ApprovalKind, ApprovalStatus, Clock, Ending, Level, Status
from core.errors import BadValue, BusinessError
from core.models import LogEntry
from owners.actors import OwnerByLink
from owners.models import CallBackTask
from owners.services.call_backs import record_call_back
from tests.complaints.test_states import answered, at_work, complain
from tests.factories.audit import user_with
from tests.factories.complaints import clerk, lead, manager
from tests.factories.owners import OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
CALL = "owners.call_callbacktask"


def rerouted(**values):
    case, handler, boss = answered(phone="13800138000", **values)
    first = call_back_of(case)
    case.refresh_from_db()
    routing.reroute_complaint(case, by=boss, responsibility="developer", reason="是保修范围")
    case.refresh_from_db()
    return case, handler, boss, first


class TestReroutedAfterTheAnswer:
    def test_it_is_owed_anew_and_the_call_about_the_old_answer_is_off(self):
        case, _handler, _boss, first = rerouted()
        assert (case.status, case.round, case.reopen_count) == (Status.ROUTING, 1, 1)
        assert case.next_due_at is not None
        assert case.clocks.filter(clock=Clock.COMPLETION, round=1, met_at__isnull=True).exists()
        first.refresh_from_db()
        assert first.status == "withdrawn"
        assert LogEntry.objects.get(action="complaints.complaint.rerouted").changes["reopen_count"] == 1

    def test_the_new_answer_is_called_about_by_somebody_else_and_ends_it(self):
        case, _handler, boss, first = rerouted()
        other = clerk(case.community)
        routing.assign_complaint(case, by=boss, handler=other)
        handling.report_complaint(case, by=other, report=handling.Report("开发商已维修"))
        case.refresh_from_db()
        answering.answer_complaint(case, by=other, way="phone", text="开发商已修好")
        case.refresh_from_db()
        task = call_back_of(case)
        assert (task.pk == first.pk, task.status, task.round, task.handlers) == (False, "waiting", 1, [other.pk])
        caller = user_with(CALL, "complaints.view_complaint", communities=[case.community])
        CallBackTask.objects.filter(pk=task.pk).update(due_at=timezone.now())
        record_call_back(task, by=caller, outcome="satisfied")
        case.refresh_from_db()
        assert (case.status, case.ending) == (Status.CLOSED, Ending.SATISFIED)
        assert endings_for(case, call_back_of(case))

    def test_before_the_answer_the_clocks_run_on(self):
        case, _handler, boss = at_work()
        before = Complaint.objects.get(pk=case.pk).next_due_at
        routing.reroute_complaint(case, by=boss, responsibility="developer", reason="是保修范围")
        case.refresh_from_db()
        assert (case.round, case.next_due_at) == (0, before)


class TestMajorFromTheStart:
    def test_taking_it_in_does_not_make_it_less(self):
        case = complain(major_reasons=["safety"])
        boss = lead(case.community)
        with pytest.raises(BadValue, match="登记时已是重大投诉"):
            routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
        case.refresh_from_db()
        assert (case.status, case.level, case.major_reasons) == (Status.NEW, Level.MAJOR, ["safety"])
        routing.accept_complaint(case, by=boss, level="major", responsibility="property", major_reasons=["legal"])
        case.refresh_from_db()
        assert (case.level, case.major_reasons) == (Level.MAJOR, ["legal"])

    def test_the_form_offers_nothing_less(self):
        case = complain(major_reasons=["safety"])
        page = signed_in(lead(case.community)).get(f"/complaints/{case.pk}/accept/")
        assert [code for code, _label in page.context["form"].fields["level"].choices] == ["major"]

    def test_what_became_major_meanwhile_is_not_taken_in_as_less(self):
        """The page was opened before; the row says otherwise by now."""
        case = complain()
        Complaint.objects.filter(pk=case.pk).update(level="major", major_reasons=["group"])
        with pytest.raises(BadValue, match="登记时已是重大投诉"):
            routing.accept_complaint(case, by=lead(case.community), level="normal", responsibility="property")


class TestTakenBack:
    def test_a_major_case_is_ended_from_above_and_not_by_its_handler(self):
        unit = UnitFactory()
        head = manager(unit.community)
        case, _handler, boss = at_work(unit, level="major", handler=head)
        case.refresh_from_db()
        for actor, why in ((boss, "由项目经理或区域品质关闭"), (head, "不能关闭自己的重大投诉")):
            with pytest.raises(BusinessError, match=why):
                closing.withdraw_complaint(case, by=actor, words="不追究了")
        closing.withdraw_complaint(case, by=manager(unit.community), words="不追究了")
        assert Complaint.objects.get(pk=case.pk).ending == Ending.WITHDRAWN

    def test_the_customer_takes_back_his_own_whatever_its_level(self):
        unit = UnitFactory()
        owner = OwnerFactory(units=[unit])
        case, _handler, _boss = at_work(unit, level="major", owner=owner)
        case.refresh_from_db()
        residents.withdraw(case, by=OwnerByLink(owner), words="已经好了")
        assert Complaint.objects.get(pk=case.pk).ending == Ending.WITHDRAWN

    def test_nobody_takes_back_what_nobody_signed(self):
        case = complain(None, anonymous=True, complainant="", building=UnitFactory().building)
        with pytest.raises(BusinessError, match="核实不了"):
            closing.withdraw_complaint(case, by=lead(case.community), words="不用了")

    def test_nothing_is_left_to_agree_to(self):
        case, handler, boss = at_work()
        row = approvals.ask_approval(case, by=handler, kind=ApprovalKind.PLAN, text="约谈")
        closing.withdraw_complaint(case, by=boss, words="不追究了")
        row.refresh_from_db()
        assert row.status == ApprovalStatus.WITHDRAWN
        assert LogEntry.objects.filter(action="complaints.complaint.approval_withdrawn", object_id=case.pk).exists()
        with pytest.raises(BusinessError, match="已由"):
            approvals.decide_approval(row, by=manager(case.community), agree=True)


def test_what_is_closed_joins_no_group():
    community = CommunityFactory()
    cases = [complain(UnitFactory(building__community=community)) for _n in range(3)]
    boss = lead(community)
    group = groups.make_group(cases, by=boss, title="装修噪音")
    over, _handler, _boss = answered(unit=UnitFactory(building__community=community))
    closing.close_complaint(over, by=boss, ending="satisfied")
    with pytest.raises(BadValue, match="已关闭，不能并入群诉"):
        groups.join_group(over, by=boss, group=group)


def test_nobody_is_answered_where_he_does_not_read():
    case, handler, _boss = at_work()
    assert "app" not in dict(ways_for(case))
    with pytest.raises(BadValue, match="业主端收不到"):
        answering.tell_customer(case, by=handler, way="app", text="正在处理")


def test_a_promise_does_not_begin_overdue():
    case, handler, _boss = at_work()
    late = timezone.localdate() - timedelta(days=1)
    with pytest.raises(BadValue, match="整改期限不能早于今天"):
        handling.report_complaint(case, by=handler, report=handling.Report("换了阀门", None, "排查同类阀门", late))


def test_what_is_said_to_be_repeated_is_what_was_counted():
    """A suggestion of the same class from the same flat is none."""
    unit = UnitFactory()
    first = complain(unit)
    complain(unit, kind="suggestion")
    case = complain(unit)
    assert (case.repeat_count, neighbours(case, lead(unit.community))["repeats"]) == (1, [first])


class TestDeadlinesNobodyMet:
    CITY = {"external_number": "20261123001", "agency": "区热线中心", "first": True}

    def case(self):
        now = timezone.now()
        city = self.CITY | {"sign_due_at": now + timedelta(hours=2), "end_due_at": now + timedelta(days=30)}
        return complain(UnitFactory(building__community=CommunityFactory()), source="city", city=city)

    def missed(self, case):
        return dict(case.clocks.filter(met_at__isnull=True).values_list("clock", "late"))

    @pytest.mark.parametrize("withdrawn", [False, True])
    def test_what_was_past_at_the_end_stays_missed_unless_it_was_taken_back(self, withdrawn):
        case = self.case()
        boss = lead(case.community)
        with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
            routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
            routing.assign_complaint(case, by=boss, handler=boss)
            if withdrawn:
                closing.withdraw_complaint(case, by=boss, words="不追究了")
            else:
                handling.report_complaint(case, by=boss, report=handling.Report("处理了"))
                case.refresh_from_db()
                answering.answer_complaint(case, by=boss, way="phone", text="已处理")
                closing.close_complaint(case, by=boss, ending="satisfied")
        assert self.missed(case)[Clock.SIGN] is not withdrawn
        assert not self.missed(case).get(Clock.CITY_END), "its day had not come"
