"""What the statistics are asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import DateField, Form
from properties.models import Community
from workorders.queries.reports import BY_CODE, DIMENSIONS, MOST_DAYS, Asked

REPORT = "workorders.report_workorder"


class ReportForm(Form):
    by = forms.ChoiceField(
        label=_("按"), choices=[(row.code, row.label) for row in DIMENSIONS], widget=forms.HiddenInput
    )
    community = forms.ModelChoiceField(
        Community.objects.all(), label=_("项目"), required=False, empty_label=_("全部项目")
    )
    start = DateField(label=_("受理日期从"))
    end = DateField(label=_("到"))
    scopes = {"community": REPORT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, css in (("start", "form-control"), ("end", "form-control"), ("community", "form-select")):
            self.fields[name].widget.attrs["class"] = css

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        start, end = values.get("start"), values.get("end")
        if start and end and start > end:
            self.add_error("end", _("结束日期不能早于开始日期"))
        elif start and end and (end - start).days >= MOST_DAYS:
            self.add_error("end", _("一次最多看一年"))
        return values

    def asked(self) -> Asked:
        values = self.cleaned_data
        return Asked(BY_CODE[values["by"]], values["start"], values["end"], values["community"])
