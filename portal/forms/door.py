"""The door: a number, and the code that was sent to it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.forms.base import PortalForm, phone_input


class PhoneForm(PortalForm):
    phone = forms.CharField(
        label=_("手机号"),
        max_length=20,
        widget=phone_input(autocomplete="tel-national", type="tel", placeholder=_("在物业登记的手机号")),
    )


class CodeForm(PortalForm):
    code = forms.CharField(
        label=_("验证码"),
        max_length=12,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "placeholder": _("6 位数字"),
                "class": "form-control po-code",
            }
        ),
    )
