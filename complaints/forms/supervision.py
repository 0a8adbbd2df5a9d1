"""A demand, and its answer."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web.forms import Form, MomentField


class SuperviseForm(Form):
    demand = forms.CharField(label=_("督办要求"), max_length=200, widget=forms.Textarea({"rows": 2}))
    due_at = MomentField(label=_("要求完成时间"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_at"].initial = timezone.localtime(timezone.now() + timedelta(hours=24)).replace(minute=0)


class ReplyForm(Form):
    reply = forms.CharField(
        label=_("回复"), max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text=_("原因、现在到哪一步、什么时候能答复客户"),
    )  # fmt: skip
