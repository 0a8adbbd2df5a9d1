"""The period of a report, and what it is compared with."""

from datetime import date

import pytest

from core.web.periods import Period, choices, month_of, parse, usual

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("code", "start", "end", "label"),
    [
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026年2月"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), "2026年四季度"),
        ("2025", date(2025, 1, 1), date(2025, 12, 31), "2025年"),
    ],
)
def test_a_period_is_named(code, start, end, label):
    period = parse(code)
    assert (period.start, period.end, period.label) == (start, end, label)


@pytest.mark.parametrize("code", ["", "2026-13", "2026Q5", "26", "1999", "2026-1", "2026-11 ", "range"])
def test_anything_else_is_none(code):
    assert parse(code) is None


@pytest.mark.parametrize(
    ("code", "before", "year_ago"),
    [
        ("2026-10", ("2026-09-01", "2026-09-30"), ("2025-10-01", "2025-10-31")),
        ("2026-01", ("2025-12-01", "2025-12-31"), ("2025-01-01", "2025-01-31")),
        ("2026Q1", ("2025-10-01", "2025-12-31"), ("2025-01-01", "2025-03-31")),
        ("2025", ("2024-01-01", "2024-12-31"), ("2024-01-01", "2024-12-31")),
        # What is running is compared with as many days.
        ("2026-11", ("2026-10-01", "2026-10-23"), ("2025-11-01", "2025-11-23")),
        ("2026Q4", ("2026-07-01", "2026-08-23"), ("2025-10-01", "2025-11-23")),
    ],
)
def test_what_it_is_compared_with(code, before, year_ago):
    period = parse(code)
    for found, wanted in ((period.previous(TODAY), before), (period.last_year(TODAY), year_ago)):
        assert (found.start.isoformat(), found.end.isoformat()) == wanted


def test_any_days_are_compared_with_as_many_before():
    period = Period(date(2024, 2, 20), date(2024, 2, 29))
    assert period.previous(TODAY) == Period(date(2024, 2, 10), date(2024, 2, 19))
    assert period.last_year(TODAY) == Period(date(2023, 2, 20), date(2023, 2, 28))


def test_a_long_month_is_not_compared_with_days_the_short_one_has_not():
    """On 31 March the whole of February."""
    assert month_of(date(2026, 3, 1)).previous(date(2026, 3, 30)).end == date(2026, 2, 28)


def test_the_choices_hold_what_the_address_asks_for():
    codes = [code for code, _label in choices(TODAY, "2021-03")]
    assert codes[:2] == ["range", "2021-03"]
    assert choices(TODAY, "2026-11")[1][0] == "按月"
    assert choices(TODAY)[2][1][0] == ("2026Q4", "2026年四季度")


def test_on_the_first_days_the_month_before_is_meant():
    assert (usual(date(2026, 11, 3)), usual(date(2026, 11, 4))) == ("2026-10", "2026-11")
