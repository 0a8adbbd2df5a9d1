"""The clocks of complaints: every worked example of DOMAIN 2.2 (T1–T14) that has no pause in it, said of a complaint; what each level owes;
how levels come about; what a change of level or of the standards does to a clock that runs."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from complaints.models import CityFormula, ClockStandard, Complaint
from complaints.queries.affected import affected_deadlines
from complaints.seeds import STANDARDS
from complaints.services import answering, closing, groups, handling, routing, standards
from complaints.services.clocks import recompute
from complaints.services.deadlines import RECOMPUTE, recompute_all
from complaints.services.escalations import send_reminders
from complaints.states import Basis, Clock, Level, MajorReason
from core.calendar import affected
from core.errors import BadValue, BusinessError
from core.models import InboxItem, Job, LogEntry
from core.queries.calendars import proposed_clock
from core.services.calendars import add_exception
from properties.services.communities import change_community
from tests.complaints.test_escalations import at, holder, taken
from tests.complaints.test_states import answered, complain
from tests.factories.audit import UserFactory, user_with
from tests.factories.calendars import WorkCalendarFactory
from tests.factories.complaints import lead, manager
from tests.factories.properties import CommunityFactory, UnitFactory
from tests.support.cases import CreateCase, FormCase, ListCase, signed_in

pytestmark = pytest.mark.django_db
SPLIT = [[weekday, *hours] for weekday in range(5) for hours in ((510, 720), (810, 1050))]  # 08:30–12:00, 13:30–17:30
VIEW = "complaints.view_complaint"


def local(*when):
    return datetime(*when, tzinfo=timezone.get_default_timezone())


def standard(level, clock):
    return ClockStandard.objects.get(level=level, clock=clock, kind="")


def due(case, clock):
    return timezone.localtime(case.clocks.filter(clock=clock).latest("round", "turn").due_at)


@pytest.fixture
def community():
    return CommunityFactory(work_calendar=WorkCalendarFactory())


@pytest.mark.parametrize(
    ("name", "start", "basis", "amount", "expected", "hours"),
    [
        ("T1", (2026, 9, 30, 23, 40), "round", 30, (2026, 10, 1, 0, 10), None),
        ("T2", (2026, 9, 30, 16, 0), "service", 240, (2026, 10, 8, 11, 0), None),
        ("T3", (2026, 2, 13, 17, 0), "service", 480, (2026, 2, 14, 16, 0), None),
        ("T4", (2026, 2, 14, 17, 30), "service", 120, (2026, 2, 24, 10, 30), None),
        ("T5", (2026, 9, 20, 10, 0), "service", 180, (2026, 9, 20, 13, 0), None),
        ("T6", (2026, 11, 21, 20, 0), "service", 15, (2026, 11, 23, 9, 15), None),
        ("T7", (2026, 11, 23, 7, 30), "service", 30, (2026, 11, 23, 9, 30), None),
        ("T8", (2026, 11, 20, 18, 0), "service", 60, (2026, 11, 23, 10, 0), None),
        ("T9", (2026, 11, 23, 17, 0), "service", 60, (2026, 11, 23, 18, 0), None),
        ("T10", (2026, 5, 8, 17, 0), "service", 600, (2026, 5, 9, 18, 0), None),
        ("T11", (2026, 9, 30, 10, 0), "days", 3, (2026, 10, 10, 18, 0), None),
        ("T12 five", (2026, 2, 12, 10, 0), "days", 5, (2026, 2, 26, 18, 0), None),
        ("T12 seven", (2026, 4, 29, 10, 0), "days", 7, (2026, 5, 12, 18, 0), None),
        ("T14 an hour", (2026, 11, 23, 11, 30), "service", 60, (2026, 11, 23, 14, 0), SPLIT),
        ("T14 half an hour", (2026, 11, 23, 12, 15), "service", 30, (2026, 11, 23, 14, 0), SPLIT),
        ("T14 eight hours", (2026, 11, 20, 16, 0), "service", 480, (2026, 11, 23, 16, 30), SPLIT),
    ],
)
def test_r49_the_worked_examples_hold_for_a_complaint(name, start, basis, amount, expected, hours):
    """Through the page's own service: the standard is set as the settings page sets it, the case judged as the desk judges it."""
    split = {"work_calendar": WorkCalendarFactory(weekly=hours)} if hours else {}
    unit = UnitFactory(
        building__community=CommunityFactory(**split)
    )  # else the company's calendar, with the holidays of 2026
    standards.change_standard(standard("normal", "complete"), by=UserFactory(), basis=basis, amount=amount)
    with time_machine.travel(local(*start), tick=False):
        case = complain(unit)
        routing.accept_complaint(case, by=lead(unit.community), level="normal", responsibility="property")
    assert due(case, Clock.COMPLETION) == local(*expected), name


@pytest.mark.parametrize(
    ("level", "owed"),
    [
        ("minor", {"accept": ("service", 30), "first": ("service", 120), "complete": ("round", 1440)}),
        ("normal", {"accept": ("service", 30), "first": ("service", 120), "complete": ("days", 3)}),
        ("major", {
            "accept": ("round", 15), "report_up": ("round", 30), "first": ("round", 30), "progress": ("round", 1440), "complete": ("days", 7),
        }),
    ],
)  # fmt: skip
def test_r51_each_level_owes_its_own(level, owed):
    """轻微 24 小时, 一般 3 个工作日, 重大 7 个工作日 with 30 minutes to the manager and a word a day."""
    case = complain()
    found = {row.clock: (row.basis, row.amount) for row in ClockStandard.objects.filter(level=level)}
    assert found == owed
    routing.accept_complaint(case, by=lead(case.community), level=level, responsibility="property")
    running = {row.clock: (row.basis, row.amount) for row in case.clocks.all()}
    assert {clock: running[clock] for clock in owed if clock != "accept"} == {
        clock: value for clock, value in owed.items() if clock != "accept"
    }
    assert set(running) == set(owed)


@pytest.mark.parametrize("reason", [one for one in MajorReason if one != MajorReason.GROUP])
def test_any_reason_makes_it_major_whatever_was_chosen(reason):
    case = complain()
    routing.accept_complaint(
        case, by=lead(case.community), level="minor", responsibility="property", major_reasons=[reason]
    )
    case.refresh_from_db()
    assert (case.level, case.major_reasons) == ("major", [reason])
    assert case.clocks.filter(clock=Clock.REPORT_UP).count() == 1


class TestReportedUp:
    def test_thirty_minutes_at_any_hour_and_late_is_late(self, community):
        chief = holder("manager", community)
        case = taken(community, local(2026, 11, 21, 22, 0), major_reasons=["safety"])
        assert due(case, Clock.REPORT_UP) == local(2026, 11, 21, 22, 30)
        assert InboxItem.objects.filter(user=chief, kind="complaints.major").count() == 1, (
            "at once, before anybody took it in"
        )
        with time_machine.travel(local(2026, 11, 21, 22, 31), tick=False):
            routing.acknowledge(Complaint.objects.get(pk=case.pk), by=chief)
        row = case.clocks.get(clock=Clock.REPORT_UP)
        assert (row.late, Complaint.objects.get(pk=case.pk).late) == (True, True)

    def test_taken_in_as_major_later_it_is_not_told_twice(self, community):
        chief = holder("manager", community)
        case = taken(community, local(2026, 11, 23, 10, 0), major_reasons=["safety"])
        with time_machine.travel(local(2026, 11, 23, 10, 5), tick=False):
            routing.accept_complaint(
                case, by=lead(community), level="major", responsibility="property", major_reasons=["safety"]
            )
        assert due(case, Clock.REPORT_UP) == local(2026, 11, 23, 10, 30)
        assert due(case, Clock.PROGRESS) == local(2026, 11, 24, 10, 5), "owed from the hour it was taken in"
        assert InboxItem.objects.filter(user=chief, kind="complaints.major").count() == 1


def test_r51_a_word_a_day_missed_is_late_and_the_answer_ends_it(community):
    case = taken(community, local(2026, 11, 23, 10, 0))
    boss, chief = lead(community), manager(community)
    with time_machine.travel(local(2026, 11, 23, 10, 0), tick=False) as clock:
        routing.accept_complaint(case, by=boss, level="major", responsibility="property")
        routing.assign_complaint(case, by=boss, handler=chief)
        clock.move_to(local(2026, 11, 24, 12, 0))
        handling.add_progress(case, by=chief, text="已约施工方")
        turns = list(case.clocks.filter(clock=Clock.PROGRESS).order_by("turn").values_list("turn", "late", "met_at"))
        assert [(turn, late) for turn, late, _met in turns] == [(0, True), (1, False)]
        assert due(case, Clock.PROGRESS) == local(2026, 11, 25, 12, 0)
        Complaint.objects.filter(pk=case.pk).update(status="answering")
        case.refresh_from_db()
        answering.answer_complaint(case, by=chief, way="phone", text="已解决")
    assert not case.clocks.filter(clock=Clock.PROGRESS, met_at__isnull=True, dropped_at__isnull=True).exists()


class TestCity:
    CITY = {"external_number": "20261123001", "agency": "区热线中心", "first": True}

    @pytest.mark.parametrize(
        ("received", "signed"),
        [((2026, 11, 23, 10, 0), (2026, 11, 23, 12, 0)), ((2026, 11, 20, 17, 30), (2026, 11, 23, 10, 30)),
         ((2026, 2, 14, 17, 30), (2026, 2, 24, 10, 30))],
    )  # fmt: skip
    def test_signed_for_within_two_working_hours(self, received, signed):
        community = CommunityFactory()
        end = local(*received) + timedelta(days=20)
        case = taken(community, local(*received), source="city", city=self.CITY | {"end_due_at": end})
        assert due(case, Clock.SIGN) == timezone.localtime(case.city.sign_due_at) == local(*signed)
        assert due(case, Clock.CITY_END) == end

    def test_what_the_city_gave_holds_and_no_level_or_calendar_moves_it(self, community):
        given = {"sign_due_at": local(2026, 11, 23, 10, 15), "end_due_at": local(2026, 11, 30, 18, 0)}
        case = taken(community, local(2026, 11, 23, 10, 0), source="city", city=self.CITY | given)
        with time_machine.travel(local(2026, 11, 23, 10, 5), tick=False):
            routing.accept_complaint(case, by=lead(community), level="major", responsibility="property")
            recompute(case)
        assert (due(case, Clock.SIGN), due(case, Clock.CITY_END)) == tuple(given.values())

    @pytest.mark.parametrize(
        ("city_class", "ends"),
        [("urgent", (2026, 11, 20, 19, 30)), ("utility", (2026, 11, 21, 17, 30)), ("plain", (2026, 11, 27, 17, 30)),
         ("complex", (2026, 12, 5, 17, 30))],
    )  # fmt: skip
    def test_what_the_order_does_not_say_is_what_the_city_gives_the_class(self, city_class, ends):
        """A Friday evening in Beijing. 突发 ends before two working hours are over: it is signed for by then."""
        beijing, at = CommunityFactory(city="北京市"), local(2026, 11, 20, 17, 30)
        case = taken(beijing, at, source="city", city=self.CITY | {"city_class": city_class})
        assert timezone.localtime(case.city.end_due_at) == due(case, Clock.CITY_END) == local(*ends)
        assert due(case, Clock.SIGN) == min(local(2026, 11, 23, 10, 30), local(*ends))
        assert case.city.city_class == city_class

    def test_what_the_order_says_holds_whatever_the_class(self):
        beijing, end = CommunityFactory(city="北京市"), local(2026, 11, 26, 18, 0)
        given = self.CITY | {"city_class": "urgent", "end_due_at": end}
        assert due(taken(beijing, local(2026, 11, 23, 10, 0), source="city", city=given), Clock.CITY_END) == end

    def test_without_a_span_the_deadline_is_asked_for(self, community):
        for city in ("", "南京市"):
            community.city = city
            with pytest.raises(BadValue, match="请填写办结时限") as wrong:
                taken(community, local(2026, 11, 23, 10, 0), source="city", city=self.CITY | {"city_class": "plain"})
            assert wrong.value.field == "end_due_at"
        CityFormula.objects.create(city="南京市", plain_days=5)
        case = taken(community, local(2026, 11, 23, 10, 0), source="city", city=self.CITY | {"city_class": "plain"})
        assert due(case, Clock.CITY_END) == local(2026, 11, 28, 10, 0)

    def test_the_form_asks_for_no_deadline_of_signing(self, community):
        unit = UnitFactory(building__community=community)
        client = signed_in(lead(community))
        fields = {
            "kind": "complaint", "unit": unit.pk, "complainant": "王建国", "source": "city", "external_number": "2026112309",
            "agency": "区热线中心", "end_due_at": "2099-12-01 18:00", "first": "on", "facts": "小区门口占道",
            "topic": complain(unit).topic_id,
        }  # fmt: skip
        answer = client.post(reverse("complaints:complaint_create"), fields)
        assert answer.status_code == 302, answer.context["form"].errors
        row = Complaint.objects.latest("pk")
        assert row.city.sign_due_at > row.received_at


class TestLevelChanges:
    def test_what_is_owed_counts_by_the_new_level_from_the_same_beginning(self, community):
        case, boss = taken(community, local(2026, 11, 23, 9, 0)), lead(community)
        with time_machine.travel(local(2026, 11, 23, 9, 5), tick=False):
            routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
            assert due(case, Clock.COMPLETION) == local(2026, 11, 26, 18, 0)
            routing.change_level(case, by=boss, level="minor", reason="当场可解")
        assert due(case, Clock.COMPLETION) == local(2026, 11, 24, 9, 0)
        assert due(case, Clock.FIRST_ANSWER) == local(2026, 11, 23, 11, 0)

    def test_nobody_is_late_by_a_rule_that_did_not_hold(self, community):
        """Major after an hour: the half hour for the first answer is over, but nobody could know it then."""
        case, boss = taken(community, local(2026, 11, 23, 9, 0)), lead(community)
        with time_machine.travel(local(2026, 11, 23, 9, 5), tick=False) as clock:
            routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
            clock.move_to(local(2026, 11, 23, 10, 0))
            routing.change_level(case, by=boss, level="major", reason="涉及人身安全", major_reasons=["safety"])
        assert due(case, Clock.FIRST_ANSWER) == local(2026, 11, 23, 10, 30)
        assert due(case, Clock.COMPLETION) == local(2026, 12, 2, 18, 0), (
            "this one is still ahead: from the same beginning"
        )

    def test_a_lighter_level_gives_no_more_time_than_was_left(self, community):
        """24 hours of 轻微 would be over; from now they would end after the working days that run: those go on."""
        case, boss = taken(community, local(2026, 11, 23, 9, 0)), lead(community)
        with time_machine.travel(local(2026, 11, 26, 17, 0), tick=False):
            routing.accept_complaint(case, by=boss, level="minor", responsibility="property")
        row = case.clocks.get(clock=Clock.COMPLETION)
        assert (timezone.localtime(row.due_at), row.basis, row.amount) == (local(2026, 11, 26, 18, 0), "days", 3)

    def test_who_was_late_already_stays_late(self, community):
        case, boss = taken(community, local(2026, 11, 23, 9, 0)), lead(community)
        with time_machine.travel(local(2026, 11, 23, 9, 5), tick=False) as clock:
            routing.accept_complaint(case, by=boss, level="normal", responsibility="property")
            clock.move_to(local(2026, 11, 23, 14, 0))
            routing.change_level(case, by=boss, level="major", reason="涉及人身安全", major_reasons=["safety"])
        assert due(case, Clock.FIRST_ANSWER) == local(2026, 11, 23, 9, 30)

    def test_a_group_gives_its_clocks_to_what_nobody_has_taken_in_yet(self, community):
        """Decided: whoever leads three households as one has judged them. 待受理 is major from that moment, with the manager told."""
        chief = holder("manager", community)
        first = UnitFactory(building__community=community)
        units = [first, UnitFactory(building=first.building), UnitFactory(building=first.building)]
        with time_machine.travel(local(2026, 11, 23, 9, 0), tick=False) as clock:
            cases = [complain(unit) for unit in units]
            assert due(cases[0], Clock.ACCEPT) == local(2026, 11, 23, 9, 30)
            clock.move_to(local(2026, 11, 23, 9, 20))
            groups.make_group(cases, by=lead(community), title="装修噪音")
        for case in cases:
            case.refresh_from_db()
            assert (case.status, case.level) == ("new", Level.MAJOR)
            # A quarter of an hour from now would be 09:35, later than what is owed already.
            assert due(case, Clock.ACCEPT) == local(2026, 11, 23, 9, 30)
            assert due(case, Clock.REPORT_UP) == local(2026, 11, 23, 9, 50)
            assert due(case, Clock.FIRST_ANSWER) == local(2026, 11, 23, 9, 30), "from the beginning: still ahead"
            assert not case.clocks.filter(clock=Clock.PROGRESS).exists()
        assert InboxItem.objects.filter(user=chief, kind="complaints.major").count() == 3
        with time_machine.travel(local(2026, 11, 23, 9, 30), tick=False):
            routing.accept_complaint(cases[0], by=lead(community), level="normal", responsibility="property")
        cases[0].refresh_from_db()
        assert cases[0].level == Level.MAJOR, "群诉 stays major whatever is chosen"
        assert cases[0].clocks.filter(clock=Clock.PROGRESS).count() == 1


def test_a_new_round_is_owed_completion_from_its_own_beginning(community):
    with time_machine.travel(local(2026, 11, 23, 9, 0), tick=False) as clock:
        case, _handler, boss = answered(unit=UnitFactory(building__community=community))
        clock.move_to(local(2026, 11, 25, 16, 0))
        closing.redo_complaint(case, by=boss, reason="又响了")
    assert due(case, Clock.COMPLETION) == local(2026, 11, 30, 18, 0)


class TestCalendar:
    """A working calendar is changed: told before, moved after, once, with the reminders."""

    def case(self, community):
        return taken(community, local(2026, 11, 20, 17, 45))

    def off_on_monday(self, calendar):
        return proposed_clock(calendar, dates={local(2026, 11, 23).date(): ("holiday", ())})

    def test_an_edit_tells_what_it_would_move(self, community):
        case = self.case(community)
        reader = user_with(VIEW, communities=[community])
        found = affected_deadlines(community.work_calendar, self.off_on_monday(community.work_calendar), user=reader)
        assert found.total == 3, "受理, first answer, completion"
        row = found.rows[0]
        assert (row.what, row.old, row.new, row.url) == (
            f"{case.full_number} 受理", due(case, Clock.ACCEPT), local(2026, 11, 24, 9, 15), case.get_absolute_url(),
        )  # fmt: skip
        assert affected_deadlines in affected._registered

    def test_who_may_not_open_a_case_sees_how_many(self, community):
        Complaint.objects.filter(pk=self.case(community).pk).update(confidential=True)
        reader = user_with(VIEW, communities=[community])
        found = affected_deadlines(community.work_calendar, self.off_on_monday(community.work_calendar), user=reader)
        assert (found.total, found.rows) == (3, ())
        nobody = affected_deadlines(community.work_calendar, self.off_on_monday(community.work_calendar), user=None)
        assert (nobody.total, nobody.rows) == (3, ()), "dialogs that only count ask without a reader"

    def test_what_moves_nothing_says_nothing_and_the_other_calendars_are_left_alone(self, community):
        self.case(community)
        far = proposed_clock(community.work_calendar, dates={local(2027, 5, 3).date(): ("holiday", ())})
        other = WorkCalendarFactory()
        assert affected_deadlines(community.work_calendar, far, user=UserFactory()) is None
        assert affected_deadlines(other, self.off_on_monday(other), user=UserFactory()) is None
        moved = affected_deadlines(
            community.work_calendar, self.off_on_monday(community.work_calendar), user=UserFactory(), unnamed=True
        )
        assert moved is None, "this community names its calendar"

    def test_the_page_that_edits_a_calendar_shows_them(self, community):
        case = self.case(community)
        person = user_with(VIEW, "core.view_workcalendar", "core.change_workcalendar", scope="all")
        url = reverse("core:calendarexception_create", args=[community.work_calendar.pk])
        fields = {"kind": "holiday", "start": "2026-11-23", "end": "2026-11-23", "name": "盘点", "preview": "1"}
        page = signed_in(person).post(url, fields).content.decode()
        assert "投诉时限" in page and case.full_number in page

    def test_a_day_off_moves_what_is_open_once_and_its_reminders_with_it(self, community):
        case = self.case(community)
        with time_machine.travel(local(2026, 11, 20, 17, 50), tick=False):
            add_exception(community.work_calendar, by=UserFactory(), kind="holiday", start=local(2026, 11, 23).date())
            job = Job.objects.get(kind=RECOMPUTE)
            assert recompute_all(job.args["communities"]) == 1
            assert recompute_all(job.args["communities"]) == 0
        assert due(case, Clock.ACCEPT) == local(2026, 11, 24, 9, 15)
        step = case.clocks.get(clock=Clock.ACCEPT).steps.get(level="overdue")
        assert step.at == due(case, Clock.ACCEPT)
        case.refresh_from_db()
        assert case.next_due_at == due(case, Clock.ACCEPT)
        assert LogEntry.objects.filter(action="complaints.complaint.deadlines_moved", object_id=case.pk).count() == 1

    def test_a_community_with_another_calendar_has_its_deadlines_moved(self, community):
        case = self.case(community)
        late = WorkCalendarFactory(weekly=[[weekday, 600, 1140] for weekday in range(5)])
        with time_machine.travel(local(2026, 11, 20, 17, 50), tick=False):
            change_community(community, by=UserFactory(), work_calendar=late)
            for job in Job.objects.filter(kind=RECOMPUTE):
                recompute_all(job.args["communities"])
        assert due(case, Clock.ACCEPT) == local(2026, 11, 20, 18, 15)


class TestStandards:
    def test_one_kinds_own_stands_before_the_one_for_all(self, community):
        standards.create_standard(
            by=UserFactory(), kind="suggestion", level="normal", clock="complete", basis="days", amount=10
        )
        suggestion = taken(community, at("09:00"), kind="suggestion")
        complaint = taken(community, at("09:00"))
        assert due(suggestion, Clock.COMPLETION) == local(2026, 12, 7, 18, 0)
        assert due(complaint, Clock.COMPLETION) == local(2026, 11, 26, 18, 0)

    def test_what_runs_keeps_what_held(self, community):
        case = taken(community, at("09:00"))
        standards.change_standard(standard("normal", "complete"), by=UserFactory(), amount=1, basis="days")
        case.refresh_from_db()
        recompute(case)
        assert due(case, Clock.COMPLETION) == local(2026, 11, 26, 18, 0)
        assert due(taken(community, at("09:00")), Clock.COMPLETION) == local(2026, 11, 24, 18, 0)

    def test_the_house_keeps_a_standard_for_every_level(self):
        with pytest.raises(BusinessError, match="不能删除"):
            standards.remove_standard(standard("major", "first"), by=UserFactory())
        with pytest.raises(BadValue, match="60 天"):
            standards.change_standard(standard("normal", "first"), by=UserFactory(), basis="days", amount=120)
        with pytest.raises(BadValue, match="派发单位"):
            standards.create_standard(
                by=UserFactory(), kind="complaint", level="normal", clock="sign", basis="round", amount=60
            )
        assert ClockStandard.objects.filter(kind="").count() == len(STANDARDS)


VIEW_STANDARD, CHANGE_STANDARD = "complaints.view_clockstandard", "complaints.change_clockstandard"


def own_standard(_community=None):
    return ClockStandard.objects.create(level="minor", clock="first", kind="suggestion", basis="round", amount=90)


class TestStandardList(ListCase):
    url_name, permission, scoped = "complaints:standard_list", VIEW_STANDARD, False
    search = "?kind=suggestion", "?kind=praise"

    def make(self, community):
        kind = "suggestion" if not ClockStandard.objects.exclude(kind="").exists() else "complaint"
        clock = "first" if not ClockStandard.objects.filter(kind=kind).exists() else "complete"
        return ClockStandard.objects.create(level="minor", clock=clock, kind=kind, basis="round", amount=90)

    def test_levels_from_the_lightest_and_days_are_days(self, permitted):
        page = permitted.get(self.url(None))
        keys = [row.pk for row in page.context["table"]["rows"]]
        found = ClockStandard.objects.in_bulk(keys)
        rows = [(found[key].level, found[key].clock) for key in keys if not found[key].kind]
        assert rows == [
            ("minor", "accept"), ("minor", "first"), ("minor", "complete"), ("normal", "accept"), ("normal", "first"),
            ("normal", "complete"), ("major", "accept"), ("major", "report_up"), ("major", "first"), ("major", "progress"),
            ("major", "complete"),
        ]  # fmt: skip
        words = page.content.decode()
        assert "7 个工作日" in words and "30分" in words


class TestStandardCreate(CreateCase):
    url_name, permission, scoped = "complaints:standard_create", CHANGE_STANDARD, False
    model, more_permissions = ClockStandard, (VIEW_STANDARD,)
    log_action, invalid_field = "complaints.clockstandard.created", "amount"
    make = staticmethod(own_standard)

    def valid(self):
        return {"kind": "praise", "level": "normal", "clock": "first", "basis": "service", "amount": "240"}

    def invalid(self):
        return self.valid() | {"basis": "days", "amount": "240"}

    def check(self, row):
        assert (row.kind, row.basis, row.amount) == ("praise", "service", 240)


class TestStandardUpdate(FormCase):
    url_name, permission, scoped = "complaints:standard_update", CHANGE_STANDARD, False
    more_permissions = (VIEW_STANDARD,)
    log_action, invalid_field = "complaints.clockstandard.changed", "amount"
    make = staticmethod(own_standard)

    def valid(self):
        return {"basis": "service", "amount": "45"}

    def invalid(self):
        return {"basis": "service", "amount": "0"}

    def check(self, row):
        assert (row.basis, row.amount) == (Basis.SERVICE, 45)


def test_only_a_kinds_own_standard_can_be_removed_on_its_page():
    client = signed_in(user_with(CHANGE_STANDARD, VIEW_STANDARD, scope="all"))
    own, common = own_standard(), standard("minor", "first")
    page = client.get(own.get_absolute_url()).content.decode()
    remove = reverse("complaints:standard_remove", args=[own.pk])
    assert remove in page
    assert (
        reverse("complaints:standard_remove", args=[common.pk])
        not in client.get(common.get_absolute_url()).content.decode()
    )
    assert client.post(remove).status_code == 302
    assert LogEntry.objects.filter(action="complaints.clockstandard.removed").count() == 1
    answer = client.post(reverse("complaints:standard_remove", args=[common.pk]))
    assert "不能删除" in answer.content.decode()
    assert list(ClockStandard.objects.filter(level="minor", clock="first")) == [common]


class TestDemands:
    def test_twice_its_time_is_demanded_by_itself_once(self, community):
        for code in ("clerk", "clerk_lead", "manager", "group_quality"):
            holder(code, community)
        case = taken(community, at("09:00"))
        with time_machine.travel(at("10:00"), tick=False):
            run = send_reminders()
            assert run.supervisions == 1
            send_reminders()
        row = case.supervisions.get()
        assert (row.level, row.demanded_by, timezone.localtime(row.due_at)) == (
            "region",
            None,
            local(2026, 11, 23, 14, 0),
        )
        assert "受理已超时一倍" in row.demand
