"""The acts of a repairer are asked in two places: on the desktop page of an order, and on his phone. One view serves both: whoever
came from the phone gets the phone's frame and goes back there."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from core.web.forms import BaseForm, DateField
from core.web.pages import UpdateView
from workorders.models import WorkOrder

_PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.HiddenInput)


def enlarge(form: BaseForm) -> BaseForm:
    """Fields as the phone's style sheet draws them; dates by the phone's own calendar."""
    for field in form.fields.values():
        widget: Any = field.widget
        if isinstance(field, DateField):
            widget.input_type = "date"
        if not isinstance(widget, _PLAIN):
            css = "form-select" if isinstance(widget, forms.Select) else "form-control"
            widget.attrs.setdefault("class", css)
    return form


class FromPhone(UpdateView):
    """Mixed in before ActionView or UpdateView. `phone_template` is the act's page on the phone."""

    phone_template = "workorders/phone_act.html"

    @property
    def on_phone(self) -> bool:
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        return asked.get("from") == "phone"

    def page(self, form: BaseForm, obj: Any, draft: Any = None) -> HttpResponse:
        if self.on_phone:
            self.template_name = self.phone_template
            enlarge(form)
        return super().page(form, obj)

    def next_url(self, saved: Any) -> str:
        return phone_url(self.kwargs["pk"]) if self.on_phone else self.desk_url(saved)

    def desk_url(self, saved: Any) -> str:
        return str(super().next_url(saved))

    def cancel_url(self, obj: Any) -> str:
        return phone_url(self.kwargs["pk"]) if self.on_phone else str(super().cancel_url(obj))


def phone_url(pk: int) -> str:
    return reverse("workorders:phone_order", args=[pk])


def order_url(order: WorkOrder) -> str:
    return str(order.get_absolute_url())
