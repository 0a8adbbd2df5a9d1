"""A repair that a household asks for when it is called (回访)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import Form
from workorders.forms.fields import KindField
from workorders.models.orders import DESCRIPTION_LENGTH
from workorders.states import Urgency


class FromCallForm(Form):
    kind = KindField(label=_("报修类型"))
    urgency = forms.ChoiceField(label=_("紧急程度"), choices=[("", _("按报修类型")), *Urgency.choices], required=False)
    description = forms.CharField(
        label=_("要修什么"), max_length=DESCRIPTION_LENGTH, min_length=2, widget=forms.Textarea({"rows": 3}),
        help_text=_("维修人员会看到"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].load()  # type: ignore[attr-defined]
        self.initial.setdefault("description", self.instance.result)
