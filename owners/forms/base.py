"""What the forms of this floor share: choices inside the reader's scope, days, flags."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.web.forms import BaseForm, DateField
from owners.forms.fields import PickerField
from owners.models import Owner
from owners.queries.rooms import visible_units
from owners.visibility import Eyes
from properties.models import Community, Unit

VIEW = "owners.view_owner"


def unit_field(**options: Any) -> PickerField:
    options.setdefault("label", _("房号"))
    return PickerField(
        "owners:unit_picker",
        lambda row, user: row.label,
        _("房号、姓名、拼音"),
        queryset=Unit.objects.none(),
        **options,
    )


def owner_field(**options: Any) -> PickerField:
    options.setdefault("label", _("住户"))
    label = lambda row, user: f"{Eyes(user).owner_name(row)}（{row.number}）"  # noqa: E731
    return PickerField(
        "owners:owner_picker", label, _("姓名、拼音、手机后四位"), queryset=Owner.objects.none(), **options
    )


def today_field(**options: Any) -> DateField:
    return DateField(initial=timezone.localdate, **options)


class ScopedChoices(BaseForm):
    """Mixin: pickers offer what the person may see, and nothing else is accepted when it is posted. Places are those where the
    person holds `permission`, the right to write: a reader elsewhere does not become a writer there."""

    permission = VIEW

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        for field in self.fields.values():
            if isinstance(field, PickerField):
                field.user = user
                field.queryset = (
                    visible_units(user, self.permission)
                    if _model(field) is Unit
                    else Owner.objects.visible_to(user, VIEW).active()
                )
            elif isinstance(field, forms.ModelChoiceField) and _model(field) is Community:
                field.queryset = Community.objects.visible_to(user, self.permission).filter(disabled_at__isnull=True)


def _model(field: forms.ModelChoiceField) -> type[models.Model]:
    rows = field.queryset
    assert rows is not None  # only while Django builds the field of a foreign key
    return rows.model
