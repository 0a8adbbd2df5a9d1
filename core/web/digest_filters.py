"""Searching a list by a protected value without the value ever standing in an address.

The input belongs to a form of its own that POSTs to the list; the list answers with a redirect to its own address, in which the value has
become a token: its mask for the chip, and the keyed digest the database is asked for (core/blind_index.py). The link can be kept and
shared like any other filter; without the key it tells nobody the number.
"""

from collections.abc import Callable
from typing import Any

import django_filters
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core import blind_index
from core.errors import BadValue, QuotaExceeded
from core.search import record_number, require_quota
from core.web.access import user_of
from core.web.filters import FilterSet, without

SEPARATOR = "~"


class DigestFilter(django_filters.CharFilter):
    """Asks for a whole value, or with `last4` for its last four characters.

    `kind` is the blind-index kind, `normalise` and `mask` are those of the field, `find(rows, way, digest)` narrows the rows; way is
    "w" for the whole value and "l" for the last four.
    """

    digest = True

    def __init__(
        self,
        *,
        kind: str,
        normalise: Callable[[str], str],
        mask: Callable[[str], str],
        find: Callable[[Any, str, bytes], Any],
        last4: bool = False,
        **options: Any,
    ) -> None:
        self.kind, self.normalise, self.mask, self.find, self.last4 = kind, normalise, mask, find, last4
        super().__init__(**options)

    @property
    def field(self) -> Any:
        """The form field carries the mark by which the page draws it (core/templatetags/mulin.py)."""
        field = super().field
        field.digest = True
        return field

    def token(self, text: str) -> str:
        """`138****8000~w0f…` for a whole value, `8000~l3a…` for its last four characters."""
        text = text.strip()
        if self.last4 and len(text) == 4 and text.isalnum():
            return f"{text}{SEPARATOR}l{_hex(blind_index.last4(self.kind, text.upper()))}"
        value = self.normalise(text)
        return f"{self.mask(value)}{SEPARATOR}w{_hex(blind_index.whole(self.kind, value))}"

    def filter(self, qs: Any, value: str) -> Any:
        if not value:
            return qs
        way, digest = _digest(value)
        return self.find(qs, way, digest) if digest and way in {"w", "l"} else qs.none()


def shown(value: str) -> str:
    """The readable part of a token, for the chip."""
    return value.partition(SEPARATOR)[0]


def _hex(digest: bytes | None) -> str:
    return digest.hex() if digest else ""


def _digest(token: str) -> tuple[str, bytes | None]:
    coded = token.rpartition(SEPARATOR)[2]
    try:
        return coded[:1], bytes.fromhex(coded[1:])
    except ValueError:
        return "", None


def digest_names(filterset: type[FilterSet]) -> list[str]:
    return [name for name, declared in filterset.base_filters.items() if getattr(declared, "digest", False)]


def redirect_with_tokens(request: HttpRequest, filterset: type[FilterSet], title: str) -> HttpResponse:
    """Turns the posted values into tokens and goes to the list's address; a value that cannot be right comes back as a message.
    Looking for somebody by number is counted and logged as in the search box; `title` is the name of the list."""
    query = request.GET.copy()
    asked: list[str] = []
    for name in digest_names(filterset):
        if name not in request.POST:
            continue
        query.pop(name, None)
        text = request.POST[name]
        if not text.strip():
            continue
        try:
            if not asked:
                require_quota(user_of(request))
            asked.append(filterset.base_filters[name].token(text))
            query[name] = asked[-1]
        except (BadValue, QuotaExceeded) as error:
            messages.error(request, _("没有查找：%(reason)s") % {"reason": error.sentence})
            return HttpResponseRedirect(request.get_full_path())
    for token in asked:
        record_number(user_of(request), _masked(shown(token)), list=title)
    return HttpResponseRedirect(request.path + without(query))


def _masked(value: str) -> str:
    """The last four stand on the chip as they are; the log keeps two of them."""
    return f"**{value[-2:]}" if len(value) <= 4 else value
