"""The stretch of days a report speaks of: a month, a quarter, a year, or from one day to another; and what it is compared with."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.web.forms import DateField

RANGE = "range"
MOST_DAYS = 366
_CODE = re.compile(r"(?P<year>20\d\d)(?:-(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4]))?")


@dataclass(frozen=True)
class Period:
    """Both days are included; `months` is how many it is long as a calendar knows it, 0 for any days."""

    start: date
    end: date
    months: int = 0

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def label(self) -> str:
        if self.months == 1:
            return _("%(year)d年%(month)d月") % {"year": self.start.year, "month": self.start.month}
        if self.months == 3:
            return _("%(year)d年%(quarter)s季度") % {
                "year": self.start.year, "quarter": "一二三四"[(self.start.month - 1) // 3],
            }  # fmt: skip
        if self.months == 12:
            return _("%(year)d年") % {"year": self.start.year}
        return f"{self.start:%Y-%m-%d} – {self.end:%Y-%m-%d}"

    def until(self, today: date) -> "Period":
        """As far as it has come: a month that is running is compared with as many days of the one before."""
        return Period(self.start, max(self.start, min(self.end, today)), self.months)

    def previous(self, today: date) -> "Period":
        """The period before it, of the same length (环比)."""
        if not self.months:
            return Period(self.start - timedelta(days=self.days), self.start - timedelta(days=1))
        return self._moved(self.months, today)

    def last_year(self, today: date) -> "Period":
        """The same days a year ago (同比)."""
        if not self.months:
            return Period(_months_before(self.start, 12), _months_before(self.end, 12))
        return self._moved(12, today)

    def _moved(self, months: int, today: date) -> "Period":
        start = _months_before(self.start, months)
        end = _months_before(self.start, months - self.months) - timedelta(days=1)
        if self.start <= today < self.end:
            end = min(end, start + (today - self.start))
        return Period(start, end, self.months)


def _months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the last of a month that is shorter."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_of(day: date) -> Period:
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]), 1)


def parse(code: str) -> Period | None:
    """2026-11, 2026Q4, 2026."""
    found = _CODE.fullmatch(code)
    if found is None:
        return None
    year = int(found["year"])
    if found["month"]:
        return month_of(date(year, int(found["month"]), 1))
    first = int(found["quarter"]) * 3 - 2 if found["quarter"] else 1
    months = 3 if found["quarter"] else 12
    return Period(date(year, first, 1), month_of(date(year, first + months - 1, 1)).end, months)


def choices(today: date, kept: str = "") -> list[tuple[Any, Any]]:
    """Two years of months, as many of quarters, five years; `kept` is in the address and may be older."""
    firsts = [_months_before(today.replace(day=1), back) for back in range(25)]
    months = [f"{day:%Y-%m}" for day in firsts]
    quarters = list(dict.fromkeys(f"{day.year}Q{(day.month + 2) // 3}" for day in firsts))[:8]
    years = [str(today.year - back) for back in range(5)]
    groups = [
        (_("按月"), list(_named(months))), (_("按季度"), list(_named(quarters))), (_("按年"), list(_named(years))),
    ]  # fmt: skip
    own = parse(kept) if kept and kept not in {*months, *quarters, *years} else None
    return [(RANGE, _("自定日期")), *([(kept, own.label)] if own else []), *groups]


def _named(codes: list[str]) -> Iterator[tuple[str, str]]:
    for code in codes:
        period = parse(code)
        if period is not None:
            yield code, period.label


def usual(today: date) -> str:
    """The running month; on its first days the one before, which is what is asked then."""
    return f"{today if today.day > 3 else _months_before(today, 1):%Y-%m}"


class PeriodFields(forms.Form):
    """The three fields a report's question has for its period; `cleaned_data["asked_period"]` is a Period."""

    period = forms.CharField(label=lazy("统计周期"), max_length=10, widget=forms.Select)
    start = DateField(label=lazy("从"), required=False)
    end = DateField(label=lazy("到"), required=False)

    def offer_periods(self) -> None:
        today = timezone.localdate()
        field = self.fields["period"]
        field.widget.choices = choices(today, str(self["period"].value() or ""))
        field.widget.attrs |= {"class": "form-select", "data-shows": '{"range": ["start", "end"]}'}
        for name in ("start", "end"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        values["asked_period"] = (
            self._range(values) if values.get("period") == RANGE else parse(values.get("period") or "")
        )
        if values["asked_period"] is None and not self.errors:
            self.add_error("period", _("请选择统计周期"))
        return values

    def _range(self, values: dict[str, Any]) -> Period | None:
        start, end = values.get("start"), values.get("end")
        for name in ("start", "end"):
            if not values.get(name) and name not in self.errors:
                self.add_error(name, _("请填写日期"))
        if not start or not end:
            return None
        if start > end:
            self.add_error("end", _("结束日期不能早于开始日期"))
        elif (end - start).days >= MOST_DAYS:
            self.add_error("end", _("一次最多看一年"))
        return Period(start, end)
