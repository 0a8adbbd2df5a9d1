"""The laws of working time, tried on calendars nobody would think of, and against counting minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.calendar import ALWAYS, BadHours, NoWorkingTime, Pause, WorkClock, merged, rows_of, weekly_of
from core.calendar.clock import LOCAL
from core.calendar.rules import day_of
from tests.core.calendar.support import MAKE_UP_2026, Oracle, at, official_2026, weekdays

BASE = datetime(2026, 1, 1, tzinfo=LOCAL)
# Slow machines only take longer: no clock decides whether a law holds.
LAWS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three shifts, some from midnight, some until midnight."""
    marks = sorted(draw(st.sets(st.one_of(st.sampled_from([0, 540, 1440]), st.integers(0, 1440)), max_size=6)))
    return tuple(zip(marks[::2], marks[1::2], strict=False))


@st.composite
def clocks(draw: st.DrawFn) -> WorkClock:
    week = draw(st.lists(days(), min_size=7, max_size=7))
    assume(sum(end - start for day in week for start, end in day) >= 60)
    exceptions = draw(st.dictionaries(st.dates(date(2025, 12, 20), date(2026, 2, 20)), days(), max_size=12))
    return WorkClock(tuple(week), exceptions)


moments = st.integers(-20_000, 40_000).map(lambda minutes: BASE + timedelta(minutes=minutes))
exact = st.integers(-20_000 * 60, 40_000 * 60).map(lambda seconds: BASE + timedelta(seconds=seconds, microseconds=7))
budgets = st.integers(0, 3000)


@st.composite
def pause_rows(draw: st.DrawFn) -> list[Pause]:
    pairs = draw(st.lists(st.tuples(moments, st.integers(-10, 5000)), max_size=4))
    return [Pause(start, start + timedelta(minutes=length)) for start, length in pairs]


@given(clocks(), exact, budgets)
@LAWS
def test_what_was_added_is_what_has_passed(clock: WorkClock, start: datetime, minutes: int) -> None:
    due = clock.add_working_time(start, minutes)
    assert due >= start
    assert clock.working_time_between(start, due) == timedelta(minutes=minutes)
    # It is the earliest such moment: a moment before, something was still to do.
    if minutes:
        assert clock.working_time_between(start, due - timedelta(microseconds=1)) < timedelta(minutes=minutes)


@given(clocks(), exact, exact)
@LAWS
def test_adding_what_has_passed_never_goes_too_far(clock: WorkClock, first: datetime, second: datetime) -> None:
    start, end = sorted([first, second])
    due = clock.add_working_time(start, clock.working_time_between(start, end))
    assert start <= due <= end
    assert not clock.working_time_between(due, end)


@given(clocks(), exact, exact, budgets, budgets)
@LAWS
def test_later_starts_and_longer_budgets_are_due_later(
    clock: WorkClock, first: datetime, second: datetime, fewer: int, more: int
) -> None:
    (start, later), (fewer, more) = sorted([first, second]), sorted([fewer, more])
    assert clock.add_working_time(start, fewer) <= clock.add_working_time(start, more)
    assert fewer == 0 or clock.add_working_time(start, fewer) <= clock.add_working_time(later, fewer)


@given(clocks(), exact, budgets, budgets)
@LAWS
def test_parts_add_up(clock: WorkClock, start: datetime, one: int, other: int) -> None:
    whole = clock.add_working_time(start, one + other)
    middle = clock.add_working_time(start, one)
    assert clock.add_working_time(middle, other) == whole or other == 0
    assert clock.working_time_between(start, middle) + clock.working_time_between(middle, whole) == timedelta(
        minutes=one + other
    )


@given(clocks(), moments, st.integers(0, 400))
@LAWS
def test_deadline_equals_counting_minutes(clock: WorkClock, start: datetime, minutes: int) -> None:
    expected = Oracle(clock).after(start, minutes, most=20 * 24 * 60)
    assume(expected is not None)
    assert clock.add_working_time(start, minutes) == expected


@given(clocks(), moments, st.integers(0, 15_000))
@LAWS
def test_time_between_equals_counting_minutes(clock: WorkClock, start: datetime, length: int) -> None:
    end = start + timedelta(minutes=length)
    assert clock.working_time_between(start, end) == timedelta(minutes=Oracle(clock).between(start, end))
    assert clock.is_working(start) == Oracle(clock).counts(start)


@given(clocks(), moments, st.integers(0, 400), pause_rows())
@LAWS
def test_deadline_with_pauses_equals_counting_minutes(
    clock: WorkClock, start: datetime, minutes: int, pauses: list[Pause]
) -> None:
    expected = Oracle(clock, pauses).after(start, minutes, most=30 * 24 * 60)
    assume(expected is not None)
    assert clock.deadline_with_pauses(start, minutes, pauses) == expected


@given(clocks(), moments, budgets, pause_rows(), st.randoms(use_true_random=False))
@LAWS
def test_pauses_can_be_replayed_in_any_order(clock, start, minutes, pauses, random) -> None:
    due = clock.deadline_with_pauses(start, minutes, pauses)
    assert clock.elapsed(start, due, pauses) == timedelta(minutes=minutes)
    shuffled = list(pauses)
    random.shuffle(shuffled)
    assert clock.deadline_with_pauses(start, minutes, shuffled) == due
    assert clock.deadline_with_pauses(start, minutes, merged(pauses)) == due
    assert due >= clock.add_working_time(start, minutes)


@given(clocks(), moments, moments, pause_rows())
@LAWS
def test_a_day_by_day_account_adds_up(clock: WorkClock, one: datetime, two: datetime, pauses: list[Pause]) -> None:
    start, end = sorted([one, two])
    rows = clock.account(start, end, pauses)
    assert sum((row.worked for row in rows), timedelta()) == clock.elapsed(start, end, pauses)
    assert sum((row.worked + row.paused for row in rows), timedelta()) == clock.working_time_between(start, end)


@given(clocks(), st.dates(date(2025, 12, 1), date(2026, 3, 1)), st.integers(0, 40), st.integers(0, 40))
@LAWS
def test_working_days_are_counted_and_added_alike(clock: WorkClock, day: date, one: int, other: int) -> None:
    due = clock.add_working_days(day, one)
    assert clock.working_days_between(day, due) == one
    assert clock.add_working_days(due, other) == clock.add_working_days(day, one + other)
    assert one == 0 or clock.hours_of(due)


@given(clocks(), exact)
@LAWS
def test_the_next_working_moment_is_the_first(clock: WorkClock, moment: datetime) -> None:
    opens = clock.next_working_moment(moment)
    assert opens >= moment and clock.is_working(opens)
    assert not clock.working_time_between(moment, opens)


@given(clocks())
@LAWS
def test_hours_are_stored_and_read_back(clock: WorkClock) -> None:
    assert weekly_of(rows_of(clock.weekly)) == tuple(day_of(day) for day in clock.weekly)


def test_a_calendar_known_so_far_answers_about_other_years() -> None:
    fresh, used = weekdays((540, 1080)), weekdays((540, 1080))
    used.add_working_time(at("2026-03-02 09:00"), 60)
    for year in (1995, 2080, 2010, 2026):
        start = datetime(year, 3, 3, 17, tzinfo=LOCAL)
        assert used.add_working_time(start, 40 * 60) == fresh.add_working_time(start, 40 * 60)
    assert used.working_time_between(at("1999-12-31 09:00"), at("2031-01-01 09:00")) > timedelta(days=2000)


def test_round_the_clock_is_the_time_on_the_wall() -> None:
    start = datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)
    assert ALWAYS.add_working_time(start, 3 * 366 * 24 * 60) == start + timedelta(days=3 * 366)
    assert ALWAYS.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert ALWAYS.is_working(start)


def test_a_night_shift_goes_on_over_midnight_and_new_year() -> None:
    night = WorkClock(weekly_of([row for day in range(7) for row in ((day, 1200, 1440), (day, 0, 480))]))
    assert night.add_working_time(at("2026-12-31 23:30"), 60) == at("2027-01-01 00:30")
    assert night.add_working_time(at("2027-01-01 07:30"), 60) == at("2027-01-01 20:30")


def test_no_hours_at_all_is_said() -> None:
    with pytest.raises(NoWorkingTime):
        WorkClock(weekly_of([])).add_working_time(at("2026-01-01 09:00"), 1)
    with pytest.raises(NoWorkingTime):
        WorkClock(weekly_of([])).add_working_days(date(2026, 1, 1), 1)
    with pytest.raises(NoWorkingTime):
        WorkClock(weekly_of([])).next_working_moment(at("2026-01-01 09:00"))


def test_what_makes_no_sense_is_refused() -> None:
    clock = weekdays((540, 1080))
    with pytest.raises(ValueError):
        clock.add_working_time(at("2026-01-05 09:00"), -1)
    with pytest.raises(ValueError):
        clock.add_working_days(date(2026, 1, 5), -1)
    with pytest.raises(ValueError):
        clock.add_working_time(datetime(1990, 7, 1, tzinfo=LOCAL), 1)
    with pytest.raises(TypeError):
        clock.add_working_time(datetime(2026, 1, 5, 9), 1)
    assert clock.working_time_between(at("2026-01-06 09:00"), at("2026-01-05 09:00")) == timedelta()


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(0, 540, 540)], "range"),
        ([(0, 1080, 540)], "range"),
        ([(0, -1, 540)], "range"),
        ([(0, 540, 1441)], "range"),
        ([(0, 540, 720), (0, 700, 800)], "overlap"),
        ([(7, 540, 720)], "shape"),
        ([(0, 540)], "shape"),
        ([(0, 540.5, 720)], "shape"),
        ([(0, True, 720)], "shape"),
    ],
)
def test_impossible_hours_are_refused(rows: list, reason: str) -> None:
    with pytest.raises(BadHours) as caught:
        weekly_of(rows)
    assert caught.value.reason == reason


def test_shifts_that_touch_are_one() -> None:
    assert day_of([(720, 1080), (540, 720)]) == ((540, 1080),)


def test_local_time_is_that_of_shanghai() -> None:
    """UTC + 8 without summer time, for as long as the arithmetic reaches back."""
    shanghai = ZoneInfo("Asia/Shanghai")
    for year in range(1992, 2038):
        for month in range(1, 13):
            assert datetime(year, month, 15, 12, tzinfo=shanghai).utcoffset() == LOCAL.utcoffset(None)


def test_exceptions_go_both_ways() -> None:
    clock = weekdays((540, 1080))
    for month, day in MAKE_UP_2026:
        assert clock.hours_of(date(2026, month, day)) == ((540, 1080),)
    assert [
        day for day, hours in official_2026(((540, 1080),)).items() if bool(hours) != bool(clock.hours_of(day))
    ] == []
