"""The reviewer's two answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import Form


class AdoptForm(Form):
    """Carries what the reviewer has compared with."""

    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)


class RejectForm(Form):
    reason = forms.CharField(
        label=_("给住户的答复"), max_length=200, help_text=_("住户会在手机上看到，例如：请带身份证到服务中心变更")
    )
