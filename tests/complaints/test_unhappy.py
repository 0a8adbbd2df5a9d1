"""Who is unhappy gets a complaint or a repair (DOMAIN 2.2, 2.6): from a call, from a bad rating, linked both ways."""

import pytest
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint, ComplaintOrder
from complaints.services import unhappy
from complaints.services.closing import close_complaint
from complaints.states import Ending, Source, Status
from core.actors import SYSTEM
from core.errors import BadValue, BusinessError
from owners.models import CallBackFollow, CallBackTask
from owners.services.call_backs import record_call_back
from owners.states import CallBackOutcome
from tests.complaints.test_call_backs import call, told
from tests.factories.audit import user_with
from tests.factories.complaints import manager, topic_of
from tests.factories.owners import CallBackPlanFactory, CallBackTaskFactory, OwnerFactory
from tests.factories.properties import UnitFactory
from tests.factories.workorders import WorkOrderFactory, kind_of
from tests.support.cases import ActionCase, signed_in
from tests.support.races import race
from workorders.models import WorkOrder
from workorders.services import after
from workorders.states import Status as OrderStatus

pytestmark = pytest.mark.django_db
ADD, VIEW = "complaints.add_complaint", "complaints.view_complaint"
CALL, CALLS, ORDERS = "owners.call_callbacktask", "owners.view_callbacktask", "workorders.view_workorder"


def done(stars=2, unit=None):
    """A finished order of somebody with a file who gave so many stars."""
    unit = unit or UnitFactory()
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    order = WorkOrderFactory(
        owner=owner, unit=unit, status=OrderStatus.DONE, reporter_name="王建国", reporter_phone="13800138000"
    )
    after.rate_order(order, by=SYSTEM, stars=stars, via="phone", why="没修好")
    order.refresh_from_db()
    CallBackTask.objects.update(due_at=timezone.now())
    return order


def of_plan(cause="care"):
    unit = UnitFactory()
    owner = OwnerFactory(name="王建国", phones=["13800138000"], units=[unit])
    plan = CallBackPlanFactory(community=unit.community, cause=cause)
    return CallBackTaskFactory(
        unit=unit, owner=owner, plan=plan, cause=cause, source_type="owners.callbackplan", source_id=plan.pk, round=1
    )


def clerk_of(community, *more):
    return user_with(
        CALL,
        CALLS,
        ADD,
        VIEW,
        ORDERS,
        "workorders.rework_workorder",
        "workorders.add_workorder",
        *more,
        communities=[community],
    )


class TestUnhappyWithARepair:
    def test_the_caller_chooses_a_complaint_instead_of_a_rework(self):
        order = done()
        task, by = CallBackTask.objects.get(), clerk_of(order.community)
        record_call_back(task, by=by, outcome=CallBackOutcome.UNSATISFIED, text="态度也不好", follow="complaint")
        order.refresh_from_db()
        case = Complaint.objects.get()
        assert (order.status, order.rework_count) == (OrderStatus.DONE, 0)
        assert (case.source, case.unit, case.owner, case.recorded_by) == (Source.CALL_BACK, order.unit, order.owner, by)
        assert (case.topic.code, "态度也不好" in case.facts, order.number in case.facts) == ("repair_poor", True, True)
        assert ComplaintOrder.objects.get().order == order
        follow = CallBackFollow.objects.get()
        assert (follow.task, follow.source_type, follow.source_id) == (task, "complaints.complaint", case.pk)

    def test_without_a_choice_it_is_done_again(self):
        order = done()
        by = clerk_of(order.community)
        record_call_back(CallBackTask.objects.get(), by=by, outcome=CallBackOutcome.UNSATISFIED, text="还漏")
        order.refresh_from_db()
        assert (order.rework_count, Complaint.objects.count()) == (1, 0)

    def test_what_he_may_not_choose_is_refused(self):
        order = done()
        by = user_with(CALL, CALLS, "workorders.rework_workorder", communities=[order.community])
        with pytest.raises(BadValue):
            record_call_back(
                CallBackTask.objects.get(), by=by, outcome=CallBackOutcome.UNSATISFIED, text="还漏", follow="complaint"
            )
        assert not Complaint.objects.exists()

    def test_the_form_offers_what_the_caller_may_choose(self):
        order = done()
        page = signed_in(clerk_of(order.community)).get(CallBackTask.objects.get().get_absolute_url())
        assert page.context["form"].fields["follow"].choices == [("rework", "返工"), ("complaint", "转投诉")]
        reader = user_with(CALL, CALLS, communities=[order.community])
        page = signed_in(reader).get(CallBackTask.objects.get().get_absolute_url())
        assert "follow" not in page.context["form"].fields

    def test_one_order_brings_one_complaint(self):
        order = done()
        first = unhappy.raise_from_order(order, by=clerk_of(order.community), facts="没修好")
        with pytest.raises(BusinessError, match=first.number):
            unhappy.raise_from_order(order, by=clerk_of(order.community), facts="没修好")

    def test_the_page_of_the_order_offers_it_and_then_shows_it(self):
        order = done()
        client = signed_in(clerk_of(order.community))
        address = reverse("complaints:workorder_cases", args=[order.pk])
        assert reverse("complaints:workorder_raise", args=[order.pk]) in client.get(address).content.decode()
        case = unhappy.raise_from_order(order, by=clerk_of(order.community), facts="没修好")
        assert client.get(address).content.decode().strip() == ""
        page = client.get(order.get_absolute_url()).content.decode()
        assert address in page
        assert case.get_absolute_url() in page
        assert "被投诉" in page

    def test_a_good_rating_shows_nothing(self):
        order = done(stars=5)
        shown = signed_in(clerk_of(order.community)).get(reverse("complaints:workorder_cases", args=[order.pk]))
        assert shown.content.decode().strip() == ""


class TestRaiseFromOrder(ActionCase):
    url_name, permission = "complaints:workorder_raise", ADD
    more_permissions = (ORDERS, VIEW)
    invalid_field, log_action = "facts", "complaints.complaint.came_from_order"

    def make(self, community):
        return done(unit=UnitFactory(building__community=community))

    def valid(self):
        return {"kind": "complaint", "topic": topic_of("repair_slow").pk, "facts": "等了三天", "demand": "道歉"}

    def invalid(self):
        return self.valid() | {"facts": ""}

    def test_permitted_act_has_its_effect_and_one_log_entry(self, permitted):
        permitted.post(self.url(self.own_row), self.valid())
        case = Complaint.objects.get()
        assert (case.topic.code, case.demand, case.order_links.get().order) == ("repair_slow", "道歉", self.own_row)

    def test_the_words_of_the_rating_are_filled_in(self, permitted):
        assert "业主评价 2 星：没修好" in permitted.get(self.url(self.own_row)).content.decode()


class TestCallsOfPlans:
    def test_a_complaint_is_filled_in_linked_and_found_from_both_sides(self):
        task = of_plan()
        by = clerk_of(task.community)
        record_call_back(task, by=by, outcome=CallBackOutcome.UNSATISFIED, text="楼道堆物")
        client = signed_in(by)
        address = reverse("complaints:callback_raise", args=[task.pk])
        assert address in client.get(task.get_absolute_url()).content.decode()
        assert "楼道堆物" in client.get(address).content.decode()
        client.post(address, {"kind": "complaint", "topic": topic_of("blocked_way").pk, "facts": "楼道堆物，说了两次"})
        case = Complaint.objects.get()
        assert (case.source, case.unit, case.owner, case.complainant) == (
            Source.CALL_BACK,
            task.unit,
            task.owner,
            "王建国",
        )
        assert case.number in client.get(task.get_absolute_url()).content.decode()
        assert task.get_absolute_url() in client.get(case.get_absolute_url()).content.decode()

    def test_a_repair_is_taken_and_found_from_both_sides(self):
        task = of_plan("periodic")
        by = clerk_of(task.community)
        client = signed_in(by)
        address = reverse("workorders:callback_raise", args=[task.pk])
        client.post(address, {"kind": kind_of("tap").pk, "description": "厨房水龙头滴水", "urgency": ""})
        order = WorkOrder.objects.get()
        assert (order.unit, order.owner, order.reporter_name) == (task.unit, task.owner, "王建国")
        assert order.number in client.get(task.get_absolute_url()).content.decode()
        assert task.get_absolute_url() in client.get(order.get_absolute_url()).content.decode()

    def test_what_was_called_about_a_complaint_raises_none(self):
        case = told()[0]
        task = CallBackTask.objects.get(source_id=case.pk)
        by = clerk_of(case.community)
        assert signed_in(by).get(reverse("complaints:callback_raise", args=[task.pk])).status_code == 404
        assert signed_in(by).get(task.get_absolute_url()).context["acts"] == []

    def test_it_needs_the_right_where_the_household_is(self):
        task = of_plan()
        stranger = user_with(ADD, CALLS, VIEW, communities=[UnitFactory().community])
        assert signed_in(stranger).get(reverse("complaints:callback_raise", args=[task.pk])).status_code == 404
        reader = user_with(CALLS, communities=[task.community])
        assert signed_in(reader).get(reverse("complaints:callback_raise", args=[task.pk])).status_code == 403


def test_a_refusal_is_no_satisfaction_and_people_close_the_case():
    case = call(told()[0], "refused")
    assert case.status == Status.CALLING
    close_complaint(case, by=manager(case.community), ending=Ending.REFUSED)
    case.refresh_from_db()
    assert (case.status, case.get_ending_display()) == (Status.CLOSED, "客户拒访")


@pytest.mark.django_db(transaction=True)
def test_two_who_raise_it_at_once_make_one():
    order = done()
    people = [clerk_of(order.community), clerk_of(order.community)]
    outcomes = race(*(lambda by=by: unhappy.raise_from_order(order, by=by, facts="没修好") for by in people))
    assert sorted(type(item).__name__ for item in outcomes) == ["BusinessError", "Complaint"]
    assert Complaint.objects.count() == 1
