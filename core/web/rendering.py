"""Form controls without a template each: Django renders a select of eighty choices through eighty-two templates.

The HTML is Django's own but for empty lines (tests/core/test_rendering.py compares them); whatever is not listed here, or has been given a
template of its own, still goes through its template.
"""

import html
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_WIDGETS = "django/forms/widgets/"
_INPUTS = ("input", "text", "number", "email", "password", "hidden", "date", "datetime", "time", "url", "checkbox")
_OPTION = f"{_WIDGETS}select_option.html"


_special = re.compile("[&<>\"']").search


def escaped(value: Any) -> str:
    """conditional_escape() for what is mostly plain text: Django's looks for lazy arguments before each of a page's thousand values."""
    if type(value) is str:
        return html.escape(value) if _special(value) else value
    return value if type(value) is SafeString else conditional_escape(value)


def lean_html(template: str, *values: Any) -> SafeString:
    """format_html() with values in the order of its places, for what a page says two hundred times."""
    return mark_safe(template.format(*map(escaped, values)))  # noqa: S308  every value is escaped


class LeanRenderer(TemplatesSetting):
    """FORM_RENDERER of the project."""

    def render(self, template_name: str, context: Any, request: Any = None) -> str:
        drawn = _drawn(template_name, context.get("widget"))
        if drawn is None:
            rendered: str = super().render(template_name, context, request=request)
            return rendered
        return mark_safe(drawn)  # noqa: S308  every value is escaped below


def _drawn(template_name: str, widget: Any) -> str | None:
    draw = _DRAWN.get(template_name)
    return draw(widget) if draw and widget else None


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {escaped(name)}" + ("" if value is True else f'="{escaped(value)}"')
        for name, value in attrs.items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{escaped(widget["value"])}"'
    kind, name = escaped(widget["type"]), escaped(widget["name"])
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget["attrs"])}>'


def _select(widget: Mapping[str, Any]) -> str | None:
    parts = [f'<select name="{escaped(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{escaped(group)}">')
        for option in options:
            if option["template_name"] != _OPTION:
                return None
            value, label = escaped(option["value"]), escaped(option["label"])
            parts.append(f'\n  <option value="{value}"{_attributes(option["attrs"])}>{label}</option>')
        if group:
            parts.append("\n  </optgroup>")
    return "".join([*parts, "\n</select>"])


def _several(widget: Mapping[str, Any]) -> str | None:
    """Widgets side by side: a template between them may draw something else, so all of them have to be known."""
    parts = [_drawn(part["template_name"], part) for part in widget["subwidgets"]]
    return None if None in parts else "".join(part or "" for part in parts)


def _range(widget: Mapping[str, Any]) -> str | None:
    """django-filter's from and to: a hyphen after the first."""
    parts = [_drawn(part["template_name"], part) for part in widget["subwidgets"]]
    if None in parts or not parts:
        return None
    return f"{parts[0]}\n\n-" + "\n\n".join(part or "" for part in parts[1:])


_DRAWN: dict[str, Callable[[Any], str | None]] = {
    **{f"{_WIDGETS}{name}.html": _input for name in _INPUTS},
    f"{_WIDGETS}select.html": _select,
    f"{_WIDGETS}multiwidget.html": _several,
    "django_filters/widgets/multiwidget.html": _range,
}


@lru_cache(maxsize=256)
def _options(choices: tuple[tuple[str, str], ...]) -> tuple[dict[str, int], list[str]]:
    """(place of each value, the options): the same few selects stand on every page of everybody."""
    parts = [f'\n  <option value="{escaped(text)}">{escaped(label)}</option>' for text, label in choices]
    places: dict[str, int] = {}
    for place, (text, _label) in enumerate(choices):
        places.setdefault(text, place)
    return places, parts


class LeanSelect(forms.Select):
    """A select over many plain choices: no dictionary for each option."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        choices = tuple([("" if key is None else str(key), str(label)) for key, label in self.choices])
        places, options = _options(choices)
        place = places.get("" if value is None else str(value))
        if place is not None:
            options = [*options]
            options[place] = options[place].replace('">', '" selected>', 1)
        head = f'<select name="{escaped(name)}"{_attributes(self.build_attrs(self.attrs, attrs))}>'
        return mark_safe("".join([head, *options, "\n</select>"]))  # noqa: S308  every value is escaped above
