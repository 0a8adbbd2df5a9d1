"""Working time: the arithmetic of every deadline in the house. Plain Python: no Django, no database, no clock of its own.

A `WorkClock` is made from weekly hours and dated exceptions and answers when so many minutes of work will be over, how many have passed,
and which is the nth working day. `core.queries.calendars.clock_of(calendar)` makes one from a calendar of the database.
"""

from core.calendar.clock import ALWAYS, DayAccount, NoWorkingTime, WorkClock
from core.calendar.pauses import Pause, merged
from core.calendar.rules import BadHours, Day, Shift, Weekly, rows_of, usual_day, weekly_of

__all__ = [
    "ALWAYS",
    "BadHours",
    "Day",
    "DayAccount",
    "NoWorkingTime",
    "Pause",
    "Shift",
    "Weekly",
    "WorkClock",
    "merged",
    "rows_of",
    "usual_day",
    "weekly_of",
]
