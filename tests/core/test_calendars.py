"""Working calendars: seeds, services, versions, the yearly list in words, what an edit would move, the bell."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction

from audit.services.calendar_reminders import remind_of_missing_year
from core import signals
from core.actors import SYSTEM
from core.calendar import WorkClock, rows_of, weekly_of
from core.calendar.rules import WHOLE_DAY
from core.errors import BadValue, BusinessError
from core.models import CalendarException, InboxItem, LogEntry, WorkCalendar
from core.normalise.holidays import HOLIDAY, MAKE_UP, read_holidays
from core.normalise.hours import hours_words, parse_hours_text, week_words
from core.queries.calendar_year import stretches, year_page
from core.queries.calendars import clock_of, default_calendar, missing, year_to_arrange
from core.services import calendar_seeds, calendars
from core.services.calendars import Arrangement
from tests.core.calendar.support import MAKE_UP_2026, NINE_TO_SIX, at, official_2026
from tests.factories.audit import user_with
from tests.factories.calendars import CalendarExceptionFactory, WorkCalendarFactory
from tests.factories.properties import CommunityFactory
from tests.support.races import race

SPLIT = [[day, *shift] for day in range(5) for shift in ((510, 720), (810, 1050))]
NOTICE = """
国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
　　经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
　　2025年11月4日
"""


def read(text: str, year: int = 2027):
    return read_holidays(enumerate(text.strip().splitlines(), start=1), year)


# --- what is always there ---
@pytest.mark.django_db
def test_the_default_calendar_is_there_with_the_holidays_of_2026() -> None:
    calendar = default_calendar()
    assert calendar.week_words == "周一至周五 09:00–18:00"
    rows = calendar.exceptions.filter(date__year=2026)
    expected = official_2026(NINE_TO_SIX)
    assert {row.date: row.is_make_up for row in rows} == {day: bool(hours) for day, hours in expected.items()}
    clock = clock_of(calendar)
    assert clock.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248
    assert clock.add_working_time(at("2026-02-14 17:30"), 120) == at("2026-02-24 10:30")
    assert clock.hours_of(date(2026, *MAKE_UP_2026[0])) == NINE_TO_SIX
    assert WorkCalendar.objects.filter(all_day=True).count() == 1


@pytest.mark.django_db
def test_seeding_again_brings_back_nothing_that_was_taken_out() -> None:
    calendar = default_calendar()
    CalendarException.objects.filter(calendar=calendar, date__year=2026).delete()
    WorkCalendar.objects.filter(pk=calendar.pk).update(name="总部日历", weekly=SPLIT)
    calendar_seeds.seed()
    calendar.refresh_from_db()
    assert (calendar.name, calendar.weekly) == ("总部日历", SPLIT)
    assert not calendar.exceptions.filter(date__year=2026).exists()


@pytest.mark.django_db
def test_a_year_the_package_learns_comes_unless_somebody_has_arranged_it(monkeypatch) -> None:
    calendar = default_calendar()
    own = CalendarExceptionFactory(calendar=calendar, date="2027-05-01", name="劳动节")
    days = {2027: [(date(2027, 1, 1), HOLIDAY, "元旦")], 2028: [(date(2028, 1, 1), HOLIDAY, "元旦")]}
    monkeypatch.setattr(calendar_seeds, "official_days", lambda: days)
    calendar_seeds.seed()
    assert list(calendar.exceptions.filter(date__year__gte=2027).values_list("date", flat=True)) == [
        date(2027, 5, 1),
        date(2028, 1, 1),
    ]
    assert own.calendar_id == calendar.pk


# --- services ---
@pytest.mark.django_db
def test_a_new_calendar_copies_the_dates_of_another_and_goes_its_own_way() -> None:
    calendar = calendars.create_calendar(by=SYSTEM, name="湖映花园", weekly=SPLIT, copy_from=default_calendar())
    assert calendar.exceptions.count() == default_calendar().exceptions.count()
    # A make-up day without hours of its own has those of this calendar.
    assert clock_of(calendar).hours_of(date(2026, 2, 14)) == ((510, 720), (810, 1050))
    entry = LogEntry.objects.get(action="core.workcalendar.created")
    assert entry.changes["copy_of"] == "标准工作日"


@pytest.mark.django_db
def test_every_change_of_hours_makes_a_version_and_is_told() -> None:
    calendar, told = WorkCalendarFactory(), []

    def receive(sender, *, calendar: WorkCalendar, old: WorkClock, new: WorkClock, by, **_: object) -> None:
        told.append((calendar.version, old.hours_of(date(2027, 1, 4)), new.hours_of(date(2027, 1, 4))))

    signals.calendar_changed.connect(receive)
    try:
        calendars.change_calendar(calendar, by=SYSTEM, name=calendar.name, weekly=SPLIT)
        calendars.change_calendar(calendar, by=SYSTEM, name="改名", weekly=SPLIT)
        calendars.change_calendar(calendar, by=SYSTEM, name="改名", weekly=SPLIT)
        calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 1, 4), kind=HOLIDAY, name="盘点")
    finally:
        signals.calendar_changed.disconnect(receive)
    split = ((510, 720), (810, 1050))
    assert told == [(2, NINE_TO_SIX, split), (3, split, ())]
    calendar.refresh_from_db()
    assert (calendar.version, calendar.name) == (3, "改名")
    actions = [entry.action for entry in LogEntry.objects.filter(object_id=calendar.pk).order_by("pk")]
    assert actions == ["core.workcalendar.changed"] * 2 + ["core.calendarexception.added"]
    assert LogEntry.objects.earliest("pk").changes["hours"] == [
        "周一至周五 09:00–18:00",
        "周一至周五 08:30–12:00、13:30–17:30",
    ]


@pytest.mark.django_db
def test_a_change_that_was_rolled_back_leaves_no_compiled_hours_behind() -> None:
    calendar, day = WorkCalendarFactory(), date(2027, 1, 4)
    with transaction.atomic():
        calendars.add_exception(calendar, by=SYSTEM, start=day, kind=HOLIDAY)
        assert clock_of(WorkCalendar.objects.get(pk=calendar.pk)).hours_of(day) == ()
        transaction.set_rollback(True)
    assert clock_of(WorkCalendar.objects.get(pk=calendar.pk)).hours_of(day) == NINE_TO_SIX
    # The next change has the same number as the one that never was.
    calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 1, 5), kind=HOLIDAY)
    fresh = WorkCalendar.objects.get(pk=calendar.pk)
    assert fresh.version == 2
    assert clock_of(fresh).hours_of(day) == NINE_TO_SIX


@pytest.mark.django_db
def test_dates_go_both_ways_and_may_have_hours_of_their_own() -> None:
    calendar = WorkCalendarFactory()
    calendars.add_exception(
        calendar, by=SYSTEM, start=date(2027, 2, 8), end=date(2027, 2, 10), kind=HOLIDAY, name="春节"
    )
    calendars.add_exception(
        calendar, by=SYSTEM, start=date(2027, 2, 11), kind=HOLIDAY, name="春节值班", hours=((600, 720),)
    )
    calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 2, 13), kind=MAKE_UP)
    clock = clock_of(WorkCalendar.objects.get(pk=calendar.pk))
    assert [clock.hours_of(date(2027, 2, day)) for day in (8, 10, 11, 13, 14)] == [
        (), (), ((600, 720),), NINE_TO_SIX, (),
    ]  # fmt: skip
    with pytest.raises(BadValue, match="2027-02-08 已有安排：春节"):
        calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 2, 5), end=date(2027, 2, 9), kind=HOLIDAY)
    assert calendar.exceptions.count() == 5
    row = calendar.exceptions.get(date=date(2027, 2, 9))
    calendars.change_exception(row, by=SYSTEM, kind=MAKE_UP, name="加班")
    assert clock_of(WorkCalendar.objects.get(pk=calendar.pk)).hours_of(row.date) == NINE_TO_SIX
    calendars.remove_exception(row, by=SYSTEM)
    assert LogEntry.objects.latest("pk").changes == {
        "dates": "2027-02-09", "kind": "调休上班", "name": "加班", "hours": "同平日",
    }  # fmt: skip
    with pytest.raises(BusinessError):
        calendars.remove_exception(row, by=SYSTEM)


@pytest.mark.django_db
def test_dates_in_a_row_are_removed_together() -> None:
    calendar = WorkCalendarFactory()
    calendars.add_exception(
        calendar, by=SYSTEM, start=date(2027, 2, 8), end=date(2027, 2, 12), kind=HOLIDAY, name="春节"
    )
    calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 2, 13), kind=MAKE_UP, name="春节")
    row = calendar.exceptions.get(date=date(2027, 2, 10))
    calendars.remove_exception(row, by=SYSTEM, whole=True)
    assert [one.date for one in calendar.exceptions.all()] == [date(2027, 2, 13)]
    assert LogEntry.objects.latest("pk").changes["dates"] == "2027-02-08 – 2027-02-12"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"end": date(2026, 12, 31)}, "end"),
        ({"end": date(2027, 4, 1)}, "end"),
        ({"hours": ((720, 600),)}, "hours"),
    ],
)
def test_impossible_dates_are_refused(values, field: str) -> None:
    calendar = WorkCalendarFactory()
    with pytest.raises(BadValue) as caught:
        calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 1, 1), kind=HOLIDAY, **values)
    assert caught.value.field == field
    assert not calendar.exceptions.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("weekly", [[], [[0, 600, 500]], [[0, 500, 600], [0, 550, 700]], [[9, 500, 600]], ["x"]])
def test_impossible_weeks_are_refused(weekly: list) -> None:
    with pytest.raises(BusinessError):
        calendars.create_calendar(by=SYSTEM, name="坏日历", weekly=weekly)
    assert not WorkCalendar.objects.filter(name="坏日历").exists()


@pytest.mark.django_db
def test_round_the_clock_knows_no_holidays() -> None:
    calendar = calendars.create_calendar(by=SYSTEM, name="监控室", all_day=True)
    assert calendar.hours == (WHOLE_DAY,) * 7
    with pytest.raises(BusinessError):
        calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 1, 1), kind=HOLIDAY)
    with pytest.raises(BusinessError):
        calendars.change_calendar(default_calendar(), by=SYSTEM, name="标准工作日", all_day=True)


@pytest.mark.django_db
def test_only_what_nobody_works_by_is_deleted() -> None:
    used, unused = WorkCalendarFactory(), WorkCalendarFactory()
    CommunityFactory(work_calendar=used)
    for kept in (default_calendar(), used):
        with pytest.raises(BusinessError):
            calendars.delete_calendar(kept, by=SYSTEM)
    calendars.delete_calendar(unused, by=SYSTEM)
    assert set(WorkCalendar.objects.filter(pk__in=[used.pk, unused.pk])) == {used}


# --- the yearly list ---
def test_the_notice_of_the_state_council_is_read_as_it_is() -> None:
    found = read(NOTICE, year=1999)
    expected = official_2026(NINE_TO_SIX)
    assert {row.day: row.kind == MAKE_UP for row in found.rows} == {day: bool(hours) for day, hours in expected.items()}
    assert found.errors == []
    assert {row.name for row in found.rows} == {"元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节"}


def test_lines_of_a_table_are_read_in_many_spellings() -> None:
    found = read(
        """日期\t至\t类型\t名称
        2027-01-01\t2027-01-03\t放假\t元旦
        20270104 班 元旦 9-12 13:30-17:30
        2027/2/11～2027/2/12，休，春节
        2027年5月1日 至 2027年5月2日 劳动节
        元旦：2027年12月31日至1月2日放假。12月26日上班。"""
    )
    assert found.errors == []
    rows = {row.day: (row.kind, row.name, row.hours) for row in found.rows}
    assert rows[date(2027, 1, 3)] == (HOLIDAY, "元旦", ())
    assert rows[date(2027, 1, 4)] == (MAKE_UP, "元旦", ((540, 720), (810, 1050)))
    assert rows[date(2027, 2, 12)] == (HOLIDAY, "春节", ())
    assert rows[date(2027, 5, 2)] == (HOLIDAY, "劳动节", ())
    assert rows[date(2028, 1, 2)] == (HOLIDAY, "元旦", ())
    assert rows[date(2027, 12, 26)] == (MAKE_UP, "元旦", ())
    assert found.skipped == 1


@pytest.mark.parametrize(
    "line",
    [
        "2027-02-30 放假",
        "2027-01-05 至 2027-01-01 放假",
        "2027-01-01 至 2027-12-31 放假",
        "2027-01-01",
        "3月8日下午",
        "2027-01-01 班 25:00-26:00",
        "元旦：13月1日放假",
    ],
)
def test_what_cannot_be_read_is_said_and_not_guessed(line: str) -> None:
    found = read(line)
    assert found.rows == []
    assert [(error.number, bool(error.why)) for error in found.errors] == [(1, True)]


def test_a_date_arranged_twice_is_refused_when_the_two_differ() -> None:
    found = read("2027-01-01 放假\n2027-01-01 上班\n2027-01-01 放假")
    assert [error.number for error in found.errors] == [2]
    assert len(found.rows) == 1


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("08:30-12:00、13:30-17:30", ((510, 720), (810, 1050))),
        ("8:30～12:00，13：30—17：30", ((510, 720), (810, 1050))),
        ("0830 - 1200 1330-1730", ((510, 720), (810, 1050))),
        ("9-18", ((540, 1080),)),
        ("9点至18点", ((540, 1080),)),
        ("20:00-24:00", ((1200, 1440),)),
        ("全天", WHOLE_DAY),
        ("休息", ()),
        ("", ()),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, hours: tuple) -> None:
    assert parse_hours_text(text) == hours
    assert parse_hours_text(hours_words(hours)) == hours


@pytest.mark.parametrize("text", ["9", "18-9", "9-12 11-13", "9-25", "9:70-10", "上午", "9-12-13"])
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_hours_text(text)


def test_a_week_is_told_in_few_words() -> None:
    week = weekly_of([*([day, 540, 1080] for day in (0, 1, 2, 3, 4)), [5, 540, 720]])
    assert week_words(week) == "周一至周五 09:00–18:00；周六 09:00–12:00"
    assert week_words(weekly_of([[0, 540, 1080], [2, 540, 1080]])) == "周一 09:00–18:00；周三 09:00–18:00"
    assert rows_of(week)[-1] == [5, 540, 720]


@pytest.mark.django_db
def test_an_import_adds_changes_and_leaves_the_rest() -> None:
    calendar = WorkCalendarFactory()
    CalendarExceptionFactory(calendar=calendar, date="2027-01-01", name="元旦")
    CalendarExceptionFactory(calendar=calendar, date="2027-01-02", kind=MAKE_UP, name="值班")
    CalendarExceptionFactory(calendar=calendar, date="2027-03-08", name="妇女节")
    rows = [Arrangement(date(2027, 1, day), HOLIDAY, "元旦") for day in (1, 2, 3)]
    done = calendars.import_exceptions(calendar, rows, by=SYSTEM)
    assert (done.added, done.changed, done.same) == (1, 1, 1)
    assert calendar.exceptions.count() == 4
    again = calendars.import_exceptions(calendar, rows, by=SYSTEM)
    assert (again.added, again.changed, again.same) == (0, 0, 3)
    calendar.refresh_from_db()
    assert calendar.version == 2
    assert LogEntry.objects.filter(action="core.workcalendar.imported").count() == 1


@pytest.mark.django_db
def test_an_import_goes_into_all_chosen_calendars_or_none() -> None:
    one, other = WorkCalendarFactory(), WorkCalendarFactory()
    rows = [Arrangement(date(2027, 1, 1), HOLIDAY, "元旦")]
    with pytest.raises(BusinessError):
        calendars.import_into_calendars([one.pk, other.pk, 0], rows, by=SYSTEM)
    assert not CalendarException.objects.filter(calendar__in=[one, other]).exists()
    _calendars, done = calendars.import_into_calendars([one.pk, other.pk], rows, by=SYSTEM)
    assert done.added == 2


# --- the year ---
@pytest.mark.django_db
def test_the_year_adds_up_and_says_every_day() -> None:
    page = year_page(default_calendar(), 2026, today=date(2026, 11, 22), may_change=True)
    assert [figure["value"] for figure in page["figures"]] == [248, "2,232", 33, 6]
    assert sum(month.working_days for month in page["months"]) == 248
    cells = [cell for month in page["months"] for week in month.weeks for cell in week if cell]
    assert len(cells) == 365
    by_day = {cell.day: cell for cell in cells}
    assert [by_day[date(2026, *day)].css for day in ((9, 20), (10, 1), (10, 8), (10, 11))] == [
        "make-up", "holiday", "work", "rest",
    ]  # fmt: skip
    assert by_day[date(2026, 9, 20)].title == "2026-09-20 周日 国庆节 调休上班 09:00–18:00"
    assert [part.days for part in page["stretches"] if part.first.name == "春节"] == [1, 9, 1]


@pytest.mark.django_db
def test_dates_in_a_row_make_one_line_only_when_alike() -> None:
    calendar = WorkCalendarFactory()
    for day, name in ((1, "元旦"), (2, "元旦"), (3, "盘点"), (5, "盘点")):
        CalendarExceptionFactory(calendar=calendar, date=date(2027, 1, day), name=name)
    assert [part.days for part in stretches(calendar.exceptions.order_by("date"))] == [2, 1, 1]


# --- the missing year ---
@pytest.mark.parametrize(
    ("today", "year"), [(date(2026, 10, 31), 2026), (date(2026, 11, 1), 2027), (date(2027, 1, 1), 2027)]
)
def test_the_next_year_is_due_from_november_on(today: date, year: int) -> None:
    assert year_to_arrange(today) == year


@pytest.mark.django_db
def test_the_bell_rings_once_for_everybody_who_may_change_calendars() -> None:
    keeper, reader = user_with("core.change_workcalendar", scope="all"), user_with("core.view_workcalendar")
    assert remind_of_missing_year(date(2026, 10, 31)) == 0
    assert remind_of_missing_year(date(2026, 11, 1)) == 1
    assert remind_of_missing_year(date(2026, 11, 2)) == 1
    items = InboxItem.objects.filter(dedup_key="core.calendar-year:2027")
    assert [item.user_id for item in items] == [keeper.pk] != [reader.pk]
    assert items.get().sentence == "2027 年节假日安排未导入：标准工作日"
    CalendarExceptionFactory(calendar=default_calendar(), date="2027-01-01")
    assert list(missing(date(2026, 11, 3))) == []
    assert remind_of_missing_year(date(2026, 11, 3)) == 0


@pytest.mark.django_db
def test_a_clock_is_compiled_once(django_assert_num_queries) -> None:
    calendar = WorkCalendarFactory()
    with django_assert_num_queries(1):
        clock_of(calendar)
        clock_of(calendar)
    assert connection.vendor == "postgresql"
    assert clock_of(calendar).add_working_time(datetime.fromisoformat("2027-01-04T01:00Z"), timedelta(hours=1))


@pytest.mark.django_db(transaction=True)
def test_two_people_who_change_a_calendar_at_once_make_two_versions() -> None:
    calendar = WorkCalendarFactory()

    def arrange(day: int) -> object:
        return calendars.add_exception(calendar, by=SYSTEM, start=date(2027, 1, day), kind=HOLIDAY)

    outcomes = race(lambda: arrange(1), lambda: arrange(2), lambda: arrange(2))
    # Of the two who want the same day one is told that it is taken, and changes nothing.
    assert sum(isinstance(outcome, BusinessError) for outcome in outcomes) == 1
    calendar.refresh_from_db()
    assert (calendar.version, calendar.exceptions.count()) == (3, 2)
