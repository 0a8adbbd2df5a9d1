"""Another calendar: what would move is told before, and moved after, once, with the reminders."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from core.calendar import affected
from core.models import Job, LogEntry
from core.queries.calendars import proposed_clock
from core.services.calendars import add_exception
from properties.models import Community
from properties.services.communities import change_community
from tests.factories.audit import UserFactory, user_with
from tests.factories.calendars import CalendarExceptionFactory, WorkCalendarFactory
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.factories.workorders import kind_of
from tests.support.cases import signed_in
from workorders.models import Escalation, OrderClock
from workorders.queries.affected import affected_deadlines
from workorders.services import intake
from workorders.services.deadlines import RECOMPUTE, recompute_all
from workorders.states import Clock, Level

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 9, 45, tzinfo=UTC)  # 17:45 in Shanghai: a quarter of an hour is left
VIEW = "workorders.view_workorder"
TEN_TO_SEVEN = [[weekday, 10 * 60, 19 * 60] for weekday in range(5)]


@pytest.fixture
def community():
    return CommunityFactory(work_calendar=WorkCalendarFactory())


@pytest.fixture
def order(community):
    with time_machine.travel(FRIDAY, tick=False):
        return intake.create_order(
            by=UserFactory(), unit=UnitFactory(building__community=community), kind=kind_of("tap"), source="hotline",
            reporter_name="王建国", description="漏水",
        )  # fmt: skip


def due(order, clock=Clock.RESPONSE):
    return OrderClock.objects.get(order=order, clock=clock).due_at


def off_on_monday(calendar):
    return proposed_clock(calendar, dates={date(2026, 11, 23): ("holiday", ())})


def test_an_edit_tells_what_it_would_move(community, order):
    reader = user_with(VIEW, communities=[community])
    assert due(order) == datetime(2026, 11, 23, 1, 15, tzinfo=UTC)
    found = affected_deadlines(community.work_calendar, off_on_monday(community.work_calendar), user=reader)
    assert found.total == 2, "response and arrival; the day round the clock stays"
    row = found.rows[0]
    assert (row.what, row.old, row.new) == (
        f"{order.full_number} 响应", due(order), datetime(2026, 11, 24, 1, 15, tzinfo=UTC),
    )  # fmt: skip
    assert row.url == order.get_absolute_url()
    assert affected_deadlines in affected._registered


def test_who_may_not_see_the_orders_sees_how_many(community, order):
    found = affected_deadlines(community.work_calendar, off_on_monday(community.work_calendar), user=user_with())
    assert (found.total, found.rows) == (2, ())


def test_an_edit_that_moves_nothing_says_nothing(community, order):
    new = proposed_clock(community.work_calendar, dates={date(2027, 5, 3): ("holiday", ())})
    assert affected_deadlines(community.work_calendar, new, user=UserFactory()) is None
    other = WorkCalendarFactory()
    assert affected_deadlines(other, off_on_monday(other), user=UserFactory()) is None


def test_a_community_with_another_calendar_has_its_deadlines_moved(community, order):
    """The service writes a job; the job moves deadlines and the reminders not told yet, and running it again moves nothing."""
    late = WorkCalendarFactory(weekly=TEN_TO_SEVEN)
    before = due(order)
    with time_machine.travel(FRIDAY, tick=False):
        change_community(community, by=UserFactory(), work_calendar=late)
        job = Job.objects.get(kind=RECOMPUTE)
        assert job.args == {"communities": [community.pk]}
        assert recompute_all(job.args["communities"]) == 1
        assert recompute_all(job.args["communities"]) == 0
    assert before != due(order) == datetime(2026, 11, 20, 10, 15, tzinfo=UTC), "open until 19:00 now"
    step = Escalation.objects.get(clock__order=order, clock__clock=Clock.RESPONSE, level=Level.OVERDUE)
    assert step.at == due(order)
    order.refresh_from_db()
    assert order.next_due_at == due(order)
    entry = LogEntry.objects.get(action="workorders.workorder.deadlines_moved")
    assert "due_response" in entry.changes


def test_what_was_told_is_not_told_again_and_what_is_over_stays(community, order):
    with time_machine.travel(FRIDAY, tick=False):
        OrderClock.objects.filter(order=order, clock=Clock.RESPONSE).update(met_at=FRIDAY)
        told = Escalation.objects.filter(clock__order=order, clock__clock=Clock.ARRIVAL, level=Level.REMIND)
        told.update(told_at=FRIDAY)
        before, met = told.get().at, due(order)
        add_exception(community.work_calendar, by=UserFactory(), kind="holiday", start=date(2026, 11, 23))
        assert recompute_all([community.pk]) == 1
    assert (told.get().at, due(order)) == (before, met)


def test_a_day_taken_out_of_a_calendar_moves_all_communities_under_it(community, order):
    second = CommunityFactory(work_calendar=community.work_calendar)
    with time_machine.travel(FRIDAY, tick=False):
        add_exception(community.work_calendar, by=UserFactory(), kind="holiday", start=date(2026, 11, 23), name="放假")
        job = Job.objects.get(kind=RECOMPUTE)
        assert job.args == {"communities": sorted([community.pk, second.pk])}
        assert recompute_all(job.args["communities"]) == 1
    assert due(order) == datetime(2026, 11, 24, 1, 15, tzinfo=UTC)


def test_dialogs_that_only_count_have_no_reader(community, order):
    """设为默认 and 删除日期 tell how many deadlines move, and to nobody which."""
    keeper = signed_in(user_with("core.view_workcalendar", "core.change_workcalendar"))
    day = CalendarExceptionFactory(calendar=community.work_calendar, date="2026-11-28", hours=[[540, 600]])
    OrderClock.objects.filter(order=order, clock=Clock.RESPONSE).update(due_at=FRIDAY, warn_at=FRIDAY)
    html = keeper.get(reverse("core:calendarexception_delete", args=[day.pk])).content.decode()
    assert "工单时限" in html and "1 个时限会变" in html
    Community.objects.filter(pk=community.pk).update(work_calendar=None)
    other = WorkCalendarFactory(weekly=TEN_TO_SEVEN)
    html = keeper.get(reverse("core:workcalendar_make_default", args=[other.pk])).content.decode()
    assert "工单时限" in html and "2 个时限会变" in html
    assert order.number not in html
