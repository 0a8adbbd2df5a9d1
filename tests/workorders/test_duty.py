"""R39, the state of people: the rota with nights and exceptions, and what is said instead of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.errors import BadValue, OutOfScope
from core.models import LogEntry
from tests.factories.audit import user_with
from tests.factories.properties import BuildingFactory, CommunityFactory
from tests.factories.workorders import RepairerFactory, chief, desk, repairer, works
from workorders.hours import read_hours, show_hours, write_hours
from workorders.models import DispatchSetting, Repairer, Shift, ShiftException
from workorders.queries.duty import Rota, duty_of, state_at
from workorders.services import duty, people
from workorders.states import Duty

DAY = (510, 720), (810, 1050)
NIGHT = (1320, 1800)
MONDAY = date(2026, 11, 23)


def at(text: str) -> datetime:
    """ "11-23 08:30" in the house's time."""
    return timezone.make_aware(datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M"))


def state(rota: Rota, moment: str):
    return state_at(rota, None, at(moment))


WEEKDAYS_ONLY = Rota(dict.fromkeys(range(5), DAY), {})
NIGHTS = Rota(dict.fromkeys(range(5), (NIGHT,)), {})


@pytest.mark.parametrize(
    ("rota", "moment", "word", "until"),
    [
        (WEEKDAYS_ONLY, "11-23 08:29", Duty.OFF, "11-23 08:30"),
        (WEEKDAYS_ONLY, "11-23 08:30", Duty.ON, "11-23 12:00"),
        (WEEKDAYS_ONLY, "11-23 12:00", Duty.OFF, "11-23 13:30"),
        (WEEKDAYS_ONLY, "11-23 17:29", Duty.ON, "11-23 17:30"),
        (WEEKDAYS_ONLY, "11-27 17:30", Duty.OFF, "11-30 08:30"),
        (NIGHTS, "11-23 05:59", Duty.OFF, "11-23 22:00"),  # Sunday has no night
        (NIGHTS, "11-23 23:00", Duty.ON, "11-24 06:00"),
        (NIGHTS, "11-24 05:59", Duty.ON, "11-24 06:00"),
        (NIGHTS, "11-28 05:00", Duty.ON, "11-28 06:00"),  # Friday's reaches into Saturday
        (NIGHTS, "11-28 06:00", Duty.OFF, "11-30 22:00"),
    ],
)
def test_r39_the_rota_says_who_is_on_and_until_when(rota, moment, word, until):
    found = state(rota, moment)
    assert (found.duty, found.until) == (word, at(until))


def test_stretches_that_touch_are_one():
    rota = Rota({0: ((0, 1440),), 1: ((0, 600),)}, {})
    assert state(rota, "11-23 23:59").until == at("11-24 10:00")


def test_an_exception_replaces_the_shifts_that_begin_on_its_day():
    off = Rota(NIGHTS.week, {date(2026, 11, 24): ()})
    assert state(off, "11-24 05:00").duty == Duty.ON  # the night of the 23rd
    assert state(off, "11-24 23:00").duty == Duty.OFF
    assert state(off, "11-25 05:00").duty == Duty.OFF
    extra = Rota({}, {date(2026, 11, 28): ((540, 720),)})
    assert state(extra, "11-28 10:00").duty == Duty.ON
    assert state(extra, "11-27 10:00").back_at == at("11-28 09:00")


def test_without_any_rota_somebody_is_off_and_the_page_can_say_why():
    found = state(Rota({}, {}), "11-23 10:00")
    assert (found.duty, found.planned, found.back_at) == (Duty.OFF, False, None)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:30-12:00 13:30-17:30", [(510, 720), (810, 1050)]),
        ("13:30–17:30，08:30～12:00", [(510, 720), (810, 1050)]),
        ("22:00-06:00", [(1320, 1800)]),
        ("22:00-次日06:00", [(1320, 1800)]),
        ("00:00-24:00", [(0, 1440)]),
        ("8:30至12:00", [(510, 720)]),
        ("休", []),
        ("", []),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert read_hours(text) == spans
    assert read_hours(write_hours(spans)) == spans


@pytest.mark.parametrize(
    "text", ["8点", "08:30", "25:00-26:00", "08:60-09:00", "24:00-06:00", "08:00-12:00 11:00-13:00"]
)
def test_what_is_no_hours_is_told(text):
    with pytest.raises(BadValue):
        read_hours(text)


def test_a_night_running_into_its_own_morning_is_refused():
    with pytest.raises(BadValue, match="超过了 24 小时"):
        read_hours("05:00-10:00 20:00-06:00")


def test_a_night_reads_as_one():
    assert show_hours([NIGHT]) == "22:00–次日06:00"


@pytest.mark.django_db
class TestDatabase:
    def test_states_of_many_take_two_queries(self, django_assert_num_queries):
        community = CommunityFactory()
        rows = [works(RepairerFactory(community=community), *DAY) for _one in range(5)]
        ShiftException.objects.create(repairer=rows[1], day=MONDAY, hours=[])
        duty.set_duty(rows[2], by=chief(community), duty=Duty.OUT, until=timezone.now() + timedelta(hours=1))
        with django_assert_num_queries(2):
            duty_of(rows[:1], at("11-23 09:00"))
        with django_assert_num_queries(2):
            found = duty_of(rows, at("11-23 09:00"))
        assert [found[row.pk].duty for row in rows[:2]] == [Duty.ON, Duty.OFF]

    def test_what_is_set_last_holds_until_its_time_and_then_the_rota(self):
        community = CommunityFactory()
        row, lead = works(RepairerFactory(community=community), *DAY), chief(community)
        with time_machine.travel(at("11-23 09:00"), tick=False):
            duty.set_duty(row, by=lead, duty=Duty.OFF, until=at("11-23 16:00"))
        with time_machine.travel(at("11-23 09:30"), tick=False):
            duty.set_duty(row, by=lead, duty=Duty.OUT, until=at("11-23 11:00"), note="建材市场")
        states = {moment: duty_of([row], at(f"11-23 {moment}"))[row.pk] for moment in ("09:10", "10:00", "11:00")}
        assert {moment: found.duty for moment, found in states.items()} == {
            "09:10": Duty.OFF,
            "10:00": Duty.OUT,
            "11:00": Duty.ON,
        }
        assert (states["10:00"].note, states["10:00"].back_at) == ("建材市场", at("11-23 11:00"))

    def test_somebody_off_over_the_end_of_his_shift_is_back_with_the_next(self):
        community = CommunityFactory()
        row = works(RepairerFactory(community=community), *DAY)
        with time_machine.travel(at("11-23 16:00"), tick=False):
            duty.set_duty(row, by=chief(community), duty=Duty.OFF, until=at("11-23 20:00"))
        assert duty_of([row], at("11-23 17:00"))[row.pk].back_at == at("11-24 08:30")

    def test_taken_back_the_rota_holds_at_once_and_only_what_changes_is_logged(self):
        community = CommunityFactory()
        row, lead = works(RepairerFactory(community=community)), chief(community)
        duty.set_duty(row, by=lead, duty=Duty.OUT, until=timezone.now() + timedelta(hours=3))
        duty.clear_duty(row, by=lead)
        duty.clear_duty(row, by=lead)
        assert duty_of([row], timezone.now())[row.pk].duty == Duty.ON
        assert LogEntry.objects.filter(action=duty.CLEARED).count() == 1

    def test_the_person_himself_and_who_leads_may_say_it_and_nobody_else(self):
        community = CommunityFactory()
        person = repairer(community)
        row, later = Repairer.objects.get(user=person), timezone.now() + timedelta(hours=1)
        duty.set_duty(row, by=person, duty=Duty.OUT, until=later)
        duty.set_duty(row, by=desk(community), duty=Duty.ON, until=later)
        for stranger in (repairer(community), desk(CommunityFactory()), user_with()):
            with pytest.raises(OutOfScope):
                duty.set_duty(row, by=stranger, duty=Duty.OFF, until=later)

    def test_neither_the_past_nor_half_a_year(self):
        community = CommunityFactory()
        row, lead = RepairerFactory(community=community), chief(community)
        for until in (timezone.now(), timezone.now() + timedelta(days=32)):
            with pytest.raises(BadValue):
                duty.set_duty(row, by=lead, duty=Duty.OFF, until=until)


@pytest.mark.django_db
class TestRota:
    def test_a_week_is_set_as_a_whole_and_the_log_says_what_differs(self):
        community = CommunityFactory()
        row, lead = RepairerFactory(community=community), chief(community)
        people.set_week(row, by=lead, week={0: DAY, 1: [NIGHT]})
        people.set_week(row, by=lead, week={0: DAY})
        people.set_week(row, by=lead, week={0: DAY})
        assert list(Shift.objects.values_list("weekday", "starts", "ends")) == [(0, 510, 720), (0, 810, 1050)]
        entries = LogEntry.objects.filter(action=people.ROTA_CHANGED).order_by("pk")
        assert [entry.changes for entry in entries][1:] == [{"星期二": ["22:00–次日06:00", ""]}]

    def test_a_night_does_not_run_into_the_next_days_shift_over_sunday_too(self):
        row = RepairerFactory(community=CommunityFactory())
        with pytest.raises(BadValue, match="星期日的夜班与星期一的班次重叠"):
            people.set_week(row, by=chief(row.community), week={6: [(1320, 1980)], 0: DAY})

    def test_a_day_said_again_holds_and_taken_away_the_week_is_back(self):
        row = works(RepairerFactory(community=CommunityFactory()), *DAY)
        lead = chief(row.community)
        people.set_day(row, by=lead, day=MONDAY, hours=[], reason="年假")
        found = people.set_day(row, by=lead, day=MONDAY, hours=[(540, 600)], reason="半天")
        assert (ShiftException.objects.get().hours, found.reason) == ([540, 600], "半天")
        assert duty_of([row], at("11-23 08:45"))[row.pk].duty == Duty.OFF
        people.remove_day(found, by=lead)
        assert duty_of([row], at("11-23 08:45"))[row.pk].duty == Duty.ON

    def test_buildings_of_another_community_are_refused(self):
        row = RepairerFactory(community=CommunityFactory())
        with pytest.raises(BadValue, match="不在这个项目"):
            people.change_repairer(
                row, by=chief(row.community), skills=[], buildings=[BuildingFactory()], automatic=True
            )

    def test_weights_make_a_hundred(self):
        community = CommunityFactory()
        with pytest.raises(BadValue, match="合计须为 100"):
            people.change_setting(community, by=chief(community), skill_weight=50)
        people.change_setting(community, by=chief(community), skill_weight=50, load_weight=15, automatic=True)
        assert DispatchSetting.objects.get().automatic


def test_local_midnight_is_meant():
    """The rota is local time: 16:30 UTC is half past midnight of the next day here."""
    rota = Rota({1: ((0, 60),)}, {})
    assert state_at(rota, None, datetime(2026, 11, 23, 16, 30, tzinfo=UTC)).duty == Duty.ON
