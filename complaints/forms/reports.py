"""What the report is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from complaints.queries.reports.asked import Asked
from complaints.queries.reports.city import formula_of
from complaints.queries.reports.dimensions import BY_CODE, DIMENSIONS
from complaints.states import Kind
from core.web.forms import Form
from core.web.periods import PeriodFields
from properties.models import Community

REPORT = "complaints.report_complaint"
_BY = [(row.code, row.label) for row in DIMENSIONS]


class ReportForm(PeriodFields, Form):
    """Period, community, kind, and by what: `by` alone for one dimension, with `across` for two (`crossed`). The other pages keep both
    in their address, and there they may be the same."""

    community = forms.ModelChoiceField(
        Community.objects.all(), label=_("项目"), required=False, empty_label=_("全部项目")
    )
    kind = forms.ChoiceField(label=_("性质"), choices=[("", _("全部性质")), *Kind.choices], required=False)
    by = forms.ChoiceField(label=_("分项"), choices=_BY)
    across = forms.ChoiceField(label=_("列"), choices=_BY)
    scopes = {"community": REPORT}

    def __init__(self, *args: Any, crossed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.crossed = crossed
        self.offer_periods()
        for name in ("community", "kind", "by", "across"):
            self.fields[name].widget.attrs["class"] = "form-select"

    def clean(self) -> dict[str, Any]:
        values = dict(super().clean() or {})
        if self.crossed and values.get("by") and values.get("by") == values.get("across"):
            self.add_error("across", now("行和列请选择两个不同的维度"))
        return values

    def asked(self) -> Asked:
        values = self.cleaned_data
        return Asked(values["asked_period"], values["community"], values["kind"])

    @property
    def by_what(self) -> Any:
        return BY_CODE[self.cleaned_data["by"]]

    @property
    def across_what(self) -> Any:
        return BY_CODE[self.cleaned_data["across"]]


class FormulaForm(Form):
    """The three rates in the words of the community's city, and how long its cases may take."""

    responded = forms.CharField(label=_("响应率口径"), max_length=300, required=False)
    resolved = forms.CharField(label=_("解决率口径"), max_length=300, required=False)
    satisfied = forms.CharField(label=_("满意率口径"), max_length=300, required=False)
    basis = forms.CharField(label=_("依据"), max_length=100, required=False, help_text=_("文件名称或文号"))
    urgent_hours = forms.IntegerField(label=_("突发办结（小时）"), min_value=1, max_value=720, required=False)
    utility_hours = forms.IntegerField(label=_("水电气热办结（小时）"), min_value=1, max_value=720, required=False)
    plain_days = forms.IntegerField(label=_("一般办结（天）"), min_value=1, max_value=365, required=False)
    complex_days = forms.IntegerField(label=_("复杂办结（天）"), min_value=1, max_value=365, required=False)
    sections = (
        (_("三率口径"), ("responded", "resolved", "satisfied", "basis")),
        (_("办结时限"), ("urgent_hours", "utility_hours", "plain_days", "complex_days")),
    )

    def __init__(self, *args: Any, instance: Community, **kwargs: Any) -> None:
        kept = formula_of(instance.city)
        if kept is not None:
            kwargs["initial"] = {name: getattr(kept, name) for name in self.base_fields} | (kwargs.get("initial") or {})
        super().__init__(*args, instance=instance, **kwargs)
        city = instance.city or instance.name
        self.fields["responded"].help_text = now("照%(city)s热线文件的原文写，同城的项目共用") % {"city": city}
        self.fields["urgent_hours"].help_text = now(
            "派发单位没写办结时限的，从登记时间起按自然时间算；不填的由登记人自己填"
        )
