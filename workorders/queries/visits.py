"""When somebody may come: stretches of two hours within the service hours of the community, on the next days on which it works."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from properties.models import Community
from workorders.states import Basis
from workorders.working import work_clock

# So many days are offered, looked for so far ahead: the longest holidays are over by then.
DAYS, AHEAD = 5, 14
# Nobody is visited earlier or later, even where the service never closes.
EARLIEST, LATEST = 8 * 60, 20 * 60
LENGTH, SHORTEST = 120, 60
Slot = tuple[datetime, datetime]


def visit_slots(community: Community, now: datetime | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """[(今天 11-22 周日, [(value, 今天 14:00–16:00)])] without days on which nobody works and hours that have begun."""
    now = now or timezone.now()
    clock, today = work_clock(Basis.SERVICE, community), timezone.localtime(now).date()
    found = []
    for ahead in range(AHEAD):
        day = today + timedelta(days=ahead)
        slots = [slot for slot in _slots(day, clock.hours_of(day)) if slot[0] > now]
        if slots:
            # A list that is closed shows only the choice: it has to say the day by itself.
            near = _near(ahead) or f"{day:%m-%d}"
            found.append((_day_words(day, ahead), [(value_of(slot), f"{near} {_hours(slot)}") for slot in slots]))
        if len(found) == DAYS:
            break
    return found


def _slots(day: date, hours: tuple[tuple[int, int], ...]) -> Iterator[Slot]:
    midnight = timezone.make_aware(datetime.combine(day, time()))
    for opens, closes in hours:
        start, end = max(opens, EARLIEST), min(closes, LATEST)
        while end - start >= SHORTEST:
            until = start + LENGTH if end - start >= LENGTH else end
            yield midnight + timedelta(minutes=start), midnight + timedelta(minutes=until)
            start = until


def value_of(slot: Slot) -> str:
    """2026-11-23T14:00/16:00, as the form carries it."""
    return f"{slot[0]:%Y-%m-%dT%H:%M}/{slot[1]:%H:%M}"


def _hours(slot: Slot) -> str:
    return f"{slot[0]:%H:%M}–{slot[1]:%H:%M}"


def slot_by(value: str) -> Slot:
    """Of a value that was offered."""
    start, _slash, end = value.partition("/")
    begins = timezone.make_aware(datetime.fromisoformat(start))
    return begins, timezone.make_aware(datetime.combine(begins.date(), time.fromisoformat(end)))


def _day_words(day: date, ahead: int) -> str:
    weekday = _("周一 周二 周三 周四 周五 周六 周日").split()[day.weekday()]
    return " ".join(filter(None, (_near(ahead), f"{day:%m-%d}", weekday)))


def _near(ahead: int) -> str:
    words = [_("今天"), _("明天"), _("后天")]
    return words[ahead] if ahead < len(words) else ""
