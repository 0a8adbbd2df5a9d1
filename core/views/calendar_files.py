"""The yearly list of holidays into one calendar or several: pasted or uploaded, previewed, then confirmed; nothing is written before."""

import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.calendar.affected import Affected, by_edit
from core.errors import BadFile, BusinessError
from core.excel.columns import Choice, Column, Kind
from core.excel.inspect import inspect_upload
from core.excel.reader import ErrorCell, FormulaWithoutValue, OtherValue, read_workbook
from core.excel.template import write_template
from core.forms.calendars import HolidayListForm
from core.models import CalendarException, WorkCalendar
from core.normalise.holidays import MAKE_UP, HolidayList, HolidayRow, read_holidays
from core.normalise.hours import hours_words, weekday_words
from core.queries.calendars import proposed_clock
from core.services.attachments import safe_name
from core.services.calendars import Arrangement, import_into_calendars
from core.views.calendars import CHANGE, HOME
from core.web.access import requires
from core.web.lists import crumbs

SALT = "core.calendar-import"
PREVIEW_SECONDS = 3600
MOST_ROWS = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def columns() -> tuple[Column, ...]:
    """Of the template. An upload is read line by line whatever its layout, as long as the date comes first."""
    return (
        Column(key="start", title=_("日期"), required=True, kind=Kind.DATE, example="2027-01-01", width=14),
        Column(key="end", title=_("至"), kind=Kind.DATE, example="2027-01-03", width=14, help=_("只有一天的留空")),
        Column(
            key="kind",
            title=_("类型"),
            required=True,
            kind=Kind.CHOICE,
            example=_("放假"),
            choices=lambda: [Choice(kind.value, str(kind.label)) for kind in CalendarException.Kind],
        ),
        Column(key="name", title=_("名称"), example=_("元旦"), width=16),
        Column(
            key="hours",
            title=_("上班时间"),
            example="09:00-12:00",
            width=24,
            help=_("放假留空为全天不上班，调休上班留空同平日"),
        ),
    )


@dataclass(frozen=True)
class Line:
    """One date of the preview; `states` holds for each calendar (word, colour)."""

    row: HolidayRow
    kind: str
    weekday: str
    hours: str
    states: list[tuple[Any, str]]


@require_http_methods(["GET", "POST"])
@requires(CHANGE)
def workcalendar_import(request: HttpRequest) -> HttpResponse:
    chosen = [int(pk) for pk in request.GET.getlist("calendars") if pk.isdecimal() and len(pk) < 19]
    initial: dict[str, Any] = {"calendars": chosen} if chosen else {}
    if request.GET.get("year", "").isdecimal():
        initial["year"] = request.GET["year"]
    form = HolidayListForm(request.POST or None, request.FILES or None, user=request.user, initial=initial)
    context: dict[str, Any] = {
        "form": form,
        "title": _("导入节假日安排"),
        "breadcrumbs": crumbs(HOME, _("导入节假日安排")),
        "cancel_url": reverse("core:workcalendar_list"),
        "save_label": _("检查"),
        "foot_note": _("只检查，不写入"),
        "page_actions": [
            {"label": _("下载 Excel 模板"), "icon": "download", "url": reverse("core:workcalendar_template")}
        ],
    }
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            found = read_holidays(_lines(values), values["year"])
        except BadFile as error:
            form.add_error("file", f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}")
        else:
            if found.rows or found.errors:
                shown = context | _preview(found, list(values["calendars"]), request.user)
                return render(request, "core/workcalendar_preview.html", shown)
            form.add_error("file" if values["file"] else "text", _("没有读出任何日期"))
    return render(request, "core/workcalendar_import.html", context)


@require_POST
@requires(CHANGE)
def workcalendar_import_confirm(request: HttpRequest) -> HttpResponse:
    """Writes what the preview showed, into all chosen calendars or none; the dates come back signed."""
    try:
        ids, rows = signing.loads(request.POST.get("rows", ""), salt=SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        raise BusinessError(_("预览已过期，请重新导入")) from None
    wanted = [
        Arrangement(date.fromisoformat(day), kind, name, tuple((start, end) for start, end in hours))
        for day, kind, name, hours in rows
    ]
    calendars, done = import_into_calendars(ids, wanted, by=request.user)
    words = {"added": done.added, "changed": done.changed}
    messages.success(request, _("已新增 %(added)d 天，修改 %(changed)d 天，立即生效") % words)
    if len(calendars) > 1:
        return HttpResponseRedirect(reverse("core:workcalendar_list"))
    return HttpResponseRedirect(f"{calendars[0].get_absolute_url()}?year={wanted[0].date.year}")


@require_safe
@requires(CHANGE)
def workcalendar_template(request: HttpRequest) -> FileResponse:
    content = io.BytesIO()
    notes = [_("每行一段日期。也可以不用模板，直接在页面上粘贴放假通知。")]
    write_template(content, columns(), sheet_name=_("节假日安排"), notes=notes)
    content.seek(0)
    name = safe_name(f"{_('节假日安排模板')}.xlsx")
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)


def _lines(values: dict[str, Any]) -> list[tuple[int, str]]:
    """Numbered lines of text; the rows of a workbook become lines, its cells stand apart."""
    if not values["file"]:
        return list(enumerate(values["text"][:MOST_ROWS], start=1))
    upload = values["file"]
    with tempfile.TemporaryDirectory(prefix="mulin-calendar-") as folder:
        path = Path(folder) / f"upload.{safe_name(upload.name).rpartition('.')[2]}"
        with path.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        with read_workbook(path, kind=inspect_upload(path)) as sheet:
            if sheet.row_count > MOST_ROWS:
                raise BadFile(_("节假日安排最多 %(n)d 行") % {"n": MOST_ROWS})
            return [(row.number, " | ".join(_text(cell) for cell in row.cells)) for row in sheet.rows]


def _text(cell: Any) -> str:
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, ErrorCell | FormulaWithoutValue | OtherValue):
        return str(getattr(cell, "text", ""))
    return str(cell).strip()


def _preview(found: HolidayList, calendars: Sequence[WorkCalendar], user: Any) -> dict[str, Any]:
    known = {calendar.pk: {row.date: row for row in calendar.exceptions.all()} for calendar in calendars}
    lines = [_shown(row, [known[calendar.pk].get(row.day) for calendar in calendars]) for row in found.rows]
    colours = [colour for line in lines for _word, colour in line.states]
    stays = {row.date for rows in known.values() for row in rows.values()} - {row.day for row in found.rows}
    years = {row.day.year for row in found.rows}
    rows = [[row.day.isoformat(), row.kind, row.name, row.hours] for row in found.rows]
    is_new = "green" in colours or "blue" in colours
    return {
        "found": found,
        "lines": lines,
        "calendars": calendars,
        "new": colours.count("green"),
        "changed": colours.count("blue"),
        "same": colours.count("grey"),
        "stays": sorted(day for day in stays if day.year in years),
        "doubtful": [row.day for row in found.rows if row.kind == MAKE_UP and _works_anyway(row.day, calendars)],
        "moved": _moved(found.rows, calendars, user),
        "rows": signing.dumps([[c.pk for c in calendars], rows], salt=SALT, compress=True) if is_new else "",
    }


def _works_anyway(day: date, calendars: Sequence[WorkCalendar]) -> bool:
    """A day to be made up that is a working day by itself: the list is most likely that of another year."""
    return all(calendar.hours[day.weekday()] for calendar in calendars)


def _shown(row: HolidayRow, before: Sequence[CalendarException | None]) -> Line:
    usual = row.kind == CalendarException.Kind.MAKE_UP and not row.hours
    states: list[tuple[Any, str]] = []
    for old in before:
        if old is None:
            states.append((_("新增"), "green"))
        elif (old.kind, old.name, old.day) == (row.kind, row.name, row.hours):
            states.append((_("不变"), "grey"))
        else:
            states.append((_("修改"), "blue"))
    kind = str(CalendarException.Kind(row.kind).label)
    return Line(row, kind, weekday_words()[row.day.weekday()], _("同平日") if usual else hours_words(row.hours), states)


def _moved(rows: Sequence[HolidayRow], calendars: Sequence[WorkCalendar], user: Any) -> list[Affected]:
    dates = {row.day: (row.kind, row.hours) for row in rows}
    return [
        answer
        for calendar in calendars
        for answer in by_edit(calendar, proposed_clock(calendar, dates=dates), user=user)
    ]
