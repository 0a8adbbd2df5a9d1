"""Form fields of orders: the type with its defaults, where it is, when somebody may come, photos."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.errors import BadValue
from core.models import DictItem
from core.normalise import normalise_phone
from core.statements import Statement
from properties.models import Building, Place
from workorders.models import ClockRule, RepairRule
from workorders.states import Clock, Urgency

SLOT_HOURS = 2
FIRST_HOUR, LAST_HOUR = 8, 20
ADD = "workorders.add_workorder"


class KindSelect(forms.Select):
    """All types under their first level, found by typing; what follows from each is beside them for static/js/intake.js."""

    def __init__(self) -> None:
        super().__init__({"data-picker": "", "data-placeholder": _("输入类型，如 漏水、跳闸")})

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        defaults = {rule.kind: {"urgency": rule.urgency, "area": rule.area, "days": rule.days} for rule in _rules(self)}
        return super().build_attrs(base_attrs, extra_attrs) | {"data-rules": json.dumps(defaults)}


class Offered(NamedTuple):
    """A type with what follows from it, as the page needs it: of a hundred rules whole rows and their words take long to make."""

    kind: int
    name: str
    stopped_at: datetime | None
    category: str
    urgency: str
    area: str
    days: int


_OFFERED = Statement(
    lambda: RepairRule.objects.order_by("category__sort", "kind__sort", "kind_id").values_list(
        "kind_id", "kind__name", "kind__disabled_at", "category__name", "urgency", "area", "duplicate_days"
    )
)
_PROMISED = Statement(
    lambda clock: ClockRule.objects.filter(clock=clock, kind__isnull=True).values_list("urgency", "minutes"), "?"
)


def _rules(widget: Any) -> list[Offered]:
    found: list[Offered] = widget.rules
    return found


class KindField(forms.ChoiceField):
    """Cleans to the item of the dictionary. Types without a rule cannot be reported, and stopped ones are not offered, except the one
    the order has."""

    widget = KindSelect

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("类型"))
        super().__init__(**options)

    def load(self, kept: int | None = None) -> None:
        rows = (Offered(*row) for row in _OFFERED.rows())
        rules = [rule for rule in rows if rule.stopped_at is None or rule.kind == kept]
        self.widget.rules = rules  # type: ignore[attr-defined]
        self.choices = [("", "")] + [(str(rule.kind), f"{rule.category} / {rule.name}") for rule in rules]

    def clean(self, value: Any) -> DictItem | None:  # type: ignore[override]
        text = super().clean(str(getattr(value, "pk", value) or ""))
        return DictItem.objects.filter(pk=int(text)).first() if text else None


class SpotField(forms.CharField):
    """A public place or a whole building: p12 or b3. Cleans to the row, which must be in the person's scope under `permission`; `picker`
    is asked under the same."""

    user: Any = None

    def __init__(self, *, permission: str = ADD, picker: str = "workorders:spot_picker", **options: Any) -> None:
        self.permission = permission
        widget = forms.Select({"data-picker": reverse_lazy(picker), "data-placeholder": _("如 地下车库、2 号梯、3 栋")})
        options.setdefault("label", _("公共区域或楼栋"))
        super().__init__(widget=widget, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        chosen = value if isinstance(value, (Place, Building)) else self.find(str(value or ""))
        self.widget.choices = [("", "")]  # type: ignore[attr-defined]
        if chosen is None:
            return ""
        self.widget.choices.append((spot_key(chosen), spot_label(chosen)))  # type: ignore[attr-defined]
        return spot_key(chosen)

    def clean(self, value: Any) -> Place | Building | None:
        text = str(value or "")
        if not text:
            return None
        found = self.find(text)
        if found is None:
            raise ValidationError(_("没有这个位置，或不在您的数据范围内"))
        return found

    def find(self, text: str) -> Place | Building | None:
        key = text[1:]
        if not key.isdecimal() or len(key) > 18 or self.user is None:
            return None
        model: Any = {"p": Place, "b": Building}.get(text[0])
        if model is None:
            return None
        rows = model.objects.visible_to(self.user, self.permission).filter(disabled_at__isnull=True)
        found: Place | Building | None = rows.select_related("community").filter(pk=key).first()
        return found


def spot_key(row: Place | Building) -> str:
    return f"{'p' if isinstance(row, Place) else 'b'}{row.pk}"


def spot_label(row: Place | Building) -> str:
    return str(row) if isinstance(row, Place) else row.label


class PhoneField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("联系电话"))
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(widget=widget, required=False, max_length=30, **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return normalise_phone(text)
        except BadValue as error:
            raise ValidationError(f"{error.sentence}（{error.fix}）" if error.fix else error.sentence) from None


def urgency_steps() -> list[tuple[str, Any]]:
    """The four steps, each with what it promises (design 15)."""
    minutes: dict[str, int] = dict(_PROMISED.rows(Clock.RESPONSE))
    return [(code, _step(label, minutes.get(code))) for code, label in Urgency.choices]


def _step(label: Any, minutes: int | None) -> Any:
    promise = _("%(n)d 分内派出") % {"n": minutes} if minutes else ""
    return format_html("<b>{}</b><small>{}</small>", label, promise)


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to a list."""

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        options.setdefault("required", False)
        super().__init__(widget=FilesInput(attrs={"accept": "image/*", "data-wide": ""}), **options)

    def clean(self, value: Any, initial: Any = None) -> list[Any]:  # type: ignore[override]
        files = [file for file in (value if isinstance(value, (list, tuple)) else [value]) if file]
        if self.required and not files:
            raise ValidationError(_("请选择文件"))
        if len(files) > self.most:
            raise ValidationError(_("最多 %(most)d 张") % {"most": self.most})
        return [super(FilesField, self).clean(file, initial) for file in files]


def slots() -> list[tuple[str, str]]:
    """08:00–10:00 … 18:00–20:00."""
    hours = range(FIRST_HOUR, LAST_HOUR, SLOT_HOURS)
    return [(f"{hour:02}:00-{hour + SLOT_HOURS:02}:00", f"{hour:02}:00–{hour + SLOT_HOURS:02}:00") for hour in hours]


def slot_of(start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return ""
    return f"{timezone.localtime(start):%H:%M}-{timezone.localtime(end):%H:%M}"


def moments_of(day: date, slot: str) -> tuple[datetime, datetime]:
    """The appointment as two moments; one that ends at or before it begins reaches into the next day."""
    start, end = (time.fromisoformat(part) for part in slot.split("-"))
    begins, ends = (timezone.make_aware(datetime.combine(day, part)) for part in (start, end))
    return begins, ends if ends > begins else ends + timedelta(days=1)
