"""The demo's repairs: in every state, told apart by seed only, never twice."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.services.demo import create_demo_accounts
from core.models import LogEntry
from owners.models import TimelineEntry
from properties.models import Community, Unit
from tests.factories.audit import user_with
from tests.factories.owners import OwnerFactory, OwnerPhoneFactory
from tests.factories.properties import CommunityFactory, PlaceFactory, UnitFactory
from workorders.models import OrderClock, Outage, ReportCode, WorkOrder
from workorders.queries.reports import BY_CODE, VIEW, Asked, report
from workorders.seeding.stories import LI, OWN, WANG
from workorders.states import Clock, Status

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    out = StringIO()
    call_command("seed_workorders", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def community() -> Community:
    community = CommunityFactory()
    for number in ("0101", "0102", "0201"):
        unit = UnitFactory(building__community=community, number=number)
        OwnerPhoneFactory(owner=OwnerFactory(units=[unit]))
    PlaceFactory(community=community)
    create_demo_accounts("Zhongshan-88-lu", reset=False)
    return community


def test_there_is_an_order_in_every_state_people_meet(community: Community) -> None:
    told = json.loads(run("--json"))
    states = set(WorkOrder.objects.values_list("status", flat=True))
    assert states == set(Status)
    assert told["loaded"] == {community.code: WorkOrder.objects.count()}
    archived = WorkOrder.objects.filter(status=Status.ARCHIVED)
    assert not OrderClock.objects.filter(order__in=archived, met_at__isnull=True).exists()
    assert archived.filter(stars__isnull=True).exists()
    assert not WorkOrder.objects.filter(ended_at__gt=timezone.now()).exists(), "nothing of the past lies ahead"
    assert LogEntry.objects.filter(action="workorders.workorder.completed").count() == 2
    assert [str(row) for row in Outage.objects.get().places.all()] == [Unit.objects.first().building.label]
    assert ReportCode.objects.count() == 1


def test_the_figures_of_the_demo_look_like_those_of_a_real_house(community: Community) -> None:
    """Every clock is missed now and then, some work is done twice, and every rate lies between nothing and everything."""
    run()
    today = timezone.localdate()
    boss = user_with(VIEW, communities=[community])
    whole = report(boss, Asked(BY_CODE["kind"], today - timedelta(days=60), today)).whole
    for clock in Clock:
        assert 60 < whole.on_time(clock) < 100, clock
    assert 0 < whole.rework_rate < 20
    assert 60 < whole.satisfaction < 100
    assert whole.materials > 0 and whole.unrated > 0
    assert whole.p50 < whole.p90
    twice = WorkOrder.objects.filter(rework_count=1, status=Status.ARCHIVED).first()
    assert twice.ratings.filter(round=0, stars=2).exists()


def test_the_households_files_tell_it_when_it_happened(community: Community) -> None:
    run()
    told = TimelineEntry.objects.filter(source_type="workorders.workorder").order_by("pk")
    orders = WorkOrder.objects.filter(unit__isnull=False)
    assert set(orders.values_list("pk", flat=True)) == set(told.values_list("source_id", flat=True))
    for order in orders:
        days = list(told.filter(source_id=order.pk).values_list("at", flat=True))
        assert days[0] == order.reported_at and days == sorted(set(days))
        if order.status == Status.ARCHIVED:
            assert days == [order.reported_at, order.completed_at]


def test_a_second_run_changes_nothing(community: Community) -> None:
    run()
    before = WorkOrder.objects.count()
    assert run() == "示例工单已经在库里，没有改动。\n"
    assert WorkOrder.objects.count() == before


def test_without_the_staff_it_says_what_to_do_first() -> None:
    CommunityFactory()
    with pytest.raises(CommandError, match="create_demo_accounts"):
        run()


def test_the_sample_owners_find_repairs_of_their_own(community: Community) -> None:
    """One waits with a time agreed, one is at work, and each has something to judge."""
    home = UnitFactory(building__community=community, number="1502")
    wang, li = (
        OwnerFactory(name=name, phones=[phone], units=[home]) for name, phone in (("王建国", WANG), ("李慧敏", LI))
    )
    run()
    own = WorkOrder.objects.filter(source="app", unit=home, description__in=[story.said for story in OWN])
    assert sorted(own.filter(owner=wang).values_list("status", flat=True)) == ["done", "waiting", "working"]
    assert sorted(own.filter(owner=li).values_list("status", flat=True)) == ["done", "parts"]
    waiting = own.get(status=Status.WAITING)
    assert waiting.visit_from is not None and waiting.visit_from > waiting.reported_at
    done = LogEntry.objects.filter(action="workorders.workorder.created", actor_type="owner")
    assert {entry.actor_id for entry in done} == {wang.pk, li.pk}
