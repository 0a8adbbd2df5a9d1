"""Form bases: scope-aware choices, dictionary fields, dates as people type them."""

from collections.abc import Callable
from typing import Any, ClassVar, cast

from django import forms
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.errors import BadValue
from core.models import DictItem
from core.normalise import clean_line, clean_note, clean_text, parse_date_text, parse_moment_text
from core.querysets import visible

_OWN_WORDS = 100  # characters, from which on a text field holds sentences
_DASHES = "---------"  # what Django offers where nothing is chosen yet


class DateField(forms.DateField):
    """2026-11-22, 20261122, 2026/1/5, 2026年1月5日; the browser side also completes 11-22 (static/js/date-input.js)."""

    widget = forms.TextInput(attrs={"data-date": "", "placeholder": "2026-11-22", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                return parse_date_text(value)
            except BadValue as error:
                raise forms.ValidationError(error.sentence) from None
        return super().to_python(value)


class MomentField(forms.DateTimeField):
    """2026-11-23 14:00 and what core.normalise.parse_moment_text takes. A browser's own control shows day and month in the order of the
    browser's language, whatever the page says; this one shows what everybody here writes. The browser side completes it and has a
    calendar (static/js/date-input.js)."""

    def __init__(self, **options: Any) -> None:
        attrs = {"data-moment": "", "placeholder": "2026-11-23 14:00", "autocomplete": "off"}
        options.setdefault("widget", forms.DateTimeInput(attrs=attrs, format="%Y-%m-%d %H:%M"))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                value = parse_moment_text(value, timezone.localdate())
            except BadValue as error:
                raise forms.ValidationError("，".join(filter(None, (error.sentence, error.fix)))) from None
        return super().to_python(value)


class BaseForm(forms.BaseForm):
    """Beginning of every form: knows the user; cleans text; `sections` = [(title, field names)] groups the fields on the page.

    `scopes` = {field: permission}: the choices of the field are the rows the user may see under that permission.

    Codes, numbers and names are brought to half width, so that they are found and compared; what people write in their own words keeps
    its Chinese punctuation (and its line breaks, in a box of several lines). A plain text field of 100 characters and more is taken
    for such words; `free_text` names shorter ones, `codes` longer ones that are not.
    """

    base_fields: ClassVar[dict[str, forms.Field]]
    sections: tuple[tuple[Any, tuple[str, ...]], ...] = ()
    scopes: dict[str, str] = {}
    free_text: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self._tune(name, field)

    def _tune(self, name: str, field: forms.Field) -> None:
        if name in self.scopes:
            choices = cast(forms.ModelChoiceField, field)
            choices.queryset = visible(_rows(choices).model, self.user, self.scopes[name])
        if isinstance(field, Offers):
            cast(forms.ModelChoiceField, field).queryset = field.offered(
                self.user, self.get_initial_for_field(field, name)
            )
        if isinstance(field, forms.ModelChoiceField) and _rows(field).model is DictItem:
            self._tune_dictionary(name, field)
        if isinstance(field, forms.ModelChoiceField) and field.empty_label == _DASHES:
            field.empty_label = _("请选择") if field.required else _("未指定")
        chosen = isinstance(field, (forms.ChoiceField, forms.ModelChoiceField, forms.FileField))
        field.error_messages["required"] = _("请选择") if chosen else _("请填写")
        if isinstance(field, forms.TypedChoiceField):
            words: Any = field.choices  # pairs by now; the stubs list everything that may be assigned
            field.choices = [(value, word if value else _("请选择")) for value, word in words]
        if isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput):
            # One field of one form instance; a class of our own for every text field could not reach those of model forms.
            field.to_python = _cleaning(field.to_python, self._cleaner(name, field))  # type: ignore[method-assign, assignment]

    def _cleaner(self, name: str, field: forms.CharField) -> Callable[[str], str]:
        if isinstance(field.widget, forms.Textarea):
            return clean_note
        long = type(field) is forms.CharField and (field.max_length or 0) >= _OWN_WORDS
        return clean_line if name in self.free_text or (long and name not in self.codes) else clean_text

    def _tune_dictionary(self, name: str, field: forms.ModelChoiceField) -> None:
        """Active items, and the one the record has even when it was stopped since."""
        kept = Q(pk=getattr(getattr(self, "instance", None), f"{name}_id", None))
        field.queryset = _rows(field).filter(Q(disabled_at__isnull=True) | kept).order_by("sort", "id")
        field.empty_label = _("请选择")


class Offers:
    """Of a choice field that knows by itself which rows it offers to whom; `kept` is what the record has already."""

    def offered(self, user: Any, kept: Any) -> models.QuerySet:
        raise NotImplementedError


def _rows(field: forms.ModelChoiceField) -> models.QuerySet:
    rows = field.queryset
    assert rows is not None  # only while Django builds the field of a foreign key
    return rows


def _cleaning(to_python: Callable[[Any], Any], clean: Callable[[str], str]) -> Callable[[Any], Any]:
    def cleaned(value: Any) -> Any:
        value = to_python(value)
        try:
            return clean(value) if isinstance(value, str) else value
        except BadValue as error:
            raise forms.ValidationError(error.sentence) from None

    return cleaned


class Form(BaseForm, forms.Form):
    """A form that is not about one model."""

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        self.instance = instance
        super().__init__(*args, **kwargs)


class ModelForm(BaseForm, forms.ModelForm):
    """Model fields for the page; it never saves: the view hands `cleaned_data` to a service, which validates the model."""

    def _post_clean(self) -> None:
        """Skips model validation and construction: the service owns both; an instance changed here would hide the old values."""

    def save(self, commit: bool = True) -> Any:
        raise TypeError("forms do not save: call the service")


class ReasonForm(Form):
    """For actions that ask why."""

    reason = forms.CharField(label=_("原因"), max_length=200)


class ConfirmForm(Form):
    """For actions that ask nothing."""
