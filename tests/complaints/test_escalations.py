"""Deadlines of cases that tell: whom, when, once (R56, DOMAIN 2.2, 2.3)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from audit.models import Role
from audit.services import seeds as roles
from complaints.models import ClockStep, Complaint
from complaints.services import routing
from complaints.services.escalations import send_reminders
from core.models import InboxItem, LogEntry
from tests.complaints.test_states import complain
from tests.factories.audit import GrantFactory, UserFactory
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.complaints import clerk, lead
from tests.factories.properties import CommunityFactory, UnitFactory

MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)  # 09:00 in Shanghai
pytestmark = pytest.mark.django_db


def at(clock: str, day: int = 23) -> datetime:
    """A local time of the working week that begins on Monday 23 November 2026."""
    hours, minutes = clock.split(":")
    return datetime(2026, 11, day, int(hours), int(minutes), tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def community():
    return CommunityFactory(work_calendar=WorkCalendarFactory())


def holder(code, community):
    """Somebody with one of the role templates there."""
    user = UserFactory()
    GrantFactory(user=user, role=Role.objects.get(code=code), community_ids=[community.pk])
    return user


def taken(community, moment=MONDAY, **values):
    with time_machine.travel(moment, tick=False):
        return complain(UnitFactory(building__community=community), by=UserFactory(), **values)


def told(kind="complaints.deadline"):
    found = {}
    for item in InboxItem.objects.filter(kind=kind).order_by("pk"):
        found.setdefault(item.user_id, []).append(item.sentence)
    return found


def run_at(moment):
    with time_machine.travel(moment, tick=False):
        return send_reminders()


def test_r56_each_step_of_accepting_goes_to_its_own_people(community):
    """30 minutes of service time to accept: 24 → 80%, 30 → 100%, 45 → ×1.5, 60 → ×2."""
    desk, boss, chief, region = (
        holder(code, community) for code in (roles.CLERK, roles.CLERK_LEAD, roles.MANAGER, roles.GROUP_QUALITY)
    )
    case = taken(community)
    assert run_at(at("09:23")).steps == 0
    run_at(at("09:24"))
    assert told().keys() == {desk.pk, boss.pk, chief.pk}, "whoever may accept it"
    InboxItem.objects.all().delete()
    run_at(at("09:30"))
    assert told() == {boss.pk: [f"受理时限剩 0分：{case.full_number} 装修噪音，{case.address}"]}
    run_at(at("09:45"))
    assert "受理超时 15分" in told()[chief.pk][0]
    run_at(at("10:00"))
    assert told().keys() == {boss.pk, chief.pk, region.pk}
    assert run_at(at("10:00")).steps == 0
    assert LogEntry.objects.filter(action="complaints.complaint.escalated", object_id=case.pk).count() == 4


def test_what_was_done_is_not_told_any_more(community):
    boss = holder(roles.CLERK_LEAD, community)
    case = taken(community)
    with time_machine.travel(at("09:10"), tick=False):
        routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
    run_at(at("10:00"))
    assert told() == {}


def test_nobody_is_told_at_night_but_of_what_is_grave(community):
    holder(roles.CLERK_LEAD, community)
    case = taken(community, at("17:50"))
    run_at(at("23:00"))
    assert told() == {}
    grave = taken(community, at("22:00"), major_reasons=["safety"])
    run_at(at("23:00"))
    assert {words.split("：")[1].split(" ")[0] for lines in told().values() for words in lines} == {grave.full_number}
    assert case.pk


def test_r51_the_manager_hears_of_a_major_case_at_once_and_is_asked_again_until_he_knows(community):
    chief = holder(roles.MANAGER, community)
    case = taken(community)
    with time_machine.travel(at("09:10"), tick=False):
        routing.accept_complaint(case, by=lead(community), level="major", responsibility="property")
    assert told("complaints.major")[chief.pk] == [f"重大投诉，请确认知悉：{case.headline}"]
    run_at(at("09:34"))  # 80% of the thirty minutes
    assert any("上报项目经理时限剩" in words for words in told()[chief.pk])
    with time_machine.travel(at("09:35"), tick=False):
        routing.acknowledge(Complaint.objects.get(pk=case.pk), by=chief)
    InboxItem.objects.all().delete()
    run_at(at("09:55"))
    assert not any("上报" in words for lines in told().values() for words in lines)


def test_of_a_confidential_case_only_those_are_told_who_may_open_it(community):
    desk, boss = holder(roles.CLERK, community), holder(roles.CLERK_LEAD, community)
    taken(community, confidential=True, accused_people=[clerk(community)])
    run_at(at("09:24"))
    assert desk.pk not in told()
    assert told()[boss.pk][0].endswith("（保密）")


def test_running_again_tells_nothing_twice(community):
    boss = holder(roles.CLERK_LEAD, community)
    taken(community)
    run_at(at("09:31"))
    run_at(at("09:31"))
    assert len(told()[boss.pk]) == 2, "80% and 100%, each once"
    assert not ClockStep.objects.filter(told_at__isnull=True, dropped_at__isnull=True, at__lte=at("09:31")).exists()
