"""How long the clocks of cases give, and what follows by itself when a repair is given few stars."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models import ClockStandard, LowRatingRule
from complaints.models.low_ratings import MOST_STARS
from complaints.services.low_ratings import CHANGE as CHANGE_RULE
from complaints.services.standards import OF_THE_HOUSE
from complaints.states import Basis, Kind, LowAct
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


class LowRuleChangeForm(ModelForm):
    stars = forms.TypedChoiceField(
        label=_("几星及以下"), coerce=int, choices=[(n, _("%(n)d 星及以下") % {"n": n}) for n in range(1, MOST_STARS + 1)],
        widget=forms.RadioSelect, initial=2,
    )  # fmt: skip
    act = forms.ChoiceField(
        label=_("怎样处理"), choices=LowAct.choices, widget=forms.RadioSelect, initial=LowAct.ASK,
        help_text=_("三星及以下不论怎样处理都会回访。自动登记的投诉来源是“评价”，由别人处理，受理投诉的人会收到提醒"),
    )  # fmt: skip

    class Meta:
        model = LowRatingRule
        fields: tuple[str, ...] = ("stars", "act")


class LowRuleForm(LowRuleChangeForm):
    """One community's own, before that of all."""

    scopes = {"community": CHANGE_RULE}

    class Meta(LowRuleChangeForm.Meta):
        fields = ("community", "stars", "act")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["community"].required = True
        self.fields["community"].help_text = _("只对这个项目生效，优先于所有项目的规则")
