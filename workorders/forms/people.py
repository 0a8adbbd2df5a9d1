"""Forms about repairers: who, what they can do, when they work."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.forms import StaffField
from core.errors import BadValue
from core.web.forms import DateField, Form, ModelForm, MomentField
from properties.models import Building
from workorders.hours import Span, read_hours
from workorders.models import DispatchSetting, Repairer
from workorders.queries.people import typed_week
from workorders.services.people import WEEKDAYS
from workorders.states import Duty

_HERE = {"data-picker": ""}
_HOURS_HELP = _("如 08:30-12:00 13:30-17:30；夜班 22:00-06:00；不填为休息")


class BuildingsField(forms.ModelMultipleChoiceField):
    def __init__(self, **options: Any) -> None:
        widget = forms.SelectMultiple({**_HERE, "data-wide": "1"})
        super().__init__(Building.objects.filter(disabled_at__isnull=True), widget=widget, required=False, **options)

    def label_from_instance(self, building: Any) -> str:
        return str(building.label)


class RepairerChangeForm(ModelForm):
    buildings = BuildingsField(label=_("负责楼栋"), help_text=_("不选：负责所有楼栋"))

    class Meta:
        model = Repairer
        fields: Any = ("skills", "buildings", "automatic")
        widgets = {"skills": forms.SelectMultiple({**_HERE, "data-wide": "1"})}
        help_texts = {"automatic": _("自动派单可以选他；要先在派工台打开自动派单")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["buildings"]
        field.queryset = field.queryset.filter(community=self._community()).order_by("sort_key", "pk")

    def _community(self) -> Any:
        return self.instance.community_id


class RepairerForm(RepairerChangeForm):
    user = StaffField(label=_("人员"))
    scopes = {"community": "workorders.add_repairer"}

    class Meta(RepairerChangeForm.Meta):
        fields = ("community", "user", *RepairerChangeForm.Meta.fields)

    def _community(self) -> Any:
        """The one chosen, else the one in which the person works."""
        chosen = self.data.get("community") or self.initial.get("community") or None
        return chosen if str(chosen or "").isdecimal() else None


class HoursField(forms.CharField):
    """Hours of one day as people type them; cleaned to spans of minutes."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput({"placeholder": "08:30-12:00 13:30-17:30", "autocomplete": "off"}))
        super().__init__(required=False, max_length=80, **options)

    def clean(self, value: Any) -> list[Span]:  # type: ignore[override]
        try:
            return read_hours(super().clean(value) or "")
        except BadValue as error:
            raise forms.ValidationError(f"{error.sentence}{f'，{error.fix}' if error.fix else ''}") from None


class RotaForm(Form):
    """The weekly rota: one line a day."""

    day_0 = HoursField(label=WEEKDAYS[0], help_text=_HOURS_HELP)
    day_1 = HoursField(label=WEEKDAYS[1])
    day_2 = HoursField(label=WEEKDAYS[2])
    day_3 = HoursField(label=WEEKDAYS[3])
    day_4 = HoursField(label=WEEKDAYS[4])
    day_5 = HoursField(label=WEEKDAYS[5])
    day_6 = HoursField(label=WEEKDAYS[6])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for weekday, typed in typed_week(self.instance).items():
            self.initial.setdefault(f"day_{weekday}", typed)

    def clean(self) -> dict[str, Any]:
        return {"week": {weekday: self.cleaned_data.get(f"day_{weekday}", []) for weekday in range(7)}}


class DayForm(Form):
    """One day that differs."""

    day = DateField(label=_("日期"))
    hours = HoursField(label=_("上班时段"), help_text=_("不填：这一天休息"))
    reason = forms.CharField(label=_("原因"), max_length=60, required=False, help_text=_("如 年假、调班"))


class DutyForm(Form):
    """What holds instead of the rota, and until when."""

    duty = forms.ChoiceField(label=_("状态"), choices=Duty.choices)
    until = MomentField(label=_("到什么时候"), help_text=_("到时自动恢复按排班"))
    note = forms.CharField(label=_("去向"), max_length=60, required=False, help_text=_("如 建材市场"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        later = timezone.localtime() + timedelta(hours=2)
        self.initial.setdefault("until", later.replace(minute=later.minute // 10 * 10, second=0, microsecond=0))
        self.initial.setdefault("duty", Duty.OUT)


class SettingForm(ModelForm):
    """Weights and the switch of one community."""

    sections = (
        (_("自动派单"), ("automatic", "most_orders")),
        (_("排序权重（合计 100）"), ("skill_weight", "distance_weight", "load_weight", "household_weight")),
    )

    class Meta:
        model = DispatchSetting
        fields = ("automatic", "most_orders", "skill_weight", "distance_weight", "load_weight", "household_weight")
