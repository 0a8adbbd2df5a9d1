from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.calendar import BadHours, Day, Weekly, weekly_of
from core.calendar.rules import ALL_WEEK, day_of
from core.normalise.hours import hours_words, problem, week_words
from core.querysets import PermittedQuerySet
from core.uid import uuid7


def check_weekly(rows: Any) -> None:
    try:
        weekly_of(rows if isinstance(rows, list) else [None])  # type: ignore[list-item]
    except BadHours as error:
        raise ValidationError(problem(error)) from None


def check_day(pairs: Any) -> None:
    try:
        day_of(pairs if isinstance(pairs, list) else [None])  # type: ignore[list-item]
    except BadHours as error:
        raise ValidationError(problem(error)) from None


class WorkCalendar(models.Model):
    """When the people of a community work: weekly hours, and the dates on which it is different. Deadlines run on it."""

    name = models.CharField(_("名称"), max_length=40, unique=True, error_messages={"unique": _("已有同名的工作日历")})
    all_day = models.BooleanField(_("全天 7×24"), default=False)
    # [[weekday from 0 for Monday, start minute, end minute], …]; split shifts are two rows of a day.
    weekly = models.JSONField(_("每周工作时间"), default=list, blank=True, validators=[check_weekly])
    is_default = models.BooleanField(_("默认"), default=False, editable=False)
    # Goes up with every change of hours or dates: a deadline says by which version it was computed.
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    # Another one for every state, also for one that was rolled back: what a process may keep its compiled hours by.
    stamp = models.UUIDField(default=uuid7, editable=False)
    seeded_years = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, editable=False)
    changed_at = models.DateTimeField(_("修改时间"), db_default=Now())

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("工作日历")
        verbose_name_plural = _("工作日历")
        default_permissions = ("view", "add", "change", "delete")
        permissions = [("export_workcalendar", _("导出工作日历"))]
        ordering = ["-is_default", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(all_day=True) | ~models.Q(weekly=[]),
                name="core_workcalendar_hours",
                violation_error_message=_("至少要有一天的工作时间"),
            ),
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="core_workcalendar_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("core:workcalendar_detail", args=[self.pk])

    @property
    def hours(self) -> Weekly:
        """The hours of the seven weekdays."""
        return ALL_WEEK if self.all_day else weekly_of(self.weekly)

    @property
    def week_words(self) -> str:
        return str(_("全天 7×24")) if self.all_day else week_words(self.hours)


class CalendarException(models.Model):
    """One date of a calendar that is not like its weekday: a day off, or a day of work."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        MAKE_UP = "make_up", _("调休上班")

    calendar = models.ForeignKey(
        WorkCalendar, models.CASCADE, related_name="exceptions", verbose_name=_("工作日历"), db_index=False
    )
    date = models.DateField(_("日期"))
    kind = models.CharField(_("类型"), max_length=8, choices=Kind)
    # [[start minute, end minute], …]. Empty: no work on a day off, the hours of an ordinary working day on a make-up day.
    hours = models.JSONField(_("上班时间"), default=list, blank=True, validators=[check_day])
    name = models.CharField(_("名称"), max_length=20, blank=True)

    objects = PermittedQuerySet.as_manager()

    class Meta:
        verbose_name = _("日期安排")
        verbose_name_plural = _("日期安排")
        default_permissions = ()
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "date"],
                name="core_calendarexception_date",
                violation_error_message=_("这一天已经有安排了"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return f"{reverse('core:workcalendar_detail', args=[self.calendar_id])}?year={self.date.year}"

    @property
    def day(self) -> Day:
        return day_of(self.hours)

    @property
    def is_make_up(self) -> bool:
        return self.kind == self.Kind.MAKE_UP

    @property
    def hours_words(self) -> str:
        if not self.hours and self.is_make_up:
            return str(_("同平日"))
        return hours_words(self.day)
