"""The search box: a fragment for the drop-down, a page without a script.

Numbers of people come by POST and stay out of every address; other searches are links that can be kept.
"""

import time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.errors import BadValue
from core.search import MOST, SearchText, require_quota
from core.search import search as find
from core.web.access import signed_in

SHOWN_IN_BOX = 5


@sensitive_post_parameters("q")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Answers what is within the person's scope."""
    posted = request.method == "POST"
    fragment = bool(request.headers.get("HX-Request"))
    try:
        text = SearchText((request.POST if posted else request.GET).get("q", ""))
    except BadValue:
        text = SearchText("")
    if posted and not fragment and not text.is_private:
        return HttpResponseRedirect(f"{reverse('core:search')}?{urlencode({'q': text.plain})}")
    if text.is_private and not posted:
        return _page(request, fragment, {"refused": True, "query": ""}, status=400)
    if text.compact:
        require_quota(request.user)
    return _page(request, fragment, _answer(request.user, text, SHOWN_IN_BOX if fragment else MOST))


def _answer(user: Any, text: SearchText, shown: int) -> dict[str, Any]:
    started = time.perf_counter()
    answer = find(user, text, shown=shown)
    return {
        "groups": answer.groups,
        "notices": answer.notices,
        "total": answer.total,
        "query": text.plain,
        "seconds": f"{time.perf_counter() - started:.2f}",
        "is_private": text.is_private,
        "all_url": "" if text.is_private else f"{reverse('core:search')}?{urlencode({'q': text.plain})}",
        "most": MOST,
    }


def _page(request: HttpRequest, fragment: bool, context: dict[str, Any], status: int = 200) -> HttpResponse:
    if fragment:
        return render(request, "components/_search_results.html", context, status=200)
    return render(request, "core/search.html", {"title": _("搜索"), **context}, status=status)
