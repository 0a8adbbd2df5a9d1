"""How a person wants to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import inbox_kinds, inbox_ways
from core.models import InboxAddress, InboxPreference
from core.web.forms import Form


class PreferencesForm(Form):
    """One line for each kind of message, one box for each way there is at present. A way that is switched off for the house keeps what
    was chosen of it."""

    email = forms.EmailField(label=_("接收邮箱"), required=False, max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = inbox_ways.available()
        self.kinds = inbox_kinds.for_user(self.user)
        self.kept = {row.kind: row for row in InboxPreference.objects.filter(user=self.user)}
        if not self.has_email:
            del self.fields["email"]
        else:
            address = InboxAddress.objects.filter(user=self.user).first()
            self.initial.setdefault("email", str(address.email) if address else "")
        for kind in self.kinds:
            self._add_boxes(kind)

    def _add_boxes(self, kind: inbox_kinds.Kind) -> None:
        row = self.kept.get(kind.code)
        rings = kind.demands or row is None or row.rings
        bell = forms.BooleanField(label=_("站内消息"), required=False, initial=rings, disabled=kind.demands)
        self.fields[self._name(kind, "bell")] = bell
        for way in self.ways:
            chosen = row is not None and way.code in row.ways
            self.fields[self._name(kind, way.code)] = forms.BooleanField(
                label=way.label, required=False, initial=chosen
            )
        for column in ("bell", *(way.code for way in self.ways)):
            field = self.fields[self._name(kind, column)]
            field.widget.attrs |= {"class": "form-check-input", "aria-label": f"{kind.label} {field.label}"}

    @property
    def has_email(self) -> bool:
        return any(way.code == inbox_ways.EMAIL for way in self.ways)

    @staticmethod
    def _name(kind: inbox_kinds.Kind, column: str) -> str:
        return f"{kind.code.replace('.', '-')}__{column}"

    def lines(self) -> list[dict[str, Any]]:
        """[{kind, boxes}] for the page, the boxes in the order of its columns."""
        columns = ["bell", *(way.code for way in self.ways)]
        return [{"kind": kind, "boxes": [self[self._name(kind, name)] for name in columns]} for kind in self.kinds]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        offered = {way.code for way in self.ways}
        choices = {}
        for kind in self.kinds:
            row = self.kept.get(kind.code)
            hidden = [code for code in row.ways if code not in offered] if row else []
            ways = [code for code in offered if values.get(self._name(kind, code))]
            choices[kind.code] = (bool(values.get(self._name(kind, "bell"))), hidden + ways)
        email = values.get("email", "") if self.has_email else self._stored_email()
        return {"choices": choices, "email": email}

    def _stored_email(self) -> str:
        address = InboxAddress.objects.filter(user=self.user).first()
        return str(address.email) if address else ""
