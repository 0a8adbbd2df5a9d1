"""投诉 100% 回访 (DOMAIN 2.6): who is called, by whom, and what follows from the answer."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from complaints.models import Complaint
from complaints.services import answering, handling, routing
from complaints.states import Ending, Status
from core.errors import BusinessError
from core.models import InboxItem, LogEntry
from owners.models import CallBackTask
from owners.services.call_backs import record_call_back
from owners.states import CallBackCause, CallBackOutcome, CallBackStatus
from tests.complaints.test_states import answered, complain
from tests.factories.audit import user_with
from tests.factories.complaints import clerk, lead, manager

pytestmark = pytest.mark.django_db
PHONE = "13800138000"


def told(**values):
    return answered(phone=PHONE, **values)


def task_of(case, round=0):
    return CallBackTask.objects.get(source_type="complaints.complaint", source_id=case.pk, round=round)


def call(case, outcome, *, by=None, text="", round=0):
    record_call_back(task_of(case, round), by=by or caller(case), outcome=outcome, text=text)
    case.refresh_from_db()
    return case


def caller(case):
    return user_with("owners.call_callbacktask", communities=[case.community])


def test_every_answer_brings_a_call_by_somebody_else():
    case, handler, _boss = told()
    task = task_of(case)
    assert (task.cause, task.status, task.unit) == (CallBackCause.COMPLAINT, CallBackStatus.WAITING, case.unit)
    assert task.due_at > timezone.now()
    with pytest.raises(BusinessError, match="做这件事的人不能自己回访"):
        record_call_back(task, by=handler, outcome=CallBackOutcome.SATISFIED)


def test_nobody_calls_where_nobody_can_be_reached():
    assert answered()[0].status == Status.CALLING
    assert not CallBackTask.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "ending"), [("satisfied", Ending.SATISFIED), ("basically", Ending.BASICALLY)]
)  # fmt: skip
def test_a_satisfied_customer_ends_it(outcome, ending):
    case = call(told()[0], outcome, text="可以")
    assert (case.status, case.ending, case.ending_note) == (Status.CLOSED, ending, "可以")
    entry = LogEntry.objects.get(action="complaints.complaint.called_back", object_id=case.pk)
    assert entry.actor_type == "user"


def test_the_closer_is_the_caller_where_he_may_close():
    case = told()[0]
    boss = lead(case.community)
    call(case, "satisfied", by=boss)
    assert case.closed_by == boss


def test_an_unhappy_customer_begins_it_anew_and_the_handler_hears_of_it():
    case, handler, _boss = told()
    case = call(case, "unsatisfied", text="还是吵")
    assert (case.status, case.redo_count, case.round) == (Status.WORKING, 1, 1)
    assert InboxItem.objects.filter(user_id=handler.pk, kind="complaints.call_back").exists()
    handling.report_complaint(case, by=handler, report=handling.Report("再次约谈"))
    case.refresh_from_db()
    answering.answer_complaint(case, by=handler, way="phone", text="装修队已换")
    assert task_of(case, 1).status == CallBackStatus.WAITING


def test_a_major_case_waits_for_the_manager_however_happy_the_customer_is():
    case = call(told(level="major")[0], "satisfied")
    assert case.status == Status.CALLING
    boss = manager(case.community)
    other = told(level="major")[0]
    assert call(other, "satisfied", by=manager(other.community)).status == Status.CLOSED
    assert boss.pk


def test_silence_is_no_satisfaction():
    case = told()[0]
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False) as clock:
        for _time in range(3):
            call(case, "no_answer")
            clock.shift(timedelta(hours=3))
    assert (case.status, task_of(case).status) == (Status.CALLING, CallBackStatus.MISSED)


def test_a_confidential_matter_is_not_told_by_the_list_of_calls():
    case = complain(phone=PHONE)
    Complaint.objects.filter(pk=case.pk).update(confidential=True)
    boss = manager(case.community)
    routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
    routing.assign_complaint(case, by=boss, handler=clerk(case.community))
    handler = Complaint.objects.get(pk=case.pk).handler
    handling.report_complaint(case, by=handler, report=handling.Report("已谈话"))
    case.refresh_from_db()
    answering.answer_complaint(case, by=handler, way="phone", text="已谈话")
    task = task_of(case)
    assert task.title == f"{case.full_number}（保密）"
    assert (task.unit, task.owner) == (None, None)
