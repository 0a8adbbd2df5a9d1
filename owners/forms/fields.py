"""Form fields of this floor: phones, values that stay when left blank, pickers over half a million rows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from core.errors import BadValue
from core.models import DictItem
from owners.services.identity import normal_phone

CLEAR = "清空"


class PhoneField(forms.CharField):
    """A telephone number in its canonical form; the refusal says how to mend it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 30)
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(widget=widget, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normal_phone(text)
        except BadValue as error:
            raise ValidationError(f"{error.sentence}（{error.fix}）" if error.fix else error.sentence) from None


class KeepField(forms.CharField):
    """A protected value that is never sent to the page: blank keeps it, 清空 clears it. Cleans to None, '' or the new value."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("help_text", _("留空不变，填“清空”则清除"))
        super().__init__(widget=forms.TextInput(attrs={"autocomplete": "off"}), **options)

    def clean(self, value: Any) -> str | None:
        text = super().clean(value).strip()
        return None if not text else "" if text == CLEAR else text


class PickerSelect(forms.Select):
    """A select that holds only what is chosen; tomselect-init.js asks `url` for the rest."""

    def __init__(self, url: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs)
        self.url = url

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        return super().build_attrs(base_attrs, extra_attrs) | {"data-picker": str(reverse_lazy(self.url))}

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        chosen = [item for item in value if str(item).isdecimal()]
        choices: Any = self.choices  # of a model field: they know their field
        field = choices.field
        rows = list(field.queryset.filter(pk__in=chosen)) if chosen else []
        options = [self.create_option(name, "", "", not rows, 0)]
        options += [self.create_option(name, row.pk, field.label_from_instance(row), True, 1) for row in rows]
        return [(None, options, 0)]


class PickerField(forms.ModelChoiceField):
    """`label_of(row, user)` gives what stands in the box; the user is set by the form."""

    user: Any = None

    def __init__(self, url: str, label_of: Any, placeholder: Any = "", **options: Any) -> None:
        self.label_of = label_of
        widget = PickerSelect(url, attrs={"data-placeholder": placeholder})
        super().__init__(widget=widget, **options)

    def label_from_instance(self, row: Any) -> str:
        return self.label_of(row, self.user)


def dictionary(code: str, **options: Any) -> forms.ModelChoiceField:
    """The items of one dictionary that are not stopped."""
    return forms.ModelChoiceField(DictItem.objects.of(code), **options)
