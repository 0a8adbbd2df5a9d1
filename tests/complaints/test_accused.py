"""What comes near those a confidential case is about by ways beside the desk: a call that is given to them, the conversation it came of.
Whoever may open the case has it in the same places, so that no test passes by being empty."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Complaint
from core.models import InboxItem, LogEntry
from owners.models import CallBackTask
from owners.services.call_assigning import assign_call_backs
from tests.complaints.test_call_backs import task_of, told
from tests.factories.audit import user_with
from tests.factories.owners import CallBackTaskFactory
from tests.factories.properties import CommunityFactory, UnitFactory
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

    def test_many_are_asked_about_at_once(self, community: Any, boss: Any, accused: Any) -> None:
        tasks = [self.call_about(accused, community) for _each in range(3)]
        accused.access.scope(CALL)
        counts = []
        for some in (tasks[:1], tasks):
            with CaptureQueriesContext(connection) as captured:
                assert len(assign_call_backs(some, by=boss, to=accused).skipped) == len(some)
            counts.append(len(captured))
        assert counts[0] == counts[1]
