"""The template vocabulary of the house: one way to draw an icon, a state, a sum or a date.

Registered as a template builtin, so no page needs to load it.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import forms, template
from django.template import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.choices import BaseChoiceIterator
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

register = template.Library()

DASH = "—"
DECORATIVE = mark_safe('aria-hidden="true"')  # a constant, put into tags by format_html
MINUS = "−"
STATUS_COLOURS = frozenset({"red", "orange", "blue", "green", "grey"})
# A new filter starts on the first page again.
POSITION_PARAMETERS = frozenset({"page", "after", "before", "count"})
# What range widgets add to a field's name.
RANGE_SUFFIXES = ("_min", "_max", "_after", "_before", "_from", "_to", "_0", "_1")


# --- Marks -----------------------------------------------------------------------------------------------------------
@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """One symbol of the sprite. Decorative unless a label says what it means."""
    return _labelled_icon(name, css, label) if label else _icon(name, css)


@lru_cache(maxsize=1024)
def _icon(name: str, css: str) -> SafeString:
    """A list shows two hundred symbols of some forty kinds."""
    return _svg(name, css, DECORATIVE)


def _labelled_icon(name: str, css: str, label: str) -> SafeString:
    return _svg(name, css, format_html('role="img" aria-label="{}"', label))


def _svg(name: str, css: str, role: SafeString) -> SafeString:
    classes = f"ic {css}".strip()
    return format_html('<svg class="{}" {}><use href="{}#i-{}"></use></svg>', classes, role, static("icons.svg"), name)


@register.simple_tag
def status(word: Any, colour: str = "grey", hold: bool = False, title: str = "") -> SafeString:
    """The one badge for states: a coloured dot and the word. `hold` draws a pause sign for the dot."""
    if not word:
        return mark_safe(DASH)  # noqa: S308  a constant
    css = f"st st-{colour}" if colour in STATUS_COLOURS else "st st-grey"
    if hold:
        css += " st-hold"
    hint = format_html(' title="{}"', title) if title else ""
    return format_html('<span class="{}"{}>{}</span>', css, hint, word)


@register.simple_tag
def tag(word: Any, kind: str = "", icon_name: str = "") -> SafeString:
    """A fact or flag. kind: '' plain, 'care' for kindness, 'red' for arrears."""
    if not word:
        return SafeString("")
    drawing = icon(icon_name, "ic-xs") if icon_name else ""
    return format_html('<span class="{}">{}{}</span>', f"tag {kind}".strip(), drawing, word)


@register.simple_tag
def sep() -> SafeString:
    """The drawn dot between facts; the raw character has another width in every font."""
    return mark_safe('<span class="sep" aria-hidden="true"></span>')  # a constant


# --- Figures ---------------------------------------------------------------------------------------------------------
def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _figure(value: Any, places: int) -> str:
    number = _decimal(value)
    if number is None:
        return DASH
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"
    return f"{MINUS}{text}" if rounded < 0 else text


@register.filter
def money(value: Any) -> str:
    """1234.5 -> 1,234.50; the unit stands in the column head."""
    return _figure(value, 2)


@register.filter
def area(value: Any) -> str:
    """Square metres with two decimals; the unit stands in the column head."""
    return _figure(value, 2)


@register.filter
def number(value: Any) -> str:
    """A whole number with thousands separators."""
    return _figure(value, 0)


@register.filter
def dash(value: Any) -> Any:
    """No page ever shows None, null or an empty cell."""
    if value is None or value == "" or (isinstance(value, list | tuple | set | dict) and not value):
        return DASH
    return value


# --- Time ------------------------------------------------------------------------------------------------------------
def _local(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return timezone.localtime(value) if timezone.is_aware(value) else value
    return value if isinstance(value, dt.date) else None


@register.filter
def moment(value: Any) -> str:
    """2026-11-22 14:05 in local time; a plain date stays a date."""
    local = _local(value)
    if local is None:
        return DASH
    return f"{local:%Y-%m-%d %H:%M}" if isinstance(local, dt.datetime) else f"{local:%Y-%m-%d}"


@register.filter
def moment_short(value: Any) -> str:
    """11-22 14:05 within this year, the day with its year before: for narrow columns and timelines."""
    local = _local(value)
    if local is None:
        return DASH
    if local.year != timezone.localdate().year:
        return f"{local:%Y-%m-%d}"
    return f"{local:%m-%d %H:%M}" if isinstance(local, dt.datetime) else f"{local:%m-%d}"


@register.filter
def day(value: Any) -> str:
    """2026-11-22, whether given a date or a point in time."""
    local = _local(value)
    return DASH if local is None else f"{local:%Y-%m-%d}"


@register.filter
def when(value: Any) -> SafeString:
    """A <time> element: short to read, the whole moment on hover and for machines."""
    local = _local(value)
    if local is None:
        return mark_safe(DASH)  # noqa: S308  a constant
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), moment(local), moment_short(local)
    )


# --- Links -----------------------------------------------------------------------------------------------------------
@register.simple_tag(takes_context=True)
def qs(context: Context, **changes: Any) -> str:
    """The query string of this page with some parameters changed; None takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        elif isinstance(value, list | tuple):
            query.setlist(name, [str(item) for item in value])
        else:
            query[name] = str(value)
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.simple_tag(takes_context=True)
def keep_query(context: Context, form: Any = None, form_id: str = "", drop: str = "") -> SafeString:
    """Hidden inputs for the parameters a GET form does not own, so that sending it keeps order and tab.

    `drop` names more parameters to leave out, separated by spaces.
    """
    owned = set(drop.split()) | POSITION_PARAMETERS
    if form is not None:
        names = [form.add_prefix(name) for name in form.fields]
        owned |= {name + suffix for name in names for suffix in ("", *RANGE_SUFFIXES)}
    pairs = ((name, value) for name, values in context["request"].GET.lists() if name not in owned for value in values)
    belongs = format_html(' form="{}"', form_id) if form_id else ""
    return format_html_join("", '<input type="hidden" name="{}" value="{}"{}>', ((n, v, belongs) for n, v in pairs))


@register.filter
def undo_url(message: Any) -> str:
    """Where the toast's 撤销 posts to: extra_tags "undo:/path/" and nothing but a path of this site."""
    for word in (getattr(message, "extra_tags", "") or "").split():
        kind, _colon, path = word.partition(":")
        if kind == "undo" and path.startswith("/") and not path.startswith(("//", "/\\")):
            return path
    return ""


# --- Forms -----------------------------------------------------------------------------------------------------------
@register.filter
def section_fields(form: Any, names: Iterable[str]) -> list[Any]:
    """The bound fields of one section, in the order the section names them."""
    return [form[name] for name in names if name in form.fields]


@register.filter
def is_wide(field: Any) -> bool:
    """Long text and file drops take both columns of a form."""
    widget = field.field.widget
    return bool(widget.attrs.get("data-wide")) or type(widget).__name__ == "Textarea"


@register.filter
def is_range(field: Any) -> bool:
    """A filter with two inputs, from and to."""
    return isinstance(field.field.widget, forms.MultiWidget)


@register.filter
def first_letter(value: Any) -> str:
    """The round picture of a person without a picture: one character of the name."""
    return str(value or "").strip()[:1].upper() or "?"


@register.filter
def bar_width(value: Any) -> str:
    """The class for a bar of so many per cent, in steps of five: a strict policy allows no inline width."""
    amount = _decimal(value)
    if amount is None:
        return "w-0"
    return f"w-{max(0, min(100, int(amount / 5 + Decimal('0.5')) * 5))}"


TOAST_LOOKS = {
    "success": ("circle-check", _("完成")),
    "info": ("info-circle", _("提示")),
    "warning": ("alert-triangle", _("注意")),
    "error": ("circle-x", _("未完成")),
}


@register.simple_tag
def toast_icon(level: str) -> SafeString:
    """The picture of a message level, with its word for those who do not see the colour."""
    name, word = TOAST_LOOKS.get(level, TOAST_LOOKS["info"])
    return icon(name, "ic-s", str(word))


def _digest_control(field: Any, inline: bool) -> SafeString:
    """The input of a protected value: it belongs to the list's POST form, and shows only the mask of what is asked for."""
    token = str(field.value() or "")
    return format_html(
        '<input class="form-control fld-in" type="search" form="digest-form" name="{}" id="{}" value="{}" placeholder="{}" '
        'autocomplete="off" maxlength="40" data-filter-ignore><input type="hidden" name="{}" value="{}">',
        field.html_name, field.id_for_label, token.partition("~")[0], field.label if inline else "", field.html_name, token,
    )  # fmt: skip


@register.simple_tag
def filter_control(field: Any, inline: bool = False) -> SafeString:
    """A filter's control without its label. Inline, the empty choice says what it filters: 类型：全部."""
    if getattr(field.field, "digest", False):
        return _digest_control(field, inline)
    widget = field.field.widget
    is_select = isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect)
    attrs = {}
    if isinstance(widget, forms.MultiWidget):
        # From and to: the label above names both, each input says it again for those who cannot see it.
        css = "form-control"
        attrs["aria-label"] = str(field.label)
    elif isinstance(widget, forms.CheckboxInput):
        css = "ck"
    elif is_select:
        css = "form-select"
        _name_empty_choice(field.field, field.label if inline else "")
    else:
        css = "form-control fld-in"
        attrs["placeholder"] = widget.attrs.get("placeholder") or (str(field.label) if inline else "")
    if field.errors:
        css += " is-invalid"
    attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()
    control: SafeString = field.as_widget(attrs=attrs)
    return control


def _name_empty_choice(field: forms.Field, label: Any) -> None:
    widget: Any = field.widget
    if hasattr(widget, "empty_word"):
        # A type-ahead: its rows are not in the page and must not be fetched to name the blank one.
        widget.empty_word = _filters_nothing(label, "")
        return
    if isinstance(widget.choices, BaseChoiceIterator) and getattr(field, "empty_label", None) is not None:
        field.empty_label = _filters_nothing(label, field.empty_label)  # type: ignore[attr-defined]  # the choices ask their field
        return
    choices = [*iter(widget.choices)]  # list() would ask the database for the length first
    if choices and choices[0][0] in ("", None):
        widget.choices = [("", _filters_nothing(label, choices[0][1])), *choices[1:]]


def _filters_nothing(label: Any, own: Any) -> Any:
    """Where leaving it blank does filter (模糊, 最近 30 天), the filter says so by a word of its own."""
    own = str(own)
    word = own if own.strip("-") else _("全部")
    return f"{label}：{word}" if label else word


@register.filter
def fields_with_errors(form: Any) -> list[Any]:
    """For the summary on top: the visible fields that need mending, in the order they stand on the page."""
    return [field for field in form.visible_fields() if field.errors]
