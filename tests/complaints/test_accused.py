"""What comes near those a confidential case is about by ways beside the desk: a call that is given to them, the conversation it came of.
Whoever may open the case has it in the same places, so that no test passes by being empty."""

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from audit.services import seeds as roles
from complaints.models import Complaint
from complaints.seeds import PERMISSIONS
from complaints.services import enquiry_outcomes, intake
from core.models import InboxItem, LogEntry
from owners.models import CallBackTask, TimelineEntry
from owners.services.call_assigning import assign_call_backs
from tests.complaints.test_call_backs import task_of, told
from tests.factories.audit import user_with
from tests.factories.complaints import topic_of
from tests.factories.owners import CallBackTaskFactory, OwnerFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.factories.talk import EnquiryFactory
from tests.portal.support import PHONE, signed_in_owner, text_of
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
CALL, ASSIGN = "owners.call_callbacktask", "owners.assign_callbacktask"
CALLS = (CALL, ASSIGN, "owners.view_callbacktask", "complaints.view_confidential")


@pytest.fixture
def community() -> Any:
    return CommunityFactory()


class TestCallsGiven:
    """The call about a case is not given to whom the case is closed, and nobody is told why."""

    @pytest.fixture
    def boss(self, community: Any) -> Any:
        return user_with(*CALLS, communities=[community])

    @pytest.fixture
    def accused(self, community: Any) -> Any:
        return user_with(*CALLS, communities=[community])

    def call_about(self, accused: Any, community: Any) -> CallBackTask:
        case = told(unit=UnitFactory(building__community=community))[0]
        case.accused_people.set([accused])
        Complaint.objects.filter(pk=case.pk).update(confidential=True)
        return task_of(case)

    def test_one_is_refused_without_a_reason(self, community: Any, boss: Any, accused: Any) -> None:
        task = self.call_about(accused, community)
        address = reverse("owners:callback_assign", args=[task.pk])
        page = signed_in(boss).post(address, {"to": accused.pk})
        assert page.status_code == 200 and f"不能分配给{accused}" in page.content.decode()
        task.refresh_from_db()
        assert task.assignee is None and not InboxItem.objects.filter(user=accused, kind="owners.call_back").exists()
        assert signed_in(boss).post(address, {"to": boss.pk}).status_code == 302
        task.refresh_from_db()
        assert task.assignee == boss

    def test_of_many_the_others_are_given(self, community: Any, boss: Any, accused: Any) -> None:
        task = self.call_about(accused, community)
        other = CallBackTaskFactory(unit=UnitFactory(building__community=community))
        shared = assign_call_backs([task, other], by=boss, to=accused)
        assert (shared.given, shared.skipped) == ([other], [(task, f"不能分配给{accused}")])
        assert InboxItem.objects.get(user=accused, kind="owners.call_back").url == other.get_absolute_url()
        assert not LogEntry.objects.filter(action="owners.callbacktask.assigned", object_id=task.pk).exists()

    def test_who_has_no_right_to_such_cases_is_given_none_of_them(
        self, community: Any, boss: Any, accused: Any
    ) -> None:
        task = self.call_about(accused, community)
        plain = user_with(CALL, communities=[community])
        assert assign_call_backs([task], by=boss, to=plain).skipped == [(task, f"不能分配给{plain}")]

    def test_what_he_was_given_before_is_taken_from_him(self, community: Any, boss: Any, accused: Any) -> None:
        case = told(unit=UnitFactory(building__community=community))[0]
        task = task_of(case)
        assign_call_backs([task], by=boss, to=accused)
        assert InboxItem.objects.filter(user=accused, url=task.get_absolute_url()).exists()
        intake.change_complaint(case, by=boss, confidential=True, accused_people=[accused])
        task.refresh_from_db()
        assert (task.assignee, task.is_waiting) == (None, True)
        assert not InboxItem.objects.filter(user=accused).exists()
        assert LogEntry.objects.filter(action="owners.callbacktask.released", object_id=task.pk).exists()

    def test_many_are_asked_about_at_once(self, community: Any, boss: Any, accused: Any) -> None:
        tasks = [self.call_about(accused, community) for _each in range(3)]
        accused.access.scope(CALL)
        counts = []
        for some in (tasks[:1], tasks):
            with CaptureQueriesContext(connection) as captured:
                assert len(assign_call_backs(some, by=boss, to=accused).skipped) == len(some)
            counts.append(len(captured))
        assert counts[0] == counts[1]


# What a clerk and a supervisor of the desk may do, and every page where the conversation can be met.
DESK = (
    *PERMISSIONS[roles.MANAGER], "complaints.add_complaint", "complaints.view_enquiry", "complaints.answer_enquiry",
    "complaints.export_enquiry", "owners.view_owner", "core.view_logentry",
)  # fmt: skip


class TestConversationItCameOf:
    """A conversation goes on being read by the desk after the case that came of it has become confidential."""

    @pytest.fixture
    def enquiry(self, community: Any) -> Any:
        unit = UnitFactory(building__community=community)
        return EnquiryFactory(unit=unit, owner=OwnerFactory(name="王建国", phones=[PHONE], units=[unit]))

    @pytest.fixture
    def trusted(self, community: Any) -> Any:
        return user_with(*DESK, communities=[community])

    @pytest.fixture
    def accused(self, community: Any) -> Any:
        return user_with(*DESK, communities=[community])

    def turned(self, enquiry: Any, by: Any, accused: Any) -> Complaint:
        fields = {"kind": "complaint", "topic": topic_of("attitude"), "facts": "保安队长收了装修队的钱"}
        case = enquiry_outcomes.turn_into_complaint(enquiry, by=by, **fields)
        return intake.change_complaint(case, by=by, confidential=True, accused_people=[accused])

    def words(self, user: Any, enquiry: Any) -> str:
        """The conversation, the inbox of all and as a file, the household's history, what was done with the conversation."""
        client, inbox = signed_in(user), reverse("complaints:enquiry_list")
        pages = [
            client.get(enquiry.get_absolute_url()), client.get(inbox, {"group": "all"}),
            client.get(reverse("owners:unit_timeline", args=[enquiry.unit_id])),
            client.get(reverse("audit:log_list"), {"q": enquiry.number}),
        ]  # fmt: skip
        for entry in LogEntry.objects.filter(object_type="complaints.enquiry", object_id=enquiry.pk):
            pages.append(client.get(reverse("audit:log_detail", args=[entry.pk])))
        assert {page.status_code for page in pages} == {200}
        file = client.post(reverse("core:list_export", args=["complaints:enquiry_list"]), {"reason": "核对"})
        book = load_workbook(BytesIO(b"".join(file.streaming_content) if file.streaming else file.content))
        cells = str([[cell.value for cell in row] for row in book.active.iter_rows()])
        assert enquiry.number in cells
        return "".join(page.content.decode() for page in pages) + cells

    def test_the_accused_reads_it_without_the_number(self, enquiry: Any, trusted: Any, accused: Any) -> None:
        case = self.turned(enquiry, trusted, accused)
        assert case.number in self.words(trusted, enquiry)
        words = self.words(accused, enquiry)
        assert "进度可在“投诉建议”里看" in words
        assert case.number not in words and case.get_absolute_url() not in words
        found = {"q": case.number, "group": "all"}
        assert list(signed_in(accused).get(reverse("complaints:enquiry_list"), found).context["table"]["rows"]) == []

    def test_the_household_keeps_the_question_and_loses_what_came_of_it(
        self, enquiry: Any, trusted: Any, accused: Any
    ) -> None:
        fields = {"kind": "complaint", "topic": topic_of("attitude"), "facts": "保安态度差"}
        case = enquiry_outcomes.turn_into_complaint(enquiry, by=trusted, **fields)
        lines = TimelineEntry.objects.filter(unit=enquiry.unit)
        assert "在线咨询已转为投诉" in lines.values_list("sentence", flat=True)
        assert case.number not in str(list(lines.values_list("sentence", "detail")))
        intake.change_complaint(case, by=trusted, confidential=True, accused_people=[accused])
        assert "投诉" not in str(list(lines.values_list("sentence", "detail")))

    def test_the_owner_has_both_as_before(self, enquiry: Any, trusted: Any, accused: Any) -> None:
        case, phone = self.turned(enquiry, trusted, accused), signed_in_owner(PHONE)
        talk = text_of(phone.get(reverse("portal:enquiry", args=[enquiry.pk])))
        assert "已转为投诉，进度可在“投诉建议”里看" in talk
        assert case.number in text_of(phone.get(reverse("portal:complaint", args=[case.pk])))
        assert "服务态度差" in text_of(phone.get(reverse("portal:complaint_list")))
