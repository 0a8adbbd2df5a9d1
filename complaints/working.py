"""From a clock's basis to the moment it ends."""

from datetime import datetime, timedelta

from django.utils import timezone

from complaints.states import Basis
from core.calendar import ALWAYS, WorkClock
from properties.models import Community
from properties.queries.calendars import clock_of_community


def service_clock(community: Community) -> WorkClock:
    return clock_of_community(community)


def after(community: Community, basis: str, starts_at: datetime, amount: int, share: float = 1.0) -> datetime:
    """When this share of the time given has passed. Whole working days begin with the next working day and last to the end of that
    day (T11); a share of them is a share of the working time between, so that 80% is said at an hour somebody is there."""
    if basis == Basis.ROUND:
        return ALWAYS.add_working_time(starts_at, timedelta(minutes=amount) * share)
    return by_calendar(clock_of_community(community), basis, starts_at, amount, share)


def by_calendar(clock: WorkClock, basis: str, starts_at: datetime, amount: int, share: float = 1.0) -> datetime:
    """The same under these working hours, of what counts by them. Raises NoWorkingTime."""
    if basis == Basis.SERVICE:
        return clock.add_working_time(starts_at, timedelta(minutes=amount) * share)
    end = clock.closing(clock.add_working_days(timezone.localdate(starts_at), amount))
    if share == 1.0:
        return end
    return clock.add_working_time(starts_at, clock.working_time_between(starts_at, end) * share)
