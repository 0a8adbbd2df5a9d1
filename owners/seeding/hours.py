"""When people of a sample do what they do."""

from datetime import datetime, timedelta

from django.utils import timezone


def by_day(at: datetime) -> datetime:
    """Nobody is rung up or visited at night: what would be done then is done the next morning."""
    local = timezone.localtime(at)
    if 8 <= local.hour < 20:
        return at
    morning = local.replace(hour=9, minute=10 + local.minute // 2, second=0, microsecond=0)
    return morning if local.hour < 8 else morning + timedelta(days=1)


def afternoon(at: datetime) -> datetime:
    """When people are called back: there is time for the tries before that nobody answered."""
    day = by_day(at)
    return day if timezone.localtime(day).hour >= 14 else day + timedelta(hours=5)
