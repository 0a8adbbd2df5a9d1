"""Several periods in one pass: every case from the first day of all of them to the last is counted in the stretch between two of their
days, and a period is the sum of its stretches. A month of their course that lies in none of them is only counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from complaints.queries.missed import owing
from complaints.queries.reports.asked import Asked, first_moment
from complaints.queries.reports.lines import TOOK, Line, add_owed, added, figures, line_of, owed_figures
from complaints.states import Clock
from core.queries.spread import StretchNumber, figures_of
from core.web.periods import Period

# What the course of the months shows.
_COURSE = frozenset({"total", f"decided_{Clock.COMPLETION}", f"missed_{Clock.COMPLETION}"})


@dataclass(frozen=True)
class _Stretches:
    """Numbered from 1 by the days on which any of the periods begins or has ended."""

    periods: Sequence[Period]

    @cached_property
    def starts(self) -> list[datetime]:
        return sorted({first_moment(day) for row in self.periods for day in (row.start, row.end + timedelta(days=1))})

    def of(self, period: Period) -> list[int]:
        return [number for number, start in enumerate(self.starts, 1) if period.start <= start.date() <= period.end]

    def rows(self, user: Any, asked: Asked, numbers: Collection[int]) -> Any:
        """The cases of some of them, each with its number."""
        first, end = self.starts[min(numbers) - 1], self.starts[max(numbers)]
        whole = Period(first.date(), (end - timedelta(days=1)).date())
        rows: Any = asked.within(whole).rows(user).annotate(stretch=StretchNumber("received_at", self.starts))
        return rows.filter(stretch__in=sorted(numbers))


def over(user: Any, asked: Asked, periods: Sequence[Period], course: Sequence[Period] = ()) -> dict[Period, Line]:
    """A line for each period; those of the course know what is counted of it and nothing else."""
    stretches = _Stretches([*periods, *course])
    within = {period: stretches.of(period) for period in stretches.periods}
    whole = {number for period in periods for number in within[period]}
    rows = stretches.rows(user, asked, whole)
    counted, spreads = figures_of(
        rows, "stretch", figures(), TOOK, own=False, together=[within[period] for period in periods]
    )
    parts = {row.pop("stretch"): line_of(row) for row in counted}
    left = {number for period in course for number in within[period]} - whole
    if left:
        beside = stretches.rows(user, asked, left)
        parts |= {row.pop("stretch"): line_of(row) for row in beside.values("stretch").annotate(**figures(_COURSE))}
    for row in owing(stretches.rows(user, asked, whole | left)).values("stretch").annotate(**owed_figures()):
        add_owed(parts[row.pop("stretch")], row)
    lines = {
        period: added(parts[number] for number in numbers if number in parts) for period, numbers in within.items()
    }
    homes = asked.households(user).count()
    for period, (p50, p90) in zip(periods, spreads, strict=True):
        line = lines[period]
        line.p50, line.p90, line.households = p50, p90, homes
        line.label, line.query = _("合计"), asked.within(period).base()
    return lines
