"""When a message may leave: quiet hours of the house (21:00 to 08:00) and of a person."""

from datetime import datetime, time, timedelta

from django.utils import timezone

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
# Nobody gets two ordinary messages over outside channels within this time.
PACE = timedelta(minutes=10)


def next_allowed(moment: datetime, quiet_from: time = QUIET_FROM, quiet_until: time = QUIET_UNTIL) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into; they may pass midnight."""
    local = timezone.localtime(moment)
    now = local.time()
    if quiet_from == quiet_until:
        return moment
    quiet = quiet_from <= now < quiet_until if quiet_from < quiet_until else now >= quiet_from or now < quiet_until
    if not quiet:
        return moment
    day = local.date() + timedelta(days=1) if now >= quiet_until else local.date()
    return timezone.make_aware(datetime.combine(day, quiet_until), local.tzinfo)
