"""Forms of the owners' pages: plain fields with big targets. What a value must look like is the services' business."""

from typing import Any

from django import forms

from core.web.forms import Form


def style(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        field.widget.attrs.setdefault("class", css)


class PortalForm(Form):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, user=None, **options)
        style(self)


def phone_input(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"} | attrs)
