"""From a clock's basis to the arithmetic that counts it."""

from core.calendar.clock import WorkClock
from core.calendar.rules import ALL_WEEK, OFF
from properties.models import Community
from workorders.states import Basis

ROUND_THE_CLOCK = WorkClock(ALL_WEEK)
_STANDARD = WorkClock((((540, 1080),),) * 5 + (OFF, OFF))


def work_clock(basis: str, community: Community) -> WorkClock:
    """Every minute counts round the clock; otherwise those of the community's working calendar."""
    return ROUND_THE_CLOCK if basis == Basis.ROUND else _STANDARD
