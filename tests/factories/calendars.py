"""Working calendars."""

import factory

from core.models import CalendarException, WorkCalendar
from core.services.calendar_seeds import NINE_TO_SIX


class WorkCalendarFactory(factory.django.DjangoModelFactory):
    """Nine to six from Monday to Friday, no holidays."""

    class Meta:
        model = WorkCalendar

    name = factory.Sequence(lambda n: f"项目日历{n}")
    weekly = NINE_TO_SIX


class CalendarExceptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CalendarException

    calendar = factory.SubFactory(WorkCalendarFactory)
    date = "2027-01-01"
    kind = CalendarException.Kind.HOLIDAY
    name = "元旦"
