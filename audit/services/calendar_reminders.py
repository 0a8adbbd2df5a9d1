"""The bell of those who keep the working calendars. Core knows the calendars, this floor knows who may change them."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from audit.queries.people import holders_of
from core.models import InboxItem
from core.queries.calendars import missing, year_to_arrange
from core.services.inbox import notify

CHANGE = "core.change_workcalendar"


def remind_of_missing_year(today: date) -> int:
    """Rings once for a person, a year and a set-up without its holidays, however often it is asked; returns how many calendars
    wait for them."""
    names = [calendar.name for calendar in missing(today)]
    if not names:
        return 0
    year = year_to_arrange(today)
    sentence = _("%(year)d 年节假日安排未导入：%(names)s") % {"year": year, "names": "、".join(names)}
    url = f"{reverse('core:workcalendar_list')}?arranged=missing"
    for person in holders_of(CHANGE, []):
        notify(person, sentence, url=url, level=InboxItem.Level.WARNING, dedup_key=f"core.calendar-year:{year}")
    return len(names)
