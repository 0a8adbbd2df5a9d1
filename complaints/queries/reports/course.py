"""Several periods in one pass: every case from the first day of all of them to the last is counted in the stretch between two of their
days, and a period is the sum of its stretches."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from complaints.queries.missed import owing
from complaints.queries.reports.asked import Asked, first_moment
from complaints.queries.reports.lines import TOOK, Line, add_owed, added, figures, line_of, owed_figures
from core.queries.spread import StretchNumber, figures_of
from core.web.periods import Period


def over(user: Any, asked: Asked, periods: Sequence[Period], course: Sequence[Period] = ()) -> dict[Period, Line]:
    """A line for each period; those of the course know neither percentiles nor households."""
    every = [*periods, *course]
    starts = sorted({first_moment(day) for period in every for day in (period.start, period.end + timedelta(days=1))})
    within = {
        period: [number for number, start in enumerate(starts, 1) if period.start <= start.date() <= period.end]
        for period in every
    }
    whole = Period(min(period.start for period in every), max(period.end for period in every))
    rows: Any = asked.within(whole).rows(user).annotate(stretch=StretchNumber("received_at", starts))
    counted, spreads = figures_of(
        rows, "stretch", figures(), TOOK, own=False, together=[within[period] for period in periods]
    )
    parts = {row.pop("stretch"): line_of(row) for row in counted}
    for row in owing(rows).values("stretch").annotate(**owed_figures()):
        add_owed(parts[row.pop("stretch")], row)
    lines = {period: added(parts[number] for number in numbers if number in parts) for period, numbers in within.items()}
    homes = asked.households(user).count()
    for period, (p50, p90) in zip(periods, spreads, strict=True):
        line = lines[period]
        line.p50, line.p90, line.households = p50, p90, homes
        line.label, line.query = _("合计"), asked.within(period).base()
    return lines
