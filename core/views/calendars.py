"""Working calendars: the list, one calendar as a year, its weekly hours and its dates."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.calendar.affected import by_edit
from core.filters import WorkCalendarFilter
from core.forms.calendars import (
    CalendarChangeForm,
    CalendarForm,
    ExceptionChangeForm,
    ExceptionForm,
    ExceptionRemoveForm,
)
from core.models import CalendarException, WorkCalendar
from core.normalise.hours import hours_words, weekday_words
from core.queries.calendar_year import year_page
from core.queries.calendars import (
    calendar_rows,
    clock_of,
    default_calendar,
    is_missing,
    proposed_clock,
    uses_of,
    without_year,
    year_to_arrange,
)
from core.services import calendars
from core.tables import WorkCalendarTable
from core.web.access import requires
from core.web.forms import ConfirmForm
from core.web.lists import Link, ListView, crumbs
from core.web.pages import ActionView, CreateView, UpdateView

VIEW, ADD, CHANGE = "core.view_workcalendar", "core.add_workcalendar", "core.change_workcalendar"
DELETE = "core.delete_workcalendar"
GROUP = (gettext_lazy("系统"), "")
HOME = (GROUP, (gettext_lazy("工作日历"), "core:workcalendar_list"))
FIRST_YEAR, LAST_YEAR = 2000, 2100


class WorkCalendarList(ListView):
    model, permission = WorkCalendar, VIEW
    title, list_name = gettext_lazy("工作日历"), "core:workcalendar_list"
    table, filterset = WorkCalendarTable, WorkCalendarFilter
    prepare, default_order = staticmethod(calendar_rows), ("-is_default", "name")
    breadcrumbs = (GROUP,)
    page_actions = (
        Link(gettext_lazy("导入节假日"), "core:workcalendar_import", CHANGE, "file-import"),
        Link(gettext_lazy("新增日历"), "core:workcalendar_create", ADD, "plus", True, "N"),
    )
    export_permission = "core.export_workcalendar"
    empty_sentence = gettext_lazy("没有符合条件的工作日历")
    template_name = "core/workcalendar_list.html"

    def extra(self) -> dict[str, Any]:
        year = year_to_arrange(timezone.localdate())
        rows = without_year(WorkCalendar.objects.visible_to(self.request.user, VIEW), year)
        return {"missing_year": year, "missing": rows}


@require_safe
@requires(VIEW)
def workcalendar_detail(request: HttpRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(WorkCalendar.objects.visible_to(request.user, VIEW), pk=pk)
    today = timezone.localdate()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and FIRST_YEAR <= int(asked) <= LAST_YEAR else today.year
    due = year_to_arrange(today)
    may_change = request.user.has_perm(CHANGE)
    context: dict[str, Any] = {
        "object": calendar,
        "title": str(calendar),
        "breadcrumbs": crumbs(HOME, str(calendar)),
        "may_change": may_change,
        "page_actions": _acts(calendar, request.user),
        "years": range(year - 1, year + 2),
        "uses": uses_of(calendar),
        "missing_years": [known for known in sorted({today.year, due, year}) if is_missing(calendar, known)],
    }
    context |= year_page(calendar, year, today=today, may_change=may_change)
    return render(request, "core/workcalendar_detail.html", context)


def _acts(calendar: WorkCalendar, user: Any) -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = []
    if user.has_perm(DELETE) and not calendar.is_default:
        url = reverse("core:workcalendar_delete", args=[calendar.pk])
        acts.append({"label": _("删除"), "icon": "trash", "url": url, "dialog": True})
    if not user.has_perm(CHANGE):
        return acts
    if not calendar.is_default:
        url = reverse("core:workcalendar_make_default", args=[calendar.pk])
        acts.append({"label": _("设为默认"), "icon": "check", "url": url, "dialog": True})
    if not calendar.all_day:
        url = f"{reverse('core:workcalendar_import')}?calendars={calendar.pk}"
        acts.append({"label": _("导入节假日"), "icon": "file-import", "url": url})
        url = reverse("core:calendarexception_create", args=[calendar.pk])
        acts.append({"label": _("安排日期"), "icon": "calendar-event", "url": url})
    url = reverse("core:workcalendar_update", args=[calendar.pk])
    acts.append({"label": _("修改工作时间"), "icon": "edit", "url": url, "primary": True})
    return acts


class WorkCalendarCreate(CreateView):
    model, permission = WorkCalendar, ADD
    form_class = CalendarForm
    service = staticmethod(calendars.create_calendar)
    title, breadcrumbs = gettext_lazy("新增工作日历"), HOME
    template_name = "core/workcalendar_form.html"


class WorkCalendarUpdate(UpdateView):
    model, permission = WorkCalendar, CHANGE
    form_class = CalendarChangeForm
    service = staticmethod(calendars.change_calendar)
    title, breadcrumbs = gettext_lazy("修改工作时间"), HOME
    template_name = "core/workcalendar_form.html"


def on_making_default(calendar: WorkCalendar) -> dict[str, Any]:
    """Counts only: what moves stands in communities the reader may not see."""
    old = default_calendar()
    moved = by_edit(old, clock_of(calendar), user=None, unnamed=True)
    return {
        "consequence": _("没有指定工作日历的项目不再按“%(old)s”，改按“%(new)s”计算时限。")
        % {"old": old, "new": calendar},
        "consequences": [
            {"label": answer.heading, "value": _("%(n)s 个时限会变") % {"n": f"{answer.total:,}"}} for answer in moved
        ],
        "blocked": _("“%(name)s”已经是默认日历") % {"name": calendar} if calendar.is_default else "",
    }


class WorkCalendarMakeDefault(ActionView):
    model, permission = WorkCalendar, CHANGE
    form_class = ConfirmForm
    service = staticmethod(calendars.make_default)
    consequence = staticmethod(on_making_default)
    title, breadcrumbs = gettext_lazy("设为默认"), HOME
    success = gettext_lazy("已把 %(object)s 设为默认日历")


def on_deleting(calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "consequence": _("它的放假和调休安排一起删除，不能恢复。"),
        "blocked": calendars.why_kept(calendar),
    }


class WorkCalendarDelete(ActionView):
    model, permission = WorkCalendar, DELETE
    form_class = ConfirmForm
    service = staticmethod(calendars.delete_calendar)
    consequence = staticmethod(on_deleting)
    title, breadcrumbs, danger = gettext_lazy("删除"), HOME, True
    success = gettext_lazy("已删除 %(object)s")

    def next_url(self, saved: Any) -> str:
        return reverse("core:workcalendar_list")


class ExceptionCreate(UpdateView):
    """On a calendar: which dates are different."""

    model, permission = WorkCalendar, CHANGE
    form_class = ExceptionForm
    service = staticmethod(calendars.add_exception)
    title, breadcrumbs = gettext_lazy("安排日期"), HOME
    template_name = "core/calendarexception_form.html"

    def next_url(self, saved: Any) -> str:
        year = (self.request.POST.get("start") or "")[:4]
        return f"{saved.get_absolute_url()}?year={year}" if year.isdecimal() else str(saved.get_absolute_url())


def with_calendar(rows: Any) -> Any:
    return rows.select_related("calendar")


class ExceptionUpdate(UpdateView):
    model, permission = CalendarException, CHANGE
    form_class = ExceptionChangeForm
    service = staticmethod(calendars.change_exception)
    prepare = staticmethod(with_calendar)
    title, breadcrumbs = gettext_lazy("修改日期安排"), HOME
    template_name = "core/calendarexception_form.html"


def on_removing(row: CalendarException) -> dict[str, Any]:
    """Counts only: who takes a date out may not be somebody who may open what stands on it."""
    new = proposed_clock(row.calendar, dates={row.date: None})
    moved = by_edit(row.calendar, new, user=None)
    return {
        "consequence": _("这一天恢复成平常的%(weekday)s：%(hours)s。") % _plain_day(row),
        "consequences": [
            {"label": answer.heading, "value": _("%(n)s 个时限会变") % {"n": f"{answer.total:,}"}} for answer in moved
        ],
    }


def _plain_day(row: CalendarException) -> dict[str, str]:
    weekday = row.date.weekday()
    return {"weekday": weekday_words()[weekday], "hours": hours_words(row.calendar.hours[weekday])}


class ExceptionDelete(ActionView):
    model, permission = CalendarException, CHANGE
    form_class = ExceptionRemoveForm
    service = staticmethod(calendars.remove_exception)
    prepare = staticmethod(with_calendar)
    consequence = staticmethod(on_removing)
    title, breadcrumbs, danger = gettext_lazy("删除安排"), HOME, True
    success = gettext_lazy("已删除 %(object)s")
