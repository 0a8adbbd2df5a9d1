"""Pages that a personal link opens without signing in: one purpose, one object, nothing else (SECURITY 9.*).

    class OptOutView(PurposeView):
        purpose, model = "owners.opt_out", Owner
        template_name = "portal/opt_out.html"

        def post(self, request, token):
            consents.withdraw_purpose(self.source, ...)

A GET shows and never uses the link up: messengers fetch previews. Whatever is wrong with a link (expired, revoked, another purpose,
another kind of object, cut off, its object gone), the answer is the same page: it tells a stranger nothing.
"""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views import View

from core.models import SignedLink
from core.services import links

# The address is the key: it must not travel to another house in a referrer, rest in a cache, or be found by a search engine. With
# "no-referrer" browsers would also post the page's own form with "Origin: null", which the form protection refuses.
HEADERS = {
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


class PurposeView(View):
    """`link` and `source` (the object the link is about) are there in get() and post(); acting is for post() alone."""

    public_reason = "the link is the right: it opens one thing for one purpose"
    purpose: str
    model: type[models.Model]
    template_name: str
    link: SignedLink
    source: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = links.resolve(str(kwargs.get("token", "")), self.purpose)
        source = self.source_of(found) if found is not None else None
        if found is None or source is None:
            response: HttpResponseBase = render(request, "core/link_over.html", status=404)
        else:
            self.link, self.source = found, source
            response = super().dispatch(request, *args, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    def source_of(self, link: SignedLink) -> Any:
        if link.source_type != self.model._meta.label_lower:
            return None
        return self.model._default_manager.filter(pk=link.source_id).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return render(request, self.template_name, self.page())

    def page(self) -> dict[str, Any]:
        """What the page shows."""
        return {"source": self.source}
