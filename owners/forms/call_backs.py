"""What one call of a call-back came to."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import Form
from owners.states import CallBackOutcome


class CallBackForm(Form):
    outcome = forms.ChoiceField(
        label=_("结果"), choices=CallBackOutcome.choices, widget=forms.RadioSelect, initial=None,
        help_text=_("无人接听时两小时后再打，三次都没接通就结束"),
    )  # fmt: skip
    text = forms.CharField(
        label=_("业主意见"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("不满意时必填；工单会转返工，投诉会重新处理"),
    )  # fmt: skip
