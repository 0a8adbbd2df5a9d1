"""Type-ahead choices: the page holds only what is chosen; the rest comes as JSON from a picker address
(static/js/tomselect-init.js)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, JsonResponse
from django.urls import reverse_lazy

from core.errors import BadValue
from core.normalise import clean_text

LIMIT = 20


class RemoteSelect(forms.Select):
    """A select over any number of rows. `picker` is the URL name that answers ?q= with {results: [{id, text, sub, tag}]}."""

    def __init__(
        self, picker: str, *, placeholder: Any = "", query: str = "", attrs: dict[str, Any] | None = None
    ) -> None:
        self.picker, self.query, self.empty_word = picker, query, ""
        super().__init__({"data-preload": "", "data-placeholder": placeholder, **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-picker"] = f"{reverse_lazy(self.picker)}{self.query}"
        if self.empty_word:
            context["widget"]["attrs"]["data-placeholder"] = self.empty_word
        return context

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        """The blank choice and the chosen row: one query instead of all rows in the page."""
        chosen = [text for text in value if text]
        options = [self.create_option(name, "", self.empty_word, not chosen, 0)]
        choices: Any = self.choices  # of a model field: they know their rows and how to name one
        queryset = getattr(choices, "queryset", None)
        if chosen and queryset is not None and all(text.isdecimal() for text in map(str, chosen)):
            label = choices.field.label_from_instance
            rows = queryset.filter(pk__in=chosen)
            options += [self.create_option(name, row.pk, label(row), True, n) for n, row in enumerate(rows, start=1)]
        return [(None, [option], n) for n, option in enumerate(options)]


def typed(request: HttpRequest) -> str | None:
    """What stands in the box, cleaned; None when it is no text at all (a control character), which matches nothing."""
    try:
        return clean_text(request.GET.get("q", ""))
    except BadValue:
        return None


def answer(results: Iterable[dict[str, Any]]) -> JsonResponse:
    """What every picker address returns."""
    return JsonResponse({"results": list(results)})


def result(pk: Any, text: Any, sub: Any = "", tag: Any = "") -> dict[str, Any]:
    return {"id": pk, "text": str(text), "sub": str(sub), "tag": str(tag)}
