"""Forms of 交接班."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import Form
from properties.models import Community


class GiveForm(Form):
    community = forms.ModelChoiceField(Community.objects.all(), label=_("项目"))
    note = forms.CharField(
        label=_("交代的话"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("物品、钥匙、现场和要特别留意的住户；上面列出的不用再写"),
    )  # fmt: skip
    scopes = {"community": "workorders.sign_handover"}


class TakeForm(Form):
    note = forms.CharField(
        label=_("补充"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("与交接内容不一致的，写在这里"),
    )  # fmt: skip
