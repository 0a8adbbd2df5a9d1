"""Deadlines in working time, one after another on one core: what a change of a calendar costs for all open orders."""

import random
import time
from datetime import UTC, date, datetime, timedelta

from core.calendar import Pause, WorkClock, weekly_of
from tests.bench.report import Report

SPLIT = ((510, 720), (810, 1050))
COUNT = 1_000_000


def _clock() -> WorkClock:
    """Split shifts, five days a week, with as many exceptions as a real year has."""
    weekly = weekly_of([(weekday, *shift) for weekday in range(5) for shift in SPLIT])
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    return WorkClock(weekly, {day: () if n % 7 else SPLIT for n, day in enumerate(days[::9])})


def measure(report: Report) -> None:
    draw, clock, first = random.Random(2026), _clock(), datetime(2026, 1, 1, tzinfo=UTC)
    starts = [first + timedelta(seconds=draw.randrange(330 * 86_400)) for _n in range(COUNT)]
    budgets = [draw.choice((15, 30, 240, 480, 1440, 4320)) for _n in range(COUNT)]
    began = time.process_time()
    for start, minutes in zip(starts, budgets, strict=True):
        clock.add_working_time(start, minutes)
    took = time.process_time() - began
    report.add("calendar: deadlines a minute on one core", COUNT / took * 60, "", at_least=1_000_000)
    paused = COUNT // 10
    pauses = [[Pause(start + timedelta(hours=1), start + timedelta(hours=30))] for start in starts[:paused]]
    began = time.process_time()
    for start, minutes, rows in zip(starts, budgets, pauses, strict=False):
        clock.deadline_with_pauses(start, minutes, rows)
    took = time.process_time() - began
    report.add("calendar: deadlines with a pause a minute on one core", paused / took * 60, "", at_least=1_000_000)
