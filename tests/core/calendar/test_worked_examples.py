"""T1 to T14 of DOMAIN 2.2, with its numbers."""

from datetime import date, timedelta

import pytest

from core.calendar import ALWAYS, Pause
from tests.core.calendar.support import at, weekdays

SERVICE = weekdays((540, 1080))
SPLIT = weekdays((510, 720), (810, 1050))  # 08:30–12:00, 13:30–17:30


def test_t1_thirty_minutes_round_the_clock_pass_midnight() -> None:
    assert ALWAYS.add_working_time(at("2026-09-30 23:40"), 30) == at("2026-10-01 00:10")


def test_t2_four_hours_skip_the_national_holiday() -> None:
    assert SERVICE.add_working_time(at("2026-09-30 16:00"), 4 * 60) == at("2026-10-08 11:00")


def test_t3_a_make_up_saturday_is_a_working_day() -> None:
    assert SERVICE.add_working_time(at("2026-02-13 17:00"), 8 * 60) == at("2026-02-14 16:00")


def test_t4_spring_festival_is_skipped() -> None:
    assert SERVICE.add_working_time(at("2026-02-14 17:30"), 2 * 60) == at("2026-02-24 10:30")


def test_t5_a_make_up_sunday_is_a_working_day() -> None:
    assert SERVICE.add_working_time(at("2026-09-20 10:00"), 3 * 60) == at("2026-09-20 13:00")


def test_t6_a_call_on_saturday_evening_waits_for_monday() -> None:
    assert SERVICE.add_working_time(at("2026-11-21 20:00"), 15) == at("2026-11-23 09:15")


def test_t7_a_call_before_opening_counts_from_opening() -> None:
    assert SERVICE.add_working_time(at("2026-11-23 07:30"), 30) == at("2026-11-23 09:30")


def test_t8_a_call_at_closing_counts_from_the_next_opening() -> None:
    assert SERVICE.add_working_time(at("2026-11-20 18:00"), 60) == at("2026-11-23 10:00")


def test_t9_a_deadline_ends_at_closing_and_not_next_morning() -> None:
    assert SERVICE.add_working_time(at("2026-11-23 17:00"), 60) == at("2026-11-23 18:00")


def test_t10_ten_hours_end_at_the_closing_of_a_make_up_day() -> None:
    assert SERVICE.add_working_time(at("2026-05-08 17:00"), 10 * 60) == at("2026-05-09 18:00")


def test_t11_three_working_days_begin_with_the_next_one() -> None:
    due = SERVICE.add_working_days(date(2026, 9, 30), 3)
    assert due == date(2026, 10, 10)
    assert SERVICE.closing(due) == at("2026-10-10 18:00")


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [(date(2026, 2, 12), 5, date(2026, 2, 26)), (date(2026, 4, 29), 7, date(2026, 5, 12))],
)
def test_t12_working_days_over_holidays(start: date, days: int, due: date) -> None:
    assert SERVICE.add_working_days(start, days) == due
    assert SERVICE.working_days_between(start, due) == days


def test_t13_a_pause_stops_the_clock() -> None:
    start, budget = at("2026-11-23 14:00"), 8 * 60
    pause = Pause(at("2026-11-23 16:00"), at("2026-11-25 10:00"))
    assert SERVICE.deadline_with_pauses(start, budget, [pause]) == at("2026-11-25 16:00")
    assert SERVICE.deadline_with_pauses(start, budget, []) == at("2026-11-24 13:00")
    assert SERVICE.elapsed(start, at("2026-11-25 16:00"), [pause]) == timedelta(hours=8)
    assert SERVICE.elapsed(start, at("2026-11-24 13:00"), [pause]) == timedelta(hours=2)
    # While the pause lasts nobody can say when the order is due.
    assert SERVICE.deadline_with_pauses(start, budget, [Pause(pause.start)]) is None


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-23 11:30", 60, "2026-11-23 14:00"),
        ("2026-11-23 12:15", 30, "2026-11-23 14:00"),
        ("2026-11-20 16:00", 8 * 60, "2026-11-23 16:30"),
    ],
)
def test_t14_split_shifts_have_a_lunch_break(start: str, minutes: int, due: str) -> None:
    assert SPLIT.add_working_time(at(start), minutes) == at(due)


def test_the_calendar_facts_of_2026() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(bool(SERVICE.hours_of(day)) for day in days) == 248
    assert SERVICE.working_days_between(date(2025, 12, 31), date(2026, 12, 31)) == 248
