"""Where cases are met outside their own pages: search, household, workbench, calendar, sample data."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from audit.services.demo import create_demo_accounts
from complaints.models import Complaint, ComplaintClock
from complaints.services import approvals
from complaints.services.deadlines import recompute_all
from complaints.states import ApprovalKind, Status
from core.queries.numbers import spelled
from core.search import SearchText, search
from owners.models import CallBackTask, TimelineEntry
from owners.queries.call_report import BY_CODE, Asked, report
from tests.complaints.test_states import at_work, complain
from tests.factories.audit import user_with
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.complaints import ComplaintFactory, clerk, lead, manager
from tests.factories.owners import OwnerFactory, OwnerPhoneFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
VIEW = "complaints.view_complaint"


def hits(user, text):
    groups = search(user, SearchText(text), shown=5).groups
    return [hit.title for group in groups if str(group.label) == "投诉建议" for hit in group.items]


def test_a_number_is_found_as_it_is_spelled():
    case = ComplaintFactory(number="TS20261122-0007")
    person = user_with(VIEW, communities=[case.community])
    assert hits(person, "ts20261122-0007") == [case.number]
    assert hits(user_with(VIEW, communities=[CommunityFactory()]), "TS20261122-0007") == []
    assert spelled("HYH-TS20261122-0007", "TS", "JY") == ("HYH", ("TS20261122-0007",))
    assert spelled("1502", "TS") is None


def test_a_confidential_case_is_not_found_by_whom_it_is_closed_to():
    case = ComplaintFactory(number="TS20261122-0008", confidential=True)
    assert hits(clerk(case.community), "TS20261122-0008") == []
    assert hits(lead(case.community), "TS20261122-0008") == [case.number]


def test_the_file_of_a_household_shows_its_cases():
    unit = UnitFactory()
    owner = OwnerFactory(units=[unit])
    mine, other = complain(unit, owner=owner), complain(unit, complainant="邻居")
    reader = user_with(VIEW, "owners.view_owner", communities=[unit.community])
    flat = signed_in(reader).get(reverse("complaints:unit_cases", args=[unit.pk])).content.decode()
    person = signed_in(reader).get(reverse("complaints:owner_cases", args=[owner.pk])).content.decode()
    assert mine.number in flat
    assert other.number in flat
    assert mine.number in person
    assert other.number not in person


class TestWorkbench:
    def figure(self, user, name):
        answer = signed_in(user).get(reverse(f"dashboard:card_{name}"), headers={"HX-Request": "true"})
        figure = answer.context["figure"]
        rows = signed_in(user).get(figure.url).context["table"]["rows"]
        assert figure.count == len(rows), "the figure is the list behind it"
        return figure

    def test_r50_what_nobody_has_answered_stands_there(self):
        case = complain()
        ComplaintFactory(unit=case.unit, status=Status.CALLING)
        boss = lead(case.community)
        assert self.figure(boss, "unanswered").count == 1
        assert self.figure(boss, "complaints_new").count == 1
        assert case.facts in signed_in(boss).get("/").content.decode()
        Complaint.objects.filter(pk=case.pk).update(next_due_at=timezone.now() - timedelta(hours=1))
        assert "1 件已超时" in self.figure(boss, "unanswered").note

    def test_a_request_waits_for_somebody_else(self):
        case, handler, _boss = at_work(level="major")
        chief = manager(case.community)
        approvals.ask_approval(case, by=handler, kind=ApprovalKind.PLAN, text="停梯检修")
        assert self.figure(chief, "approvals").count == 1
        other, _handler, _lead = at_work(
            unit=UnitFactory(building__community=case.community), handler=chief, level="major"
        )
        approvals.ask_approval(other, by=chief, kind=ApprovalKind.PLAN, text="停梯检修")
        assert self.figure(chief, "approvals").count == 1


def test_another_calendar_moves_what_is_still_owed():
    community = CommunityFactory(work_calendar=WorkCalendarFactory())
    case = complain(UnitFactory(building__community=community))
    before = case.clocks.get(clock="complete").due_at
    assert recompute_all([community.pk]) == 0
    case.clocks.filter(clock="complete").update(due_at=before - timedelta(days=1), warn_at=before - timedelta(days=2))
    assert recompute_all([community.pk]) == 1
    assert case.clocks.get(clock="complete").due_at == before


class TestSampleData:
    def run(self, *words):
        out = StringIO()
        call_command("seed_complaints", *words, stdout=out)
        return out.getvalue()

    def test_there_is_a_case_in_every_state_and_a_second_run_changes_nothing(self):
        community = CommunityFactory()
        first = UnitFactory(building__community=community, number="0101")
        for unit in (first, *(UnitFactory(building=first.building, number=f"010{n}") for n in range(2, 8))):
            OwnerPhoneFactory(owner=OwnerFactory(units=[unit]))
        create_demo_accounts("Zhongshan-88-lu", reset=False)
        written = json.loads(self.run("--json"))["loaded"]
        assert written == {community.code: Complaint.objects.count()}
        assert set(Complaint.objects.values_list("status", flat=True)) == set(Status)
        assert set(Complaint.objects.values_list("kind", flat=True)) == {"complaint", "suggestion", "praise"}
        assert Complaint.objects.filter(group__isnull=False).count() >= 3
        # A company that answers in time, nearly always; what came of its cases is done, nearly always.
        for clock in ("accept", "first", "complete"):
            met = ComplaintClock.objects.filter(clock=clock, met_at__isnull=False)
            assert 0 < met.filter(late=True).count() / met.count() < 0.2, clock
        assert Complaint.objects.filter(improved_on__isnull=False).exists()
        # Whatever is over was called about by somebody who did not handle it, and the household's file tells it.
        over = Complaint.objects.filter(status=Status.CLOSED)
        calls = CallBackTask.objects.filter(closed_at__isnull=False)
        assert set(calls.values_list("source_id", flat=True)) >= set(over.values_list("pk", flat=True))
        assert not [task for task in calls if task.closed_by_id in task.handlers]
        assert not calls.filter(closed_at__gt=timezone.now()).exists()
        assert calls.filter(status="unsatisfied", round=0).exists()
        asked = Asked(BY_CODE["cause"], timezone.localdate() - timedelta(days=400), timezone.localdate())
        whole = report(user_with("owners.view_callbacktask", communities=[community]), asked).whole
        assert 60 < whole.reach < 100
        assert 60 < whole.satisfaction < 100
        told = TimelineEntry.objects.filter(source_type="complaints.complaint", source_id__in=over.values("pk"))
        assert told.count() == 3 * over.count()
        assert self.run() == "示例投诉建议已经在库里，没有改动。\n"

    def test_without_the_staff_it_says_what_to_do_first(self):
        CommunityFactory()
        with pytest.raises(CommandError, match="create_demo_accounts"):
            self.run()
