"""Forms of the working calendars. Those that would move deadlines show which, and save when somebody has seen it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.calendar import Day, usual_day, weekly_of
from core.calendar.rules import ALL_WEEK, rows_of
from core.errors import BadValue
from core.forms.previewed import Previewed
from core.models import CalendarException, WorkCalendar
from core.normalise.hours import hours_words, parse_hours_text, weekday_words
from core.queries.calendar_year import stretch_of
from core.queries.calendars import default_calendar, proposed_clock, year_to_arrange
from core.services.calendar_seeds import NINE_TO_SIX
from core.web.forms import DateField, Form

DAYS = [f"day_{weekday}" for weekday in range(7)]
MOST_BYTES = 2 * 1024 * 1024


class HoursField(forms.CharField):
    """The shifts of one day in words: 08:30-12:00、13:30-17:30. Blank is no work."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": _("休息"), "data-hours": ""})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=80, **options)

    def to_python(self, value: Any) -> Any:
        try:
            return parse_hours_text(value or "")
        except BadValue as error:
            raise forms.ValidationError(f"{error.sentence}{f'（{error.fix}）' if error.fix else ''}") from None

    def run_validators(self, value: Any) -> None:
        """The length is that of the text, which has been read by now."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else hours_words(value) if value else ""


class LinesField(forms.CharField):
    """Text of several lines, as a list of them."""

    widget = forms.Textarea(attrs={"rows": 9})

    def to_python(self, value: Any) -> Any:
        return [line for line in (value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value


class PreviewedForm(Previewed, Form):
    """What the forms of calendars and their dates have in common."""


class CalendarChangeForm(PreviewedForm):
    name = forms.CharField(label=_("名称"), max_length=40)
    all_day = forms.BooleanField(label=_("全天 7×24，没有放假和调休"), required=False)

    def __init__(self, *args: Any, instance: WorkCalendar | None = None, initial: Any = None, **kwargs: Any) -> None:
        week = weekly_of(NINE_TO_SIX if instance is None else instance.weekly)
        known: dict[str, Any] = dict(zip(DAYS, week, strict=True))
        if instance is not None:
            known |= {"name": instance.name, "all_day": instance.all_day}
        super().__init__(*args, instance=instance, initial=known | (initial or {}), **kwargs)
        for name, word in zip(DAYS, weekday_words(), strict=True):
            self.fields[name] = HoursField(label=word)

    def week_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in DAYS]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        week: list[Day] = [values.pop(name, ()) for name in DAYS]
        if set(DAYS) & set(self.errors):
            return values
        values["weekly"] = rows_of(tuple(week))
        if not values["weekly"] and not values.get("all_day"):
            self.add_error(DAYS[0], _("至少要有一天的工作时间"))
        elif self.instance is not None and not self.errors:
            new = proposed_clock(self.instance, weekly=ALL_WEEK if values["all_day"] else tuple(week))
            self.look_first(self.instance, new)
        return values


class CalendarForm(CalendarChangeForm):
    copy_from = forms.ModelChoiceField(
        WorkCalendar.objects.filter(all_day=False),
        label=_("放假和调休"),
        required=False,
        empty_label=_("从空白开始"),
        help_text=_("从这个日历复制，以后各改各的"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("copy_from", default_calendar())


class _ArrangementForm(PreviewedForm):
    kind = forms.ChoiceField(
        label=_("类型"),
        choices=CalendarException.Kind.choices,
        widget=forms.RadioSelect,
        initial=CalendarException.Kind.HOLIDAY,
    )
    name = forms.CharField(label=_("名称"), max_length=20, required=False, help_text=_("如 国庆节、春节值班、盘点"))
    hours = HoursField(label=_("上班时间"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendar = self.calendar()
        usual = hours_words(usual_day(calendar.hours))
        self.fields["hours"].help_text = (
            _("放假留空表示全天不上班，也可以写这几天的值班时间；调休留空同平日（%s）") % usual
        )
        self.fields["hours"].widget.attrs["placeholder"] = _("如 09:00-12:00")

    def calendar(self) -> WorkCalendar:
        assert isinstance(self.instance, WorkCalendar)
        return self.instance

    def look(self, first: Any, last: Any) -> None:
        values = self.cleaned_data
        if self.errors or not first or not 0 <= (last - first).days <= 366:
            return
        arranged = (values["kind"], values["hours"])
        days = {first + timedelta(days=n): arranged for n in range((last - first).days + 1)}
        self.look_first(self.calendar(), proposed_clock(self.calendar(), dates=days))


class ExceptionForm(_ArrangementForm):
    start = DateField(label=_("日期"))
    end = DateField(label=_("至"), required=False, help_text=_("只有一天的留空"))
    field_order = ("start", "end", "kind", "name", "hours")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        self.look(values.get("start"), values.get("end") or values.get("start"))
        return values


class ExceptionChangeForm(_ArrangementForm):
    def __init__(self, *args: Any, instance: CalendarException, initial: Any = None, **kwargs: Any) -> None:
        known = {"kind": instance.kind, "name": instance.name, "hours": instance.day}
        super().__init__(*args, instance=instance, initial=known | (initial or {}), **kwargs)

    def calendar(self) -> WorkCalendar:
        assert isinstance(self.instance, CalendarException)
        return self.instance.calendar

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        self.look(self.instance.date, self.instance.date)
        return values


class ExceptionRemoveForm(Form):
    """Asks about the neighbours only where there are some."""

    whole = forms.BooleanField(required=False)

    def __init__(self, *args: Any, instance: CalendarException, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        part = stretch_of(instance)
        if len(part) == 1:
            del self.fields["whole"]
        else:
            words = {"n": len(part), "first": f"{part[0].date:%m-%d}", "last": f"{part[-1].date:%m-%d}"}
            self.fields["whole"].label = _("连着的 %(n)d 天一起删除（%(first)s 至 %(last)s）") % words


class HolidayListForm(Form):
    """The yearly list: pasted, or as a file; for one calendar or for several."""

    calendars = forms.ModelMultipleChoiceField(
        WorkCalendar.objects.filter(all_day=False), label=_("写入哪些日历"), widget=forms.CheckboxSelectMultiple
    )
    year = forms.IntegerField(
        label=_("年份"), min_value=2000, max_value=2100, help_text=_("用于没有写年份的日期；通知里写了年份的以通知为准")
    )
    text = LinesField(
        label=_("粘贴"),
        required=False,
        help_text=_("可以直接粘贴国务院办公厅的放假通知，也可以从 Excel 复制几列粘贴"),
    )
    file = forms.FileField(
        label=_("或上传 Excel"),
        required=False,
        help_text=_("列：日期、至、类型、名称、上班时间；xlsx、xls 或 CSV，最大 2 MB"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendars: Any = self.fields["calendars"]
        self.initial.setdefault("calendars", list(calendars.queryset))
        self.initial.setdefault("year", year_to_arrange(timezone.localdate()))

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload and upload.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 2 MB"))
        return upload

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not values.get("file") and not values.get("text") and "file" not in self.errors:
            self.add_error("text", _("请粘贴安排，或上传文件"))
        elif values.get("file") and values.get("text"):
            self.add_error("file", _("粘贴和文件请只用一种"))
        return values
