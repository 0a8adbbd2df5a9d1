"""How long the clocks of cases give."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models import ClockStandard
from complaints.services.standards import OF_THE_HOUSE
from complaints.states import Basis, Kind
from core.web.forms import ModelForm


class StandardForm(ModelForm):
    """How long, and what counts."""

    basis = forms.ChoiceField(label=_("计时"), choices=Basis.choices, widget=forms.RadioSelect)
    amount = forms.IntegerField(
        label=_("时长"), min_value=1, help_text=_("按工作日计时的填天数，其余填分钟，如 30、1440（24 小时）")
    )

    class Meta:
        model = ClockStandard
        fields = ("basis", "amount")


class StandardCreateForm(StandardForm):
    """One kind's own, before the one of its level."""

    kind = forms.ChoiceField(
        label=_("性质"), choices=Kind.choices, help_text=_("只对这一性质生效，优先于级别的通用标准")
    )

    class Meta(StandardForm.Meta):
        fields = ("kind", "level", "clock", "basis", "amount")  # type: ignore[assignment]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        clock: Any = self.fields["clock"]
        clock.choices = [("", _("请选择")), *((one, one.label) for one in OF_THE_HOUSE)]
