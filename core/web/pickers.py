"""Type-ahead choices: the page holds only what is chosen; the rest comes as JSON from a picker address
(static/js/tomselect-init.js)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, JsonResponse
from django.urls import reverse_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.errors import BadValue
from core.normalise import clean_text
from core.search import SearchText

LIMIT = 20
View = TypeVar("View", bound=Callable[..., Any])


class RemoteSelect(forms.Select):
    """A select over any number of rows. `picker` is the URL name that answers ?q= with {results: [{id, text, sub, tag}]}."""

    def __init__(
        self, picker: str, *, placeholder: Any = "", query: str = "", attrs: dict[str, Any] | None = None
    ) -> None:
        self.picker, self.query = picker, query
        self.empty_word: Any = ""
        # The chosen rows, where the form has read them already.
        self.known: Sequence[Any] = ()
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
            known = {str(row.pk): row for row in self.known}
            read = [known[text] for text in map(str, chosen) if text in known]
            rows = read if len(read) == len(chosen) else queryset.filter(pk__in=chosen)
            options += [self.create_option(name, row.pk, label(row), True, n) for n, row in enumerate(rows, start=1)]
        return [(None, [option], n) for n, option in enumerate(options)]


def picker(view: View) -> View:
    """Around every picker address: asked by GET, and by POST for what may be the number of a person (static/js/tomselect-init.js)."""
    return require_http_methods(["GET", "HEAD", "POST"])(sensitive_post_parameters("q")(view))


def typed(request: HttpRequest) -> str | None:
    """What stands in the box, cleaned; None, which matches nothing, when it is no text at all (a control character) or when it may
    be the number of a person and came in an address, where servers and browsers keep it."""
    posted = request.method == "POST"
    try:
        text = clean_text((request.POST if posted else request.GET).get("q", ""))
        return None if not posted and SearchText(text).is_private else text
    except BadValue:
        return None


def answer(results: Iterable[dict[str, Any]]) -> JsonResponse:
    """What every picker address returns."""
    return JsonResponse({"results": list(results)})


def result(pk: Any, text: Any, sub: Any = "", tag: Any = "") -> dict[str, Any]:
    return {"id": pk, "text": str(text), "sub": str(sub), "tag": str(tag)}
