"""整改措施 that nobody has done (R57): its owner is told, later the supervisor, once and at work; the workbench shows them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from complaints.models import Complaint, ImprovementStep
from complaints.services import handling
from complaints.services.improvements import send_reminders
from core.models import InboxItem, LogEntry
from tests.complaints.test_escalations import holder
from tests.complaints.test_states import at_work
from tests.factories.audit import user_with
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.complaints import ComplaintFactory, clerk, lead
from tests.factories.owners import word
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.support.cases import signed_in

pytestmark = pytest.mark.django_db
KIND = "complaints.improvement"
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def at(clock: str, day: int) -> datetime:
    """A local time in November 2026."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=UTC) - timedelta(hours=8)


def run_at(moment):
    with time_machine.travel(moment, tick=False):
        return send_reminders().steps


def to_improve(due=MONDAY, **values):
    """(case, its handler): reported with an improvement, on Thursday 19 November 2026; works Monday to Friday, 09:00 to 18:00."""
    community = CommunityFactory(work_calendar=WorkCalendarFactory())
    with time_machine.travel(at("10:00", 19), tick=False):
        case, handler, _boss = at_work(UnitFactory(building__community=community), **values)
        report = handling.Report("已加固", word("complaint_cause", "skill"), "每周巡查一次", due)
        handling.report_complaint(case, by=handler, report=report)
    case.refresh_from_db()
    return case, handler


def told(person):
    return list(
        InboxItem.objects.filter(kind=KIND, user_id=person.pk).order_by("pk").values_list("sentence", flat=True)
    )


def test_the_owner_on_the_day_and_after_it_the_supervisor_three_working_days_later():
    case, handler = to_improve()
    boss = holder("clerk_lead", case.community)
    assert run_at(at("09:00", 20)) == 0
    assert run_at(at("09:00", 23)) == 1
    assert (len(told(handler)), "整改今天到期" in told(handler)[0], case.number in told(handler)[0]) == (1, True, True)
    assert run_at(at("09:00", 24)) == 1
    assert "整改已过期 1 天" in told(handler)[1]
    assert run_at(at("18:00", 26)) == 0
    assert told(boss) == []
    assert run_at(at("09:00", 27)) == 1
    assert ("整改已过期 4 天" in told(boss)[0], len(told(handler))) == (True, 2)
    entries = LogEntry.objects.filter(action="complaints.complaint.improvement_reminded", object_id=case.pk)
    assert [entry.actor_type for entry in entries] == ["system"] * 3


def test_once_however_often_it_runs():
    _case, handler = to_improve()
    assert [run_at(at("09:00", 23)), run_at(at("09:01", 23)), run_at(at("10:00", 24)), run_at(at("10:01", 24))] == [
        1,
        0,
        1,
        0,
    ]
    assert len(told(handler)) == 2


def test_after_a_standstill_the_owner_hears_it_once():
    _case, handler = to_improve()
    assert run_at(at("10:00", 25)) == 2
    assert ["整改已过期 2 天" in line for line in told(handler)] == [True]


def test_nobody_is_told_at_night_or_at_the_weekend():
    _case, handler = to_improve(due=FRIDAY)
    assert [run_at(at("06:00", 27)), run_at(at("20:00", 27)), run_at(at("11:00", 28)), told(handler)] == [0, 0, 0, []]
    assert run_at(at("09:00", 30)) == 2
    assert ["整改已过期 3 天" in line for line in told(handler)] == [True]


def test_what_is_done_or_begun_anew_is_told_no_more():
    case, handler = to_improve()
    with time_machine.travel(at("10:00", 20), tick=False):
        handling.finish_improvement(case, by=handler, on=date(2026, 11, 20))
    assert run_at(at("10:00", 27)) == 0
    assert not ImprovementStep.objects.filter(complaint=case, dropped_at__isnull=True).exists()


def test_another_day_begins_anew_and_the_same_day_is_not_told_twice():
    case, handler = to_improve()
    run_at(at("09:00", 23))
    for due, levels in ((MONDAY, {"overdue", "supervisor"}), (FRIDAY, {"due", "overdue", "supervisor"})):
        Complaint.objects.filter(pk=case.pk).update(status="working")
        case.refresh_from_db()
        report = handling.Report("再次加固", word("complaint_cause", "skill"), "每天巡查", due)
        handling.report_complaint(case, by=handler, report=report)
        waiting = ImprovementStep.objects.filter(complaint=case, told_at__isnull=True)
        assert set(waiting.values_list("level", flat=True)) == levels
        case.refresh_from_db()


def test_the_supervisor_hears_of_it_where_the_owner_has_left():
    case, handler = to_improve()
    boss = holder("clerk_lead", case.community)
    handler.is_active = False
    handler.save()
    run_at(at("09:00", 24))
    assert (len(told(boss)), told(handler)) == (1, [])


def test_of_a_confidential_case_only_those_who_may_open_it_hear():
    case, handler = to_improve(confidential=True)
    stranger = user_with("complaints.view_complaint", "complaints.assign_complaint", communities=[case.community])
    boss = lead(case.community)
    run_at(at("09:00", 27))
    assert (len(told(handler)), len(told(boss)), told(stranger)) == (1, 1, [])
    assert all("保密" in line for line in told(handler) + told(boss))


def test_the_workbench_counts_them_and_leads_to_their_list():
    community, yesterday = CommunityFactory(), timezone.localdate() - timedelta(days=1)
    me = clerk(community)
    values = {"status": "closed", "improvement": "每周巡查", "unit": UnitFactory(building__community=community)}
    late = ComplaintFactory(improvement_due=yesterday, handler=me, **values)
    ComplaintFactory(improvement_due=yesterday, improved_on=yesterday, **values)
    ComplaintFactory(improvement_due=timezone.localdate(), **values)
    ComplaintFactory(improvement_due=yesterday, improvement="巡查", status="closed")
    client = signed_in(me)
    card = client.get(reverse("dashboard:card_improvements"), headers={"HX-Request": "true"})
    figure = card.context["figure"]
    assert (figure.count, "1 件由我负责" in figure.note) == (1, True)
    assert [row.pk for row in client.get(figure.url).context["table"]["rows"]] == [late.pk]
