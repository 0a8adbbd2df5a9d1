"""From a clock's basis to the arithmetic that counts it."""

from core.calendar import ALWAYS, WorkClock
from properties.models import Community
from properties.queries.calendars import clock_of_community
from workorders.states import Basis


def work_clock(basis: str, community: Community) -> WorkClock:
    """Every minute counts round the clock; otherwise those of the community's working calendar."""
    return ALWAYS if basis == Basis.ROUND else clock_of_community(community)
